from odoo import api, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        may_be_contact = self.env["crm.interaction"]._may_be_contact
        noted = {
            message.id: vals["model"]
            for message, vals in zip(messages, vals_list, strict=True)
            if may_be_contact(vals.get("model"), vals.get("message_type", "comment"))
        }
        if noted:
            self.env["crm.interaction"]._capture_messages(noted, set(noted.values()))
        return messages
