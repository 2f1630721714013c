from odoo import fields, models

from .crm_relationship_unsubscribe import WORDS_MAX


class CrmRelationshipUnsubscribe(models.Model):
    """What is written down when a client stops by a link, or takes it back."""

    _inherit = "crm.relationship.unsubscribe"

    def _in_our_language(self):
        """What is written down is read by the salesperson, not by the client."""
        company = self.company_id or self.env.company
        lang = self._get_salesperson().lang or company.partner_id.lang
        return self.with_company(company).with_context(lang=lang)

    def _get_salesperson(self):
        contact = self.partner_id
        return contact.user_id or contact.commercial_partner_id.user_id or self.lead_id.user_id

    def _note(self, word, text, words=""):
        """A line in the history of the client, and one in its chatter.

        Said again on the same day it is the same line, however often somebody presses.
        """
        record = self.partner_id or self.lead_id
        if not record:
            return
        words = (words or "").strip()[:WORDS_MAX]
        if noted := self._find_note(word):
            noted.write({"date": fields.Datetime.now(), "summary": words or noted.summary})
            return
        self.env["crm.interaction"].create(self._prepare_note_vals(record, word, text, words))
        body = self.env._("%(what)s: %(words)s", what=text, words=words) if words else text
        record._message_log(body=body)

    def _prepare_note_vals(self, record, word, text, words):
        return {
            "partner_id": self.partner_id.id,
            "lead_id": self.lead_id.id,
            "company_id": (record.company_id or self.lead_id.company_id).id,
            "user_id": self._get_salesperson().id,
            "channel": self.channel,
            "direction": "in",
            # A click is no talk: the client is not in touch by it.
            "is_attempt": True,
            "needs_reply": False,
            "subject": text,
            "summary": words or False,
            "origin_key": self._get_note_key(word),
        }

    def _find_note(self, word):
        """The line of today that says it already."""
        return self.env["crm.interaction"].search([("origin_key", "=", self._get_note_key(word))])

    def _get_note_key(self, word):
        return f"unsubscribe:{self.id}:{word}:{fields.Date.today()}"

    def _get_quiet(self, name, word):
        """The blacklist, which notes the same once a day, too."""
        return self.env[name].with_context(tracking_disable=bool(self._find_note(word)))
