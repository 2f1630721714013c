from odoo import models

from .mail_mail import UNSUBSCRIBE


class MailMail(models.Model):
    """Marketing of rules, queued some minutes ago, does not go to who has opted out since."""

    _inherit = "mail.mail"

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        self._cancel_opted_out()
        return super().send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )

    def _cancel_opted_out(self):
        """Cancel letters of rules to addresses that are blacklisted by now.

        One look for all mails of a call, and none where none has our link to unsubscribe.
        """
        # sudo: whoever sends the queue, the ledger of rules is asked
        letters = self.sudo().filtered(lambda mail: UNSUBSCRIBE.search(mail.headers or ""))
        if not letters:
            return
        runs = self.env["crm.relationship.rule.run"].sudo()._find_queued_mails(letters)
        addresses = {run: {email for email, __ in run.mail_id._get_addresses()} for run in runs}
        gone = runs._get_opted_out("mail.blacklist", "email", addresses)
        if gone:
            mails, reason = gone.mail_id, gone._withdraw()
            mails.write({"state": "cancel", "failure_type": "mail_bl", "failure_reason": reason})
            mails.flush_recordset()
