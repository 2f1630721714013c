from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_time

from .crm_today import MEETING, Item, Kind

# What began longer ago is no meeting.
LONGEST = timedelta(days=31)
MEETING_FIELDS = (
    "name",
    "start",
    "stop",
    "allday",
    "location",
    "user_id",
    "partner_ids",
    "opportunity_id",
    "privacy",
)


class CrmToday(models.AbstractModel):
    """Whom one meets today."""

    _inherit = "crm.today"

    def _get_today_kinds(self):
        meeting = Kind(
            "meeting",
            "calendar.event",
            self.env._("Meeting"),
            self._find_meetings,
            self._tell_meetings,
        )
        return [meeting, *super()._get_today_kinds()]

    @api.model
    def _find_meetings(self, day):
        """Meetings of the day with somebody from outside, until it is told how they ended."""
        items = []
        for event in self._get_meetings(day):
            person = event.crm_client_ids[:1]
            items.append(
                Item(
                    key=f"meeting:{event.id}",
                    kind="meeting",
                    res_id=event.id,
                    place=MEETING,
                    rank=(day.start if event.allday else event.start, event.id),
                    partner_id=person.id or 0,
                    client_id=self._get_client_id(person),
                )
            )
        return items

    @api.model
    def _get_meetings(self, day):
        timed = (
            Domain("allday", "=", False)
            & Domain("start", "<", day.stop)
            & Domain("stop", ">", day.start)
        )
        whole = (
            Domain("allday", "=", True)
            & Domain("start_date", "<=", day.date)
            & Domain("stop_date", ">=", day.date)
        )
        events = self.env["calendar.event"].search_fetch(
            # By the index of their beginning: not the calendar of everybody, of all years.
            Domain("start", ">", day.start - LONGEST)
            & Domain("start", "<", day.stop + timedelta(days=1))
            & Domain("partner_ids", "in", day.user.partner_id.ids)
            & (timed | whole),
            MEETING_FIELDS,
        )
        declined = self.env["calendar.attendee"].search(
            [
                ("event_id", "in", events.ids),
                ("partner_id", "=", day.user.partner_id.id),
                ("state", "=", "declined"),
            ]
        )
        met = (events - declined.event_id).filtered(
            lambda event: event.crm_client_ids or event.opportunity_id
        )
        over = met.filtered(lambda event: event.stop <= day.now)
        return met - over + self._get_untold(over, day.user)

    @api.model
    def _get_untold(self, over, user):
        """Of meetings that are over those whose organiser has not said how they ended."""
        own = over.filtered(lambda event: not event.user_id or event.user_id == user)
        rows = own._find_interactions()
        told = rows.filtered(lambda row: row.outcome_id or row.is_outcome_skipped)
        return own.filtered(lambda event: event not in told.calendar_event_id.with_env(self.env))

    @api.model
    def _tell_meetings(self, items, day):
        events = self.env["calendar.event"].browse(item.res_id for item in items)
        return {
            item.key: self._tell_meeting(event, day)
            for item, event in zip(items, events, strict=True)
        }

    @api.model
    def _tell_meeting(self, event, day):
        is_over = event.stop <= day.now
        is_hidden = event._check_private_event_conditions()
        name = self.env._("Private meeting") if is_hidden else event.name
        reason = ", ".join(filter(None, [name, not is_hidden and event.location]))
        if is_over:
            reason = self.env._("%s: how did it end?", reason)
        return {
            "name": event.opportunity_id.sudo().contact_name or event.name,
            "time": self._get_meeting_time(event, day),
            "reason": reason,
            "buttons": ["brief", "outcome"] if is_over else ["brief"],
        }

    @api.model
    def _get_meeting_time(self, event, day):
        if event.allday or event.start < day.start:
            return False
        return format_time(self.env, event.start, tz=day.zone, time_format="short")
