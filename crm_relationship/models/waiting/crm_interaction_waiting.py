from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_interaction_reply import ERASED


class CrmInteraction(models.Model):
    """What the list "Waiting for an answer" shows of an inquiry, and what can be done with it.

    The three buttons return actions, so that other screens offer them too:
    `action_answer`, `action_call` and `action_no_reply_needed` take the id of
    the inquiry; when their dialog closes, what is shown should be read again.
    """

    _inherit = "crm.interaction"

    client_name = fields.Char(string="Who Waits", compute="_compute_client_name")
    first_line = fields.Char(string="About", compute="_compute_first_line")
    answer_phone = fields.Char(string="Phone to Answer", compute="_compute_answer_phone")
    response_state = fields.Selection(
        [("none", "No promise"), ("ok", "In time"), ("near", "Soon late"), ("late", "Late")],
        string="Promise to Answer",
        compute="_compute_response_state",
    )

    @api.depends("partner_id", "lead_id")
    def _compute_client_name(self):
        for interaction in self:
            # sudo: whoever reads the row knows whom it was with
            row = interaction.sudo()
            lead = row.lead_id
            interaction.client_name = (
                row.partner_id.display_name
                or lead.contact_name
                or lead.partner_name
                or lead.email_from
                or lead.name
            )

    @api.depends("subject", "message_id", "summary")
    def _compute_first_line(self):
        """Subject and beginning of the text, as far as the reader may open the mail."""
        readable = self.env["mail.message"].search([("id", "in", self.message_id.ids)])
        for interaction in self:
            message = interaction.message_id & readable
            text = message.preview or interaction.summary or ""
            line = next(iter(text.strip().splitlines()), "")
            interaction.first_line = " – ".join(filter(None, [interaction.subject, line]))

    @api.depends("partner_id.phone", "lead_id.phone")
    def _compute_answer_phone(self):
        partners = self.partner_id._filtered_access("read")
        leads = self.lead_id._filtered_access("read")
        for interaction in self:
            partner, lead = interaction.partner_id & partners, interaction.lead_id & leads
            company = partner.commercial_partner_id._filtered_access("read")
            interaction.answer_phone = partner.phone or lead.phone or company.phone

    @api.depends("is_waiting", "response_deadline", "response_reminder")
    def _compute_response_state(self):
        now = fields.Datetime.now()
        for interaction in self:
            deadline, reminder = interaction.response_deadline, interaction.response_reminder
            if not (interaction.is_waiting and deadline):
                interaction.response_state = "none"
            elif deadline <= now:
                interaction.response_state = "late"
            else:
                interaction.response_state = "near" if reminder <= now else "ok"

    # ---- answer ----

    def action_answer(self):
        """Answer on the channel the client used: a mail, an SMS or a call.

        :return: action that opens the composer or the dialog that logs a call
        """
        self.ensure_one()
        if self.channel == "sms" and self.answer_phone:
            return self._get_sms_action()
        if self.channel in self._get_spoken_channels() or not self._has_address():
            return self.action_call()
        return self._get_mail_action()

    def action_call(self):
        """Call the client: dials where the device can, and logs the call.

        :return: action that opens the dialog that logs a contact, by phone
        """
        self.ensure_one()
        log = self._get_log_action(self._get_person(), self.lead_id)
        log["context"] |= {"default_channel": "phone", "default_direction": "out"}
        if not self.answer_phone:
            return log
        return {
            "type": "ir.actions.client",
            "tag": "crm_relationship_call",
            "params": {"phone": self.answer_phone, "next": log},
        }

    def action_no_reply_needed(self):
        """Ask why no answer is needed, and take the inquiries off the list.

        :return: action that opens a small dialog
        """
        self._check_set_aside()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("No Answer Needed"),
            "res_model": "crm.interaction.no.reply",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_interaction_ids": self.ids,
                "dialog_size": "medium",
            },
        }

    def _check_set_aside(self):
        """People set aside their own inquiries and nobody's, managers all."""
        if others := self - self._filtered_access("write"):
            raise UserError(
                self.env._(
                    "%s is responsible for this inquiry. Ask them or a sales manager to set "
                    "it aside, or answer it yourself.",
                    others[0].user_id.name or self.env._("A colleague"),
                )
            )

    def action_wait_again(self):
        """The client expects an answer after all: told and planned as if it came now."""
        if any(row.no_reply_reason == ERASED for row in self):
            raise UserError(
                self.env._(
                    "The personal data of who asked was erased: nobody can be answered any more."
                )
            )
        self._check_not_lost()
        self.write({"needs_reply": True, "no_reply_reason": False, "no_reply_note": False})
        told = self.filtered(lambda row: row.response_alert not in (False, "past"))
        told.response_alert = False

    def _check_not_lost(self):
        """As long as a deal is lost nobody waits for what was asked before: see `_query_lost`."""
        # sudo: that a deal was lost is a fact of the inquiry, whoever may read the lead
        for row in self.sudo():
            lead = row.lead_id
            if lead.won_status == "lost" and lead.date_closed and row.date <= lead.date_closed:
                raise UserError(
                    self.env._(
                        "'%s' was lost after this was asked, so nobody waits for it. Restore the "
                        "opportunity first.",
                        lead.display_name,
                    )
                )

    @api.model
    def _get_spoken_channels(self):
        """Channels whose inquiries are answered by a call."""
        return {"phone", "meeting", "visit"}

    def _get_person(self):
        return self.partner_id or self.lead_id.partner_id

    def _has_address(self):
        return bool(self._get_person().email or self.lead_id.email_from)

    def _get_answer_document(self):
        """Where the answer is posted: what they wrote on, else the lead, else the contact."""
        written_on = self.env["res.partner"]
        if self.res_model in self.env and hasattr(self.env[self.res_model], "message_post"):
            written_on = self.env[self.res_model].browse(self.res_id).exists()
        if written_on and written_on.has_access("read"):
            return written_on
        return self.lead_id or self.partner_id

    def _get_mail_action(self):
        """Odoo's full composer, with the client as recipient and what they wrote as original."""
        document = self._get_answer_document()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mail.action_email_compose_message_wizard"
        )
        context = {
            "default_composition_mode": "comment",
            "default_model": document._name,
            "default_res_ids": document.ids,
            "default_subtype_xmlid": "mail.mt_comment",
            "default_partner_ids": self._find_recipients(document).ids,
        }
        # sudo: the original is answered where it was written, it is not shown
        original = self.message_id.sudo()
        if original.model == document._name and original.res_id == document.id:
            context["default_parent_id"] = original.id
        if self.subject:
            context["default_subject"] = self._prepare_reply_subject()
        action["context"] = context
        return action

    def _prepare_reply_subject(self):
        if self.subject.lower().startswith("re:"):
            return self.subject
        return self.env._("Re: %s", self.subject)

    def _find_recipients(self, document):
        """Of a stranger only an address is known: a contact is made of it, as in the chatter."""
        person = self._get_person()
        if person or not self.lead_id.email_from:
            return person
        may_create = self.env["res.partner"].has_access("create")
        return self.lead_id._partner_find_from_emails_single(
            [self.lead_id.email_from], no_create=not may_create
        )

    def _get_sms_action(self):
        document = self._get_answer_document()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send SMS"),
            "res_model": "sms.composer",
            "views": [(self.env.ref("crm_relationship.sms_composer_view_form_answer").id, "form")],
            "target": "new",
            "context": {
                "default_res_model": document._name,
                "default_res_id": document.id,
                "default_composition_mode": "comment",
                "default_recipient_single_number_itf": self.answer_phone,
            },
        }
