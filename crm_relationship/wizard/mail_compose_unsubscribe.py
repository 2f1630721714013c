from ast import literal_eval

from markupsafe import Markup

from odoo import models
from odoo.tools.mail import append_content_to_html, email_normalize_all

from ..models.rule.crm_relationship_unsubscribe import EMAIL, Recipient

FOOTER = Markup(
    '<div style="margin:24px 0 0;padding:12px 0 0;border-top:1px solid #dddddd;'
    'font-size:12px;line-height:18px;color:#6c757d;text-align:center">'
    '{why}<br/><a href="{url}" style="color:#6c757d;text-decoration:underline">{unsubscribe}</a>'
    "</div>"
)


class MailComposeMessage(models.TransientModel):
    """Puts the link to unsubscribe into the marketing letters of rules.

    It is in the letter and in its headers, where mailboxes make a button of it
    (RFC 8058). The copy in the chatter has none: nobody of us unsubscribes a client.
    """

    _inherit = "mail.compose.message"

    def _manage_mail_values(self, mail_values_all):
        values = super()._manage_mail_values(mail_values_all)
        is_of_rule = "relationship_rule_unsent" in self.env.context
        if is_of_rule and self.use_exclusion_list and values:
            self._add_unsubscribe_links(values)
        return values

    def _add_unsubscribe_links(self, values):
        langs = self._render_lang(list(values))
        recipients = {
            res_id: self._get_unsubscribe_recipient(res_id, mail, langs[res_id] or self.env.lang)
            for res_id, mail in values.items()
        }
        urls = self.env["crm.relationship.unsubscribe"]._get_urls(
            dict.fromkeys(recipients.values())
        )
        words = {}
        for res_id, mail in values.items():
            recipient = recipients[res_id]
            by = (recipient.lang, recipient.company_id)
            if by not in words:
                words[by] = self._get_unsubscribe_words(*by)
            self._add_unsubscribe_link(mail, urls[recipient], words[by])

    def _get_unsubscribe_recipient(self, res_id, mail, lang):
        """Whom the link is for: the first one the letter goes to, in Odoo's order."""
        record = self.env[self.model].browse(res_id)
        addresses = email_normalize_all(mail.get("email_to"))
        contact = self.env["res.partner"]
        if self.model == "res.partner":
            contact = record
        elif "partner_id" in record:
            contact = record["partner_id"]
        for __, partner_id in () if addresses else mail.get("recipient_ids", ()):
            contact = self.env["res.partner"].browse(partner_id)
            if addresses := email_normalize_all(contact.email):
                break
        return Recipient(
            EMAIL,
            next(iter(addresses), ""),
            contact.id or None,
            res_id if self.model == "crm.lead" and not contact else None,
            mail.get("record_company_id") or self.env.company.id,
            lang,
        )

    def _get_unsubscribe_words(self, lang, company_id):
        composer = self.with_context(lang=lang)
        company = composer.env["res.company"].browse(company_id)
        return {
            "why": composer.env._(
                "You get this letter because you are in touch with %s.", company.name
            ),
            "unsubscribe": composer.env._("Unsubscribe"),
        }

    def _add_unsubscribe_link(self, mail, url, words):
        footer = FOOTER.format(url=url, **words)
        mail["body_html"] = append_content_to_html(mail["body_html"], footer, plaintext=False)
        mail["headers"] = repr(
            {
                **literal_eval(mail.get("headers") or "{}"),
                "List-Unsubscribe": f"<{url}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            }
        )
