from odoo import models

from ..models.rule.crm_relationship_unsubscribe import SMS, Recipient


class SmsComposer(models.TransientModel):
    """Says at the end of the marketing SMS of rules how to stop them.

    The copy in the chatter does not: nobody of us opts a client out.
    """

    _inherit = "sms.composer"

    def _prepare_mass_sms(self, records, sms_record_values):
        is_of_rule = "relationship_rule_unsent" in self.env.context
        if is_of_rule and self.use_exclusion_list and records:
            self._add_stop_links(records, sms_record_values)
        return super()._prepare_mass_sms(records, sms_record_values)

    def _add_stop_links(self, records, values):
        companies = records._mail_get_companies(default=self.env.company)
        recipients = {
            record: self._get_stop_recipient(record, values[record.id], companies[record.id])
            for record in records
        }
        urls = self.env["crm.relationship.unsubscribe"]._get_urls(
            dict.fromkeys(recipients.values())
        )
        for record, recipient in recipients.items():
            composer = self.with_context(lang=recipient.lang)
            stop = composer.env._("Stop: %s", urls[recipient])
            sms = values[record.id]
            sms["body"] = f"{(sms['body'] or '').rstrip()}\n{stop}"

    def _get_stop_recipient(self, record, sms, company):
        contact = self.env["res.partner"].browse(sms["partner_id"] or [])
        if not contact:
            contact = record if record._name == "res.partner" else contact
        return Recipient(
            SMS,
            sms["number"],
            contact.id or None,
            record.id if record._name == "crm.lead" and not contact else None,
            company.id,
            contact.lang or self.env.lang,
        )
