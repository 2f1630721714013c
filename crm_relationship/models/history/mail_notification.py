from odoo import models

FAILED = ("bounce", "exception", "canceled")


class MailNotification(models.Model):
    """Tells the history when a mail or SMS turns out to have reached nobody."""

    _inherit = "mail.notification"

    def write(self, vals):
        status = vals.get("notification_status")
        if not status:
            return super().write(vals)
        known = self if status in FAILED else self.filtered(self._has_failed)
        result = super().write(vals)
        if known:
            self.env["crm.interaction"]._note_delivery(
                known.mail_message_id.ids, is_failed=status in FAILED
            )
        return result

    @staticmethod
    def _has_failed(notification):
        return notification.notification_status in FAILED
