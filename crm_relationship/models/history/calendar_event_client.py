from odoo import api, fields, models


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    crm_client_ids = fields.Many2many(
        "res.partner",
        string="Client",
        compute="_compute_crm_client_ids",
        help="The outside guests of the meeting; without any, the client of its opportunity.",
    )

    @api.depends("partner_ids", "opportunity_id.partner_id")
    def _compute_crm_client_ids(self):
        for event in self:
            guests = event.partner_ids.filtered("partner_share")
            # sudo: the client of a colleague's meeting, also when its deal is the colleague's
            event.crm_client_ids = guests or event.sudo().opportunity_id.partner_id
