from odoo import api, models


class CrmComplaint(models.Model):
    """Complaints that come by mail, and what is written about complaints.

    A mail to the address of the CRM settings opens a complaint of whom it is
    from. What is said on a complaint is history of the client, like on any other
    document (`crm_interaction.py`): the client's mails wait for an answer.
    """

    _inherit = "crm.complaint"

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        """The company the address belongs to deals with it, unless the client is another's."""
        client = self._find_sender(msg_dict)
        values = {
            "name": msg_dict.get("subject") or self.env._("Complaint without a subject"),
            "partner_id": client.id,
            "email_from": msg_dict.get("email_from"),
            **(custom_values or {}),
        }
        if client.company_id:
            values["company_id"] = client.company_id.id
        complaint = super().message_new(msg_dict, custom_values=values)
        if not complaint.user_id:
            complaint._tell_managers()
        return complaint

    @api.model
    def _find_sender(self, msg_dict):
        """The client a mail is from; a colleague who passes one on is none."""
        # sudo: whoever the gateway acts for, a client is found
        partners = self.env["res.partner"].sudo()
        senders = partners.find_by_email(msg_dict.get("email_from"))
        return senders.filtered("partner_share")[:1]

    def _tell_managers(self):
        """Nobody deals with it: have the sales managers of its company choose somebody."""
        # sudo: who manages sales is asked for, nothing else of the users
        managers = self.env.ref("sales_team.group_sale_manager").sudo().all_user_ids
        for complaint in self:
            theirs = managers.filtered("active") & complaint.company_id.sudo().user_ids
            complaint.message_notify(
                partner_ids=theirs.partner_id.ids,
                subject=self.env._("Complaint without responsible: %s", complaint.name),
                body=self.env._("Nobody deals with this complaint yet. Choose who does."),
            )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("partner_id"):
            self._capture_written()
        return result

    def _capture_written(self):
        """What was written before the client was known becomes the client's history."""
        # sudo: the history is kept whoever chooses the client
        messages = self.sudo().message_ids
        types = self.env["crm.interaction"]._get_capture_message_types()
        said = messages.filtered(lambda message: message.message_type in types)
        if said:
            self.env["crm.interaction"]._capture_messages(
                {message.id: message.message_type for message in said}, {self._name}
            )
