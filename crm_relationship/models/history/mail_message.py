from odoo import api, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        may_be_contact = self.env["crm.interaction"]._may_be_contact
        noted, documents = {}, set()
        for message, vals in zip(messages, vals_list, strict=True):
            model, message_type = vals.get("model"), vals.get("message_type", "comment")
            if may_be_contact(model, message_type, vals.get("subtype_id"), vals.get("is_internal")):
                noted[message.id] = message_type
                documents.add(model)
            if message_type == "email":
                # The lead that this mail made is no event of its own.
                self.env["crm.interaction"]._look_up_captured()
        if noted:
            self.env["crm.interaction"]._capture_messages(noted, documents)
        return messages
