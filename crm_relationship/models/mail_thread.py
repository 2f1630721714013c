from odoo import models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """Note the message again once it has its recipients.

        Noted when it was made, it may have been looked at before anybody was
        notified: by a flush in between, or because its sending was put off.
        """
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        interactions = self.env["crm.interaction"]
        message_type = (msg_vals or {}).get("message_type") or message.sudo().message_type
        if interactions._may_be_contact(self._name, message_type):
            interactions._capture("message", message.ids)
        return recipients
