from odoo import models


class SmsSms(models.Model):
    """Marketing of rules, queued some minutes ago, does not go to who has opted out since."""

    _inherit = "sms.sms"

    def _send(self, unlink_failed=False, unlink_sent=True, raise_exception=False):
        left = self - self._cancel_opted_out()
        if not left:
            return None
        return super(SmsSms, left)._send(
            unlink_failed=unlink_failed,
            unlink_sent=unlink_sent,
            raise_exception=raise_exception,
        )

    def _cancel_opted_out(self):
        """Cancel SMS of rules to numbers that are blacklisted by now, by two statements.

        :return: what was cancelled
        """
        # sudo: whoever sends the queue, the ledger of rules is asked
        ledger = self.env["crm.relationship.rule.run"].sudo()
        runs = ledger.search([("is_marketing", "=", True), ("sms_id", "in", self.ids)])
        numbers = {run: {run.sms_id.number} - {False} for run in runs}
        gone = runs._get_opted_out("phone.blacklist", "number", numbers)
        cancelled = gone.sms_id
        if gone:
            gone._withdraw()
            cancelled._cancel_because("sms_blacklist")
            cancelled.flush_recordset()
        return cancelled.with_env(self.env)
