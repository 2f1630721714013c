from odoo import api, fields, models


class CalendarEvent(models.Model):
    """Who is about to meet a client who complains, sees it on the meeting."""

    _inherit = "calendar.event"

    complaint_notice = fields.Text(
        string="Open Complaints",
        compute="_compute_complaint_notice",
        groups="sales_team.group_sale_salesman",
        help="What the clients who take part complain of, and what is being done about it.",
    )

    @api.depends("partner_ids")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_complaint_notice(self):
        # sudo: whose contact somebody is; the notice itself is for who looks at the meeting
        clients = {
            meeting: meeting.partner_ids._origin.sudo().commercial_partner_id for meeting in self
        }
        everybody = self.env["res.partner"].union(*clients.values())
        notices = self.env["crm.complaint"]._get_notices(everybody.ids)
        for meeting, theirs in clients.items():
            told = [notices[client.id] for client in theirs if client.id in notices]
            meeting.complaint_notice = "\n".join(told) or False
