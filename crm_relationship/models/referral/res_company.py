from odoo import fields, models

from ..client.res_partner import PREFETCH_GROUP


class ResCompany(models.Model):
    _inherit = "res.company"

    relationship_thank_referrers = fields.Boolean(
        string="Thank Who Refers",
        default=True,
        help="When a client whom somebody sent to us is won for the first time, whoever looks "
        "after that somebody gets a task to say thanks. Once for each client.",
        prefetch=PREFETCH_GROUP,
    )
