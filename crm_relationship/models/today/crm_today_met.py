from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_time

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
        people = self._get_people_met(self._get_meetings(day))
        met = self.env["calendar.event"].union(*people)
        over = met.filtered(lambda event: event.stop <= day.now)
        return [
            Item(
                key=f"meeting:{event.id}",
                kind="meeting",
                res_id=event.id,
                place=MEETING,
                rank=(day.start if event.allday else event.start, event.id),
                partner_id=people[event].id or 0,
                client_id=self._get_client_id(people[event]),
            )
            for event in met - over + self._get_untold(over, day.user)
        ]

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
        return events - declined.event_id

    @api.model
    def _get_people_met(self, events):
        """{meeting: its first guest from outside, or the client of its opportunity}, of those
        that have any; a client of a company that is not ticked at the moment is met all the same.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT guest.calendar_event_id,
                       (array_agg(person.id ORDER BY person.complete_name, person.id DESC))[1]
                  FROM calendar_event_res_partner_rel guest
                  JOIN res_partner person ON person.id = guest.res_partner_id
                 WHERE guest.calendar_event_id IN %s AND person.partner_share
              GROUP BY guest.calendar_event_id
                """,
                tuple(events.ids) or (0,),
            )
        )
        guests = dict(rows)
        # sudo: the ids only
        ids = {
            event: guests.get(event.id) or event.opportunity_id.sudo().partner_id.id
            for event in events
        }
        people = self.env["res.partner"].browse(filter(None, ids.values()))
        return {
            event: people.browse(person_id or []).with_prefetch(people._prefetch_ids)
            for event, person_id in ids.items()
            if person_id or event.opportunity_id
        }

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
            "buttons": [*self._get_look_buttons(event), *(["outcome"] if is_over else [])],
        }

    @api.model
    def _get_look_buttons(self, event):
        """There is no briefing of who may not be read at the moment."""
        return ["brief"] if event.crm_client_ids or event.opportunity_id else ["open"]

    @api.model
    def _get_meeting_time(self, event, day):
        if event.allday or event.start < day.start:
            return False
        return format_time(self.env, event.start, tz=day.zone, time_format="short")
