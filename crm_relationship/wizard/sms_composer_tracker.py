from odoo import Command, models


class SmsComposer(models.TransientModel):
    """Follows the SMS of rules beyond the queue, as Odoo follows those written by hand.

    Odoo's provider reports later what became of an SMS, by the id of its tracker, and Odoo
    writes that on the notification of the message. Of SMS in bulk it makes neither; here a
    batch gets both, by one statement each, whatever its size.
    """

    _inherit = "sms.composer"

    def _prepare_mass_sms(self, records, sms_record_values):
        if "relationship_rule_unsent" not in self.env.context:
            return super()._prepare_mass_sms(records, sms_record_values)
        self._log_on_clients(sms_record_values)
        texts = super()._prepare_mass_sms(records, sms_record_values)
        self._follow_deliveries(texts)
        return texts

    def _log_on_clients(self, values):
        """SMS about what has no chatter, a guest of a meeting for one, stand in the client's."""
        unlogged = {
            sms["partner_id"]: sms
            for sms in values.values()
            if sms["partner_id"] and not sms.get("mail_message_id")
        }
        if not unlogged:
            return
        clients = self.env["res.partner"].browse(unlogged)
        messages = clients._message_log_batch(
            bodies=self._prepare_log_body_values(unlogged), message_type="sms"
        )
        for sms, message in zip(unlogged.values(), messages, strict=True):
            sms["mail_message_id"] = message.id

    def _follow_deliveries(self, texts):
        # sudo: as Odoo does it for an SMS of the chatter
        self.env["mail.notification"].sudo().create(
            [
                {
                    "author_id": sms.mail_message_id.author_id.id,
                    "mail_message_id": sms.mail_message_id.id,
                    "res_partner_id": sms.partner_id.id,
                    "sms_number": sms.number,
                    "notification_type": "sms",
                    "notification_status": "ready",
                    "sms_id_int": sms.id,
                    "sms_tracker_ids": [Command.create({"sms_uuid": sms.uuid})],
                    "is_read": True,
                }
                for sms in texts
                if sms.mail_message_id
            ]
        )
