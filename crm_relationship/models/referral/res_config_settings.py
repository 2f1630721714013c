from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    relationship_thank_referrers = fields.Boolean(
        related="company_id.relationship_thank_referrers", readonly=False
    )
