from odoo import models


class SmsComposer(models.TransientModel):
    """Keeps what Odoo would not send from becoming an SMS, when a rule composes it."""

    _inherit = "sms.composer"

    def _filter_out_and_handle_revoked_sms_values(self, sms_values_all):
        """Take out SMS to nobody, to who has opted out, and doubles.

        The rule collects why, by record, in what it passes as
        `relationship_rule_unsent`.
        """
        values = super()._filter_out_and_handle_revoked_sms_values(sms_values_all)
        unsent = self.env.context.get("relationship_rule_unsent")
        if unsent is None:
            return values
        unsent.failures.update(
            {res_id: sms["failure_type"] for res_id, sms in values.items() if sms["failure_type"]}
        )
        return {res_id: sms for res_id, sms in values.items() if res_id not in unsent.failures}
