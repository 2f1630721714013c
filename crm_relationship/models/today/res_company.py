from odoo import fields, models

from ..client.res_partner import PREFETCH_GROUP


class ResCompany(models.Model):
    _inherit = "res.company"

    today_capacity = fields.Integer(
        string="Things a Day",
        default=20,
        help="How many things the Today of a salesperson holds; what is more is behind a click.",
        prefetch=PREFETCH_GROUP,
    )

    _today_capacity_positive = models.Constraint(
        "CHECK(today_capacity > 0)", "A day holds one thing at least: enter 1 or more."
    )
