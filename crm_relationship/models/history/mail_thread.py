from odoo import api, models

# Headers with which a mailbox says that it answered by itself.
ANSWERING_MACHINE_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        """Note the message again once it has its recipients.

        Noted when it was made, it may have been looked at before anybody was
        notified: by a flush in between, or because its sending was put off.
        """
        recipients = super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        interactions = self.env["crm.interaction"]
        if self._name in interactions._get_capture_models():
            # What the poster has in hand is not read: that would be one statement more.
            vals = {"is_internal": False, **(msg_vals or {})}
            # sudo: whoever's message it is
            written = message.sudo()
            message_type = vals.get("message_type") or written.message_type
            if "subtype_id" not in vals:
                vals["subtype_id"] = written.subtype_id.id
            if interactions._may_be_contact(
                self._name, message_type, vals["subtype_id"], vals["is_internal"]
            ):
                interactions._capture_messages({message.id: message_type}, {self._name})
        return recipients

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """Say of a mail that a machine answered with that it is one.

        Odoo tells bounces apart, but not the out-of-office reply of a client:
        that is posted like any mail, and would look like an inquiry.
        """
        if self._is_automatic_reply(message, message_dict):
            self = self.with_context(crm_relationship_automatic_reply=True)
        return super()._message_route_process(message, message_dict, routes)

    @api.model
    def _is_automatic_reply(self, message, message_dict):
        """Whether nobody wrote this mail: out-of-office and other automatic answers.

        A mail that a machine made may well be an inquiry (a form on a website
        sends such), but not when it answers one of ours (RFC 3834).
        """
        submitted = (message.get("Auto-Submitted") or "no").strip().lower()
        if submitted.startswith("auto-replied"):
            return True
        if submitted != "no" and message_dict.get("parent_id"):
            return True
        if (message.get("Precedence") or "").strip().lower() == "auto_reply":
            return True
        return any(message.get(header) for header in ANSWERING_MACHINE_HEADERS)
