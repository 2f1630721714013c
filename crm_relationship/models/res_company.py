from odoo import fields, models

from .client.res_partner import PREFETCH_GROUP


class ResCompany(models.Model):
    """What holds for all rules of a company."""

    _inherit = "res.company"

    relationship_quiet_from = fields.Float(
        string="Quiet From",
        help="From this hour on, in the client's time zone, rules send nothing to clients. "
        "The same as the end: no quiet hours.",
        prefetch=PREFETCH_GROUP,
    )
    relationship_quiet_to = fields.Float(
        string="Quiet Until",
        help="At this hour of the client's day what came in the quiet hours goes out.",
        prefetch=PREFETCH_GROUP,
    )
    relationship_weekly_cap = fields.Integer(
        string="Marketing Messages a Week",
        default=3,
        help="How many marketing mails and SMS of rules one person gets at most in seven days, "
        "whatever the number of rules. 0: no limit.",
        prefetch=PREFETCH_GROUP,
    )

    _relationship_quiet_range = models.Constraint(
        "CHECK(relationship_quiet_from >= 0 AND relationship_quiet_from <= 24"
        " AND relationship_quiet_to >= 0 AND relationship_quiet_to <= 24)",
        "Quiet hours are from 0:00 to 24:00.",
    )
    _relationship_weekly_cap_positive = models.Constraint(
        "CHECK(relationship_weekly_cap >= 0)",
        "The messages a week can't be negative. Enter 0 for no limit.",
    )
