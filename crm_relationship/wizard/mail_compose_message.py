from odoo import models


class MailComposeMessage(models.TransientModel):
    """Keeps what Odoo would not send from becoming a mail, when a rule composes it."""

    _inherit = "mail.compose.message"

    def _manage_mail_values(self, mail_values_all):
        """Take out mails to nobody, to who has opted out, and doubles.

        Odoo's composer has marked them. The rule collects why, by record, in what
        it passes as `relationship_rule_unsent`.
        """
        values = super()._manage_mail_values(mail_values_all)
        unsent = self.env.context.get("relationship_rule_unsent")
        if unsent is None:
            return values
        unsent.failures.update(
            {
                res_id: mail["failure_type"]
                for res_id, mail in values.items()
                if mail.get("failure_type")
            }
        )
        return {res_id: mail for res_id, mail in values.items() if res_id not in unsent.failures}
