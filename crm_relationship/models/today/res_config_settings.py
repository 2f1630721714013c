from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    today_capacity = fields.Integer(related="company_id.today_capacity", readonly=False)
