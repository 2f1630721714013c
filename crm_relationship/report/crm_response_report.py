from odoo import fields, models

from ..models.history.crm_interaction import CHANNELS

# Sums and what is computed from them: (numerator, denominators that are added up).
RATIOS = {
    "within_target": ("in_time", ("in_time", "missed")),
    "conversion": ("won", ("cases",)),
}
# What is computed from all rows of a group: (column, fraction).
PERCENTILES = {
    "median_hours": ("response_hours", 0.5),
    "p90_hours": ("response_hours", 0.9),
    "median_working_hours": ("response_working_hours", 0.5),
    "p90_working_hours": ("response_working_hours", 0.9),
}
STATES = [
    ("in_time", "Answered in time"),
    ("late", "Answered late"),
    ("answered", "Answered, nothing promised"),
    ("waiting", "Waiting"),
    ("overdue", "Waiting, promised time over"),
    ("not_needed", "No answer needed"),
    ("erased", "Erased before an answer"),
]
# How fast: (key, label, hours by the clock up to which an answer counts). In this order.
SPEEDS = [
    ("h001", "Within 1 hour", 1),
    ("h004", "1 to 4 hours", 4),
    ("h008", "4 to 8 hours", 8),
    ("h024", "8 to 24 hours", 24),
    ("h072", "1 to 3 days", 72),
    ("later", "More than 3 days", None),
    ("none", "Not answered", None),
]


class CrmResponseReport(models.Model):
    """How fast clients are answered: a row is an inquiry, answered or not.

    There is no table. An inquiry is an inbound interaction that needs an answer; what somebody
    marked as "no answer needed" is a row too, but counts as `not_needed` only, and whose data was
    erased before an answer as `erased` only. Who reads which rows, the access rules of the
    interactions decide.

    Those who still wait are not left out: they count as inquiries, their time so far has
    measures of its own, and past its deadline a waiting one is a miss. How each figure is
    computed and why: docs/response.md.
    """

    _name = "crm.response.report"
    _description = "Response Times"
    _auto = False
    _rec_name = "interaction_id"
    _order = "date desc, id desc"
    _depends = {
        "crm.interaction": [
            "date",
            "partner_id",
            "commercial_partner_id",
            "lead_id",
            "user_id",
            "team_id",
            "company_id",
            "channel",
            "direction",
            "subject",
            "needs_reply",
            "no_reply_reason",
            "reply_id",
            "response_hours",
            "response_working_hours",
            "response_deadline",
        ],
        "crm.lead": ["source_id", "medium_id", "campaign_id", "won_status"],
        "res.partner": ["relationship_status_id"],
    }

    # The inquiry
    date = fields.Datetime(
        "Asked On", readonly=True, help="When the client asked. A period is about these moments."
    )
    interaction_id = fields.Many2one("crm.interaction", "Inquiry", readonly=True)
    subject = fields.Char(readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", "Client", readonly=True, falsy_value_label="Stranger"
    )
    lead_id = fields.Many2one("crm.lead", "Lead or Deal", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True, falsy_value_label="No company")
    state = fields.Selection(
        STATES,
        "What Became of It",
        readonly=True,
        help="In time: answered before the promised working hours were used up. Without a promise "
        "an inquiry is neither in time nor late.",
    )

    # Dimensions
    channel = fields.Selection(CHANNELS, readonly=True)
    source_id = fields.Many2one(
        "utm.source",
        readonly=True,
        falsy_value_label="Unknown source",
        help="Source of the lead the inquiry is about.",
    )
    medium_id = fields.Many2one("utm.medium", readonly=True, falsy_value_label="No medium")
    campaign_id = fields.Many2one("utm.campaign", readonly=True, falsy_value_label="No campaign")
    team_id = fields.Many2one("crm.team", "Sales Team", readonly=True, falsy_value_label="No team")
    user_id = fields.Many2one(
        "res.users",
        "Responsible",
        readonly=True,
        falsy_value_label="Nobody",
        help="Who was responsible for the inquiry.",
    )
    answered_by_id = fields.Many2one(
        "res.users",
        readonly=True,
        falsy_value_label="Nobody",
        help="Who answered, responsible or not.",
    )
    relationship_status_id = fields.Many2one(
        "crm.relationship.status",
        "Relationship",
        readonly=True,
        falsy_value_label="No status",
        help="What the client is to us today.",
    )
    speed = fields.Selection(
        [(key, label) for key, label, _hours in SPEEDS],
        "Response Time",
        readonly=True,
        help="Hours by the clock from the inquiry to the answer, in steps.",
    )

    # Sums
    inquiries = fields.Integer(
        readonly=True, help="Inquiries that need an answer, answered or not."
    )
    answered = fields.Integer(readonly=True, help="Inquiries that a human of us has answered.")
    unanswered = fields.Integer(
        "Still Unanswered",
        readonly=True,
        help="Inquiries that wait for an answer now: inquiries - answered.",
    )
    in_time = fields.Integer(
        readonly=True, help="Answered before the promised working hours were used up."
    )
    missed = fields.Integer(
        "Target Missed",
        readonly=True,
        help="Answered after the promised working hours, or not answered and these are over.",
    )
    not_needed = fields.Integer(
        "No Answer Needed",
        readonly=True,
        help="Marked as in no need of an answer. They are in no other figure.",
    )
    erased = fields.Integer(
        "Erased Before an Answer",
        readonly=True,
        help="The personal data of who asked was erased before anybody answered: neither answered "
        "nor unanswered. They are in no other figure.",
    )
    cases = fields.Integer(
        readonly=True,
        help="Leads and deals, each by its first inquiry: what a conversion is counted over. "
        "Of fewer than 20 cases a conversion says little.",
    )
    won = fields.Integer("Won Deals", readonly=True, help="Of these cases the deals won by now.")

    # Hours of one inquiry
    response_hours = fields.Float(
        "Average (hours)",
        readonly=True,
        aggregator="avg",
        help="Hours by the clock from inquiry to answer; of several their mean. Only answered "
        "inquiries have any. One forgotten inquiry moves it far: look at the median.",
    )
    response_working_hours = fields.Float(
        "Average (working hours)",
        readonly=True,
        aggregator="avg",
        help="Working hours of the team from inquiry to answer; of several their mean.",
    )
    waiting_hours = fields.Float(
        "Waiting So Far (hours)",
        readonly=True,
        aggregator="avg",
        help="Of inquiries still unanswered: hours by the clock up to now; of several their mean.",
    )
    longest_wait_hours = fields.Float(
        "Longest Wait So Far (hours)",
        readonly=True,
        aggregator="max",
        help="Of inquiries still unanswered: hours by the clock that the longest has waited.",
    )

    # Of all rows of a group
    median_hours = fields.Float(
        "Median (hours)",
        readonly=True,
        aggregator="avg",
        help="Half of the answered inquiries were answered within this many hours by the clock.",
    )
    p90_hours = fields.Float(
        "90% Within (hours)",
        readonly=True,
        aggregator="avg",
        help="90th percentile: nine of ten answered inquiries were answered within this many "
        "hours by the clock.",
    )
    median_working_hours = fields.Float(
        "Median (working hours)",
        readonly=True,
        aggregator="avg",
        help="Half of the answered inquiries were answered within this many working hours.",
    )
    p90_working_hours = fields.Float(
        "90% Within (working hours)",
        readonly=True,
        aggregator="avg",
        help="90th percentile: nine of ten answered inquiries were answered within this many "
        "working hours.",
    )
    within_target = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Answered in time / (answered in time + target missed). An unanswered inquiry is a "
        "miss as soon as its time is over; until then it is not counted here. Without a promise "
        "there is no target.",
    )
    conversion = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Won deals / cases, up to now. Each case by the first inquiry of its lead.",
    )

    def action_open_interaction(self):
        """Open the inquiry, with what it is about and its answer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.interaction",
            "res_id": self.interaction_id.id,
            "views": [(False, "form")],
        }
