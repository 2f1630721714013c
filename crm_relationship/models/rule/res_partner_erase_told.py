import re

from lxml import html

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_relationship_rule_notice import ERROR

RULE = "crm.relationship.rule"
# In mails to colleagues that are about clients, and on no document: which clients.
CLIENTS = "X-Relationship-Clients"


class ResPartner(models.Model):
    """Erasing a person from the ledger of rules, and from what colleagues were told.

    Digests, and tasks about rules that failed, have a link in each line to what it is
    about; the line is found by it. Lines about others stay.
    """

    _inherit = "res.partner"

    def _erase_texts_of_history(self, leads):
        runs = self.env["crm.relationship.rule.run"].search(
            Domain("partner_id", "in", self.ids) | self._get_documents_domain("res_model", leads)
        )
        runs.error = False
        # The reason of what failed is a line of the error; the others are words of ours.
        runs.filtered(lambda run: run.state == "failed").reason = False
        self._erase_errors_of_rules(leads)
        self._erase_briefing_mails()
        result = super()._erase_texts_of_history(leads)
        self._erase_told(self._get_links(leads, runs))
        return result

    def _name_in_headers(self):
        """Headers of a mail that is about these clients, to find it by."""
        return repr({CLIENTS: ",".join(map(str, self.commercial_partner_id.ids))})

    def _erase_briefing_mails(self):
        """Briefings that wait in the queue, or could not be sent, have no document."""
        families = set(map(str, (self | self.commercial_partner_id).ids))
        mails = self.env["mail.mail"].search([("headers", "like", CLIENTS)])
        found = re.compile(rf"'{CLIENTS}': '([\d,]+)'")
        mails.filtered(lambda mail: families & {*found.search(mail.headers)[1].split(",")}).unlink()

    def _erase_errors_of_rules(self, leads):
        """Why a rule can't go on may name a person. If it still can't, the next run says so."""
        words = {
            word.lower()
            for record in (*self, *leads)
            for name in ("name", "email", "email_normalized", "phone", "email_from", "contact_name")
            if name in record and (word := record[name])
        }
        rules = self.env[RULE].with_context(active_test=False)
        broken = rules.search([("plan_error", "!=", False)]).filtered(
            lambda rule: any(word in rule.plan_error.lower() for word in words)
        )
        broken.plan_error = False
        broken._close_notices(ERROR)

    def _get_links(self, leads, runs):
        """The links by which people are told of these, as a regular expression."""
        ends = [
            rf"model={re.escape(records._name)}&(amp;)?res_id=({'|'.join(map(str, records.ids))})"
            for records in (self, leads)
            if records
        ]
        if self:
            # A lead of the company, and who of it asked.
            ends.append(rf"[?&](amp;)?person=({'|'.join(map(str, self.ids))})")
        if runs:
            ends.append(rf"/odoo/rule-ledger/({'|'.join(map(str, runs.ids))})")
        return rf"({'|'.join(ends)})\M"

    def _erase_told(self, links):
        self.env.flush_all()
        found = self.env.execute_query(
            SQL(
                """
                SELECT id FROM mail_message
                 WHERE (message_type = 'user_notification' OR model = %s) AND body ~ %s
                """,
                RULE,
                links,
            )
        )
        messages = self.env["mail.message"].browse(message_id for [message_id] in found)
        for message in messages:
            message.body, is_empty = self._drop_lines(message.body, links)
            if is_empty:
                message.subject = False
        for mail in self.env["mail.mail"].search([("mail_message_id", "in", messages.ids)]):
            # Its layout tells the first lines once more.
            mail.body_html = mail.body
        tasks = self.env["mail.activity"].search([("res_model", "=", RULE), ("note", "!=", False)])
        for task in tasks.filtered(lambda task: self._find_link(links, task.note)):
            task.note, __ = self._drop_lines(task.note, links)

    def _find_link(self, links, text):
        # What is the end of a word for PostgreSQL is its border for Python.
        return re.search(links.replace(r"\M", r"\b"), text or "")

    def _drop_lines(self, text, links):
        """A list without the lines that have one of these links, and whether none is left."""
        root = html.fragment_fromstring(text or "", create_parent="div")
        for link in root.xpath(".//a[@href]"):
            if self._find_link(links, link.get("href")):
                line = next(link.iterancestors("li"), link)
                line.getparent().remove(line)
        words = html.tostring(root, encoding="unicode")
        return words.removeprefix("<div>").removesuffix("</div>"), not root.xpath(".//li")
