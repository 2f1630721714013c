from odoo import models

from .crm_relationship_unsubscribe import EMAIL


class CrmRelationshipUnsubscribe(models.Model):
    """What waits in Odoo's queues for an address when it is stopped by a link."""

    _inherit = "crm.relationship.unsubscribe"

    def _cancel_queued(self):
        """What rules have put into the queue for this address is not sent any more."""
        same = self._get_same_address()
        domain = [
            ("rule_id.purpose", "=", "marketing"),
            ("state", "=", "done"),
            "|",
            ("partner_id", "in", same.partner_id.ids),
            "&",
            ("res_model", "=", "crm.lead"),
            ("res_id", "in", same.lead_id.ids),
        ]
        if self.channel == EMAIL:
            self._cancel_letters(domain)
        else:
            self._cancel_texts(domain)

    def _cancel_letters(self, domain):
        runs = self.env["crm.relationship.rule.run"].search(
            [*domain, ("mail_id.state", "=", "outgoing")]
        )
        runs = runs.filtered(lambda run: self._is_only_for_us(run.mail_id))
        runs._withdraw()
        runs.mail_id.write({"state": "cancel", "failure_type": "mail_optout"})

    def _cancel_texts(self, domain):
        runs = self.env["crm.relationship.rule.run"].search(
            [*domain, ("sms_id.state", "=", "outgoing"), ("sms_id.number", "=", self.address)]
        )
        runs._withdraw()
        runs.sms_id._cancel_because("sms_optout")

    def _is_only_for_us(self, mail):
        """Whether a letter goes to this address and no other."""
        return {address for address, __ in mail._get_addresses()} == {self.address}
