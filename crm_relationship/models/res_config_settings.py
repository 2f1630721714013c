from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """CRM settings: what holds for all rules of the company."""

    _inherit = "res.config.settings"

    relationship_quiet_from = fields.Float(
        related="company_id.relationship_quiet_from", readonly=False
    )
    relationship_quiet_to = fields.Float(related="company_id.relationship_quiet_to", readonly=False)
    relationship_weekly_cap = fields.Integer(
        related="company_id.relationship_weekly_cap", readonly=False
    )
