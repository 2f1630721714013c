from odoo import models

LOST = ("bounce", "exception")


class SmsSms(models.Model):
    """What happens to the SMS of a rule after it was queued, its notification included."""

    _inherit = "sms.sms"

    def _cancel_because(self, failure_type):
        """Do not send these.

        Notifications know no such reasons: to them it is cancelled and no more.
        """
        self.write({"state": "canceled", "failure_type": failure_type})
        # sudo: as Odoo does it, who may cancel an SMS may say so
        self.sms_tracker_id.sudo()._action_update_from_sms_state("canceled")

    def _get_lost(self):
        """SMS that left the house and did not arrive: Odoo does not send these again."""
        return self.filtered(
            lambda sms: (
                sms.to_delete
                and sms.sms_tracker_id.mail_notification_id.notification_status in LOST
            )
        )
