from odoo import fields, models

from ..models.outcome.crm_interaction_outcome import RESULTS

# A row is of one of these; its id is that of the contact and the place of the scope in here.
SCOPES = ("person", "client")


class CrmMeetingReport(models.Model):
    """When clients were last met, and when they will be met next.

    There is no table. In the scope ``person`` a row is one person met or to be met, in the
    scope ``client`` a company with all its people (a private person is a client too). Met: a
    meeting or visit of the history, or a meeting of the calendar that has ended, not cancelled,
    not declined by the guest and not noted as an attempt. To be met: the next meeting of the
    calendar that has not ended, with the guest or, if it has no outside guest, for the guest's
    opportunity.

    Interactions the user may not read are left out; of a colleague's private meeting one sees,
    as in the calendar, that it is.
    """

    _name = "crm.meeting.report"
    _description = "Last and Next Meetings"
    _auto = False
    _rec_name = "partner_id"
    _order = "last_date desc nulls last, id"
    _depends = {
        "crm.interaction": [
            "partner_id",
            "commercial_partner_id",
            "date",
            "user_id",
            "channel",
            "is_attempt",
            "outcome_id",
            "outcome_result",
            "calendar_event_id",
        ],
        "calendar.event": ["active", "start", "stop", "user_id", "opportunity_id"],
        "calendar.attendee": ["event_id", "partner_id", "state"],
        "crm.lead": ["partner_id"],
        "res.partner": ["commercial_partner_id", "company_id", "partner_share", "user_id"],
    }

    scope = fields.Selection(
        [("person", "Person"), ("client", "Client")],
        readonly=True,
        help="A row of a person, or of a client with all its people.",
    )
    partner_id = fields.Many2one("res.partner", "Name", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", "Client", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        readonly=True,
        falsy_value_label="Nobody",
        help="Salesperson of the client; without one, who met or will meet them.",
    )

    # Behind us
    last_date = fields.Datetime(
        "Last Met", readonly=True, help="Begin of the last meeting or visit that took place."
    )
    last_user_id = fields.Many2one(
        "res.users", "Met By", readonly=True, help="Who of us held the last meeting."
    )
    last_interaction_id = fields.Many2one(
        "crm.interaction", "Last Meeting", readonly=True, help="The last meeting in the history."
    )
    outcome_id = fields.Many2one(
        "crm.interaction.outcome",
        "Ended",
        readonly=True,
        help="How the last meeting ended, if it was written down.",
    )
    outcome_result = fields.Selection(RESULTS, "Result", readonly=True)

    # Ahead
    next_date = fields.Datetime(
        "Next Appointment",
        readonly=True,
        help="Begin of the next meeting in the calendar. Empty: none is agreed.",
    )
    next_user_id = fields.Many2one(
        "res.users", "Organiser", readonly=True, help="Who of us organises the next meeting."
    )
    next_event_id = fields.Many2one("calendar.event", "Next Meeting", readonly=True)

    def action_open_partner(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }
