from odoo import models


class MailMessage(models.Model):
    _inherit = "mail.message"

    def unlink(self):
        """The ledger of rules lets go of what is deleted, the mail in the queue included.

        Left to the database it depends on the order of two foreign keys, message and mail,
        whether it refuses where the row was written by the same transaction.
        """
        self.check_access("unlink")
        # sudo: who may delete a message may not know of rules
        ledger = self.env["crm.relationship.rule.run"].sudo()
        ledger.search([("message_id", "in", self.ids)]).write(
            {"message_id": False, "mail_id": False}
        )
        return super().unlink()
