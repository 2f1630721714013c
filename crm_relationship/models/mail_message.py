from odoo import api, models


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        interactions = self.env["crm.interaction"]
        capture_models = interactions._get_capture_models()
        message_types = interactions._get_capture_message_types()
        captured = [
            message.id
            for message, vals in zip(messages, vals_list, strict=True)
            if vals.get("model") in capture_models
            and vals.get("message_type", "comment") in message_types
        ]
        if captured:
            interactions._capture("message", captured)
        return messages
