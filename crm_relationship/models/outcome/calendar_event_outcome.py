from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import retry_on_collision


class CalendarEvent(models.Model):
    """How a meeting with a client ended is asked of its organiser."""

    _inherit = "calendar.event"

    is_outcome_asked = fields.Boolean(
        string="Outcome Can Be Told",
        compute="_compute_is_outcome_asked",
        help="The meeting with somebody from outside is over.",
    )

    @api.depends("stop", "active", "crm_client_ids", "opportunity_id")
    def _compute_is_outcome_asked(self):
        now = fields.Datetime.now()
        for event in self:
            event.is_outcome_asked = (
                event.active
                and event.stop
                and event.stop <= now
                and bool(event.crm_client_ids or event.opportunity_id)
            )

    def action_ask_outcome(self):
        """Dialog that asks how this meeting ended, for all its clients at once."""
        self.ensure_one()
        interactions = self._get_told_interactions()
        told = interactions[:1]
        lead = told.lead_id
        return self.env["crm.interaction.log"]._get_outcome_action(
            default_calendar_event_id=self.id,
            default_partner_id=interactions.partner_id[:1].id,
            default_outcome_id=told.outcome_id.id,
            default_purpose_id=told.purpose_id.id,
            default_offered=told.offered,
            default_summary=told.summary,
            default_lead_id=lead.id if lead.has_access("read") else False,
            default_channel="meeting",
        )

    def action_not_held(self):
        """Take meetings that did not take place out of the calendar and the history."""
        self._check_outcome_allowed()
        self.write({"active": False})
        # sudo: salespeople delete no history, but this never was one
        self._find_interactions().sudo().unlink()

    @api.model
    def _cron_capture_meetings(self):
        """Meetings that are over are in the history first, then their organisers are asked."""
        result = super()._cron_capture_meetings()
        retry_on_collision(self.env.cr, self.env["crm.interaction"]._remind_of_outcomes)
        self.env["crm.interaction"]._ask_organisers()
        return result

    def _may_tell_outcome(self):
        """Whether the caller is the organiser, or a manager who helps out."""
        return all(
            not event.user_id
            or event.user_id == self.env.user
            or self.env.user.has_group("sales_team.group_sale_manager")
            for event in self
        )

    def _has_outcome(self):
        """Whether this is a contact with a client that the caller can tell the outcome of."""
        self.ensure_one()
        return bool(self.crm_client_ids or self.opportunity_id) and self._may_tell_outcome()

    def _check_outcome_allowed(self):
        for event in self:
            if not event._may_tell_outcome():
                raise UserError(
                    self.env._(
                        'Only %(organiser)s or a sales manager can tell how "%(meeting)s" ended.',
                        organiser=event.user_id.name,
                        meeting=event.name,
                    )
                )

    def _find_interactions(self):
        # sudo: whether and how often the meeting is in the history does not depend on who asks
        return self.env["crm.interaction"].sudo().search([("calendar_event_id", "in", self.ids)])

    def _get_told_interactions(self):
        """The rows of a meeting that is over, in the history from now on at the latest."""
        self.ensure_one()
        self._check_outcome_allowed()
        interactions = self._find_interactions() or self._capture_ended()
        return interactions.with_env(self.env)._filtered_access("write")

    def _capture_ended(self):
        """Enter the meeting in the history without waiting for the scheduled action."""
        if self.stop > fields.Datetime.now():
            raise UserError(self.env._('"%s" is not over yet. Tell the outcome then.', self.name))
        query = self._query_held_meetings(fields.Datetime.now(), SQL("e.id = %s", self.id))
        # sudo: the history is kept whoever acts
        self.env["crm.interaction"].sudo()._insert_captured(query)
        interactions = self._find_interactions()
        if not interactions:
            raise UserError(
                self.env._(
                    'Nobody from outside took part in "%s", so it is no contact with a client. '
                    "Add the client to the attendees first.",
                    self.name,
                )
            )
        return interactions
