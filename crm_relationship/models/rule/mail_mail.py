import re

from odoo import models
from odoo.tools.mail import email_normalize, email_normalize_all

from .crm_relationship_unsubscribe import EMAIL, PATHS, Recipient

UNSUBSCRIBE = re.compile(rf"'List-Unsubscribe': '<[^']*{PATHS[EMAIL]}/([\w-]+)>'", re.ASCII)


class MailMail(models.Model):
    """Letters of rules as they leave: to each reader with the link of that reader.

    The link is in the letter since it was queued. Where it has several readers,
    or the contact has another address by now, it is exchanged here.
    """

    _inherit = "mail.mail"

    def _get_addresses(self):
        """Where the letter goes, as (address, contact), normalised, in Odoo's order."""
        self.ensure_one()
        contact = self.env["res.partner"]
        return [
            *((address, contact) for address in email_normalize_all(self.email_to)),
            *((address, contact) for address in email_normalize_all(self.email_cc)),
            *(
                (address, partner)
                for partner in self.recipient_ids
                for address in email_normalize_all(partner.email)
            ),
        ]

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        emails = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        found = UNSUBSCRIBE.search(self.headers or "")
        link = self.env["crm.relationship.unsubscribe"]._find(found and found[1], EMAIL)
        return self._hand_out_links(link, emails) if link else emails

    def _hand_out_links(self, link, emails):
        """One mail for each reader, with the reader's own link."""
        single = [mail for email in emails for mail in self._split_email(email)]
        if len(single) == 1 and self._get_reader(single[0]) == link.address:
            return emails
        readers = [
            Recipient(
                EMAIL,
                self._get_reader(mail),
                mail["partner_id"].id if mail["partner_id"] else link.partner_id.id or None,
                link.lead_id.id or None,
                link.company_id.id or None,
                link.lang,
            )
            for mail in single
        ]
        # sudo: links are made for whoever sends
        urls = link.sudo()._get_urls({reader for reader in readers if reader.address})
        for mail, reader in zip(single, readers, strict=True):
            if reader in urls:
                self._exchange_link(mail, link._get_url(), urls[reader])
        return self._drop_opted_out(single) if len(single) > 1 else single

    def _split_email(self, email):
        """A mail for each address of what Odoo would send as one mail to all of them."""
        addresses = [*email["email_to"], *email["email_cc"]]
        if len(addresses) < 2:
            return [email]
        return [
            {
                **email,
                "email_to": [address],
                "email_cc": [],
                "email_to_normalized": [normal] if (normal := email_normalize(address)) else [],
            }
            for address in addresses
        ]

    def _get_reader(self, email):
        return next(iter(email["email_to_normalized"]), "")

    def _exchange_link(self, email, old, new):
        email["body"] = email["body"].replace(old, new)
        email["body_alternative"] = email["body_alternative"].replace(old, new)
        email["headers"] = {**email["headers"], "List-Unsubscribe": f"<{new}>"}

    def _drop_opted_out(self, emails):
        """Of several readers, those who have opted out since get nothing."""
        readers = [self._get_reader(email) for email in emails]
        # sudo: who has opted out is looked up for whoever sends
        blacklist = self.env["mail.blacklist"].sudo().search_fetch([("email", "in", readers)])
        gone = set(blacklist.mapped("email"))
        return [email for email, reader in zip(emails, readers, strict=True) if reader not in gone]
