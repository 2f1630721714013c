from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

# A meeting that ended longer ago is only in the list and in the thing to do of the day.
JUST_ENDED = timedelta(minutes=20)


class CrmInteraction(models.Model):
    """Who was asked how a contact ended, and who did not say.

    Marking an activity done and the end of a meeting ask for the outcome.
    Skipping the question is allowed and counted (`is_outcome_skipped`).
    """

    _inherit = "crm.interaction"

    is_outcome_skipped = fields.Boolean(
        string="Outcome Skipped",
        copy=False,
        readonly=True,
        help="Our side was asked how it ended and did not say.",
    )

    def write(self, vals):
        if vals.get("outcome_id"):
            vals = {**vals, "is_outcome_skipped": False}
        return super().write(vals)

    @api.model
    def _get_untold_meeting_domain(self):
        """Captured meetings whose outcome is neither told nor skipped."""
        return Domain(
            [
                ("calendar_event_id", "!=", False),
                ("outcome_id", "=", False),
                ("is_outcome_skipped", "=", False),
            ]
        )

    @api.model
    def _ask_organisers(self):
        """Ask in the browser of the organisers how the meetings that just ended went.

        Nothing is written down: a browser that was asked does not ask again, and who is
        not there finds the meeting in the list.
        """
        since = fields.Datetime.now() - JUST_ENDED
        ended = self.search(
            self._get_untold_meeting_domain()
            & Domain("calendar_event_id.stop", ">", since)
            & Domain("calendar_event_id.user_id.share", "=", False)
        )
        for event, rows in ended.grouped("calendar_event_id").items():
            client = rows.commercial_partner_id[:1].display_name
            event.user_id._bus_send(
                "crm_relationship.meeting_ended",
                {"event_id": event.id, "meeting": event.name, "client": client or ""},
            )

    def action_ask_outcome(self):
        """Ask how the meeting of this row ended, for all its clients at once."""
        self.ensure_one()
        self._check_is_meeting()
        return self.calendar_event_id.action_ask_outcome()

    def action_not_held(self):
        """The meeting did not take place: it leaves the calendar and the history."""
        self._check_is_meeting()
        self.calendar_event_id.action_not_held()

    def action_skip_outcome(self):
        """Close the question without an answer; the skipped are counted."""
        self.filtered(lambda interaction: not interaction.outcome_id).write(
            {"is_outcome_skipped": True}
        )

    def _check_is_meeting(self):
        if not all(interaction.calendar_event_id for interaction in self):
            raise UserError(
                self.env._(
                    "Choose meetings of the calendar: other contacts are told on their form."
                )
            )
