from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    complaint_ids = fields.One2many("crm.complaint", "lead_id", string="Complaints")

    def action_new_complaint(self):
        """Write down a complaint about this lead or deal."""
        self.ensure_one()
        return self.env["crm.complaint"]._get_new_action(
            partner_id=self.partner_id.id, lead_id=self.id, email_from=self.email_from
        )

    def _get_strangers_briefing(self):
        """Complaints about a lead whose client is not known are about that lead alone."""
        briefings = super()._get_strangers_briefing()
        if briefings:
            sections = self.env["crm.complaint"]._brief_open("lead_id", self.ids)
            for lead_id, values in sections.items():
                self.env["res.partner"]._merge_section(briefings[lead_id], values)
        return briefings

    def unlink(self):
        # sudo: complaints outlive the lead, whatever part of them the user may read
        self.sudo().with_context(active_test=False).complaint_ids._outlive_leads()
        return super().unlink()

    def _merge_dependences(self, opportunities):
        # sudo: complaints move as a whole, whatever part of them the user may read
        complaints = opportunities.sudo().with_context(active_test=False).complaint_ids
        complaints.write({"lead_id": self.id})
        return super()._merge_dependences(opportunities)
