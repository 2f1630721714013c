from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from ..models.rule.crm_relationship_unsubscribe import Recipient
from .common_rules import MORNING
from .common_unsubscribe import LINK, UnsubscribeCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestUnsubscribeLetter(UnsubscribeCommon):
    """What the letters of rules say about stopping them."""

    def _get_outgoing(self, mail):
        """What would be handed to the mail server, one dict for each mail."""
        return mail._prepare_outgoing_list()

    def _get_url(self, token):
        return f"{self.env.company.get_base_url()}/relationship/stop/{token}"

    def test_marketing_letter_has_link_and_headers(self):
        mail = self._greet(self.lumen)
        url = self._get_url(self._get_token(mail))
        self.assertEqual(mail.body_html.count(url), 1)
        headers = self._get_headers(mail)
        self.assertEqual(headers["List-Unsubscribe"], f"<{url}>")
        self.assertEqual(headers["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        link = self._get_link(mail)
        self.assertEqual(link.address, "lucy@lumen.example.com")
        self.assertEqual(link.partner_id, self.lumen)
        self.assertEqual(link.company_id, self.env.company)
        self.assertNotIn("lumen.example.com", url)

    def test_nobody_of_us_finds_the_link_in_the_chatter(self):
        mail = self._greet(self.lumen)
        self.assertNotIn("/relationship/stop/", mail.mail_message_id.body or "")

    def test_message_as_it_leaves(self):
        mail = self._greet(self.lumen)
        url = self._get_url(self._get_token(mail))
        [values] = self._get_outgoing(mail)
        message = self.env["ir.mail_server"]._build_email__(
            email_from=values["email_from"],
            email_to=values["email_to"],
            subject=values["subject"],
            body=values["body"],
            body_alternative=values["body_alternative"],
            headers=values["headers"],
            subtype="html",
            subtype_alternative="plain",
        )
        self.assertEqual(message["List-Unsubscribe"], f"<{url}>")
        self.assertEqual(message["List-Unsubscribe-Post"], "List-Unsubscribe=One-Click")
        plain = message.get_body(("plain",)).get_content()
        self.assertIn(url, plain)
        self.assertIn(url, message.get_body(("html",)).get_content())

    def test_service_letter_has_none(self):
        self._create_date(self.lumen)
        self._run(self._create_rule(purpose="service"))
        mail = self._mails_to(self.lumen)
        self.assertNotIn("List-Unsubscribe", self._get_headers(mail))
        self.assertNotIn("/relationship/stop/", mail.body_html)
        self.assertFalse(self.links.search_count([("partner_id", "=", self.lumen.id)]))

    def test_footer_in_the_body_of_a_whole_page(self):
        self.template.email_layout_xmlid = "mail.mail_notification_light"
        mail = self._greet(self.lumen)
        self.assertLess(mail.body_html.index("/relationship/stop/"), mail.body_html.index("</body"))

    def test_footer_in_the_language_of_the_letter(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.lumen.lang = "fr_FR"
        mail = self._greet(self.lumen)
        self.assertEqual(self._get_link(mail).lang, "fr_FR")

    def test_the_same_link_next_year_and_none_is_written_twice(self):
        first = self._greet(self.lumen)
        rule = self.ledger.search([("mail_id", "=", first.id)]).rule_id
        self._run(rule, MORNING.replace(year=2028) + timedelta(minutes=5))
        second = self._mails_to(self.lumen) - first
        self.assertEqual(self._get_token(first), self._get_token(second))
        self.assertEqual(self.links.search_count([("partner_id", "=", self.lumen.id)]), 1)

    def test_each_client_its_own_link(self):
        people = self._create_people(3)
        self._run(self._create_rule(purpose="marketing"))
        tokens = {self._get_token(self._mails_to(person)) for person in people}
        self.assertEqual(len(tokens), 3)

    def test_name_in_the_address(self):
        self.template.write({"use_default_to": False, "email_to": '"Lumen, Lucy" <Lucy@Lumen.COM>'})
        self._create_date(self.lumen)
        rule = self._create_rule(purpose="marketing")
        self._run(rule)
        mail = self._runs(rule).sudo().mail_id
        link = self._get_link(mail)
        self.assertEqual((link.address, link.partner_id), ("lucy@lumen.com", self.lumen))
        self.assertEqual(len(self._get_outgoing(mail)), 1)

    def test_contact_with_two_addresses_has_two_links(self):
        self.lumen.email = "lucy@lumen.example.com, lucy@home.example.com"
        self._check_readers(
            self._greet(self.lumen), "lucy@lumen.example.com", "lucy@home.example.com"
        )

    def test_letter_to_several(self):
        self.template.write(
            {
                "use_default_to": False,
                "email_to": "one@lumen.example.com, two@lumen.example.com",
                "email_cc": "three@lumen.example.com",
            }
        )
        self._create_date(self.lumen)
        rule = self._create_rule(purpose="marketing")
        self._run(rule)
        mail = self._runs(rule).sudo().mail_id
        mail.recipient_ids = [Command.link(self.brandon.id)]
        emails = self._check_readers(
            mail,
            "one@lumen.example.com",
            "two@lumen.example.com",
            "three@lumen.example.com",
            "brandon@oak.example.com",
        )
        partners = [self._get_link_in(email).partner_id for email in emails]
        self.assertEqual(partners, [self.lumen] * 3 + [self.brandon])

    def _get_link_in(self, email):
        return self.links._find(LINK.search(email["body"])[1], "email")

    def _check_readers(self, mail, *addresses):
        """Each reader has a mail of its own, with one link of its own everywhere in it."""
        emails = self._get_outgoing(mail)
        self.assertEqual(
            [email["email_to_normalized"] for email in emails], [[a] for a in addresses]
        )
        for email, address in zip(emails, addresses, strict=True):
            self.assertEqual((len(email["email_to"]), email["email_cc"]), (1, []))
            self.assertEqual(self._get_link_in(email).address, address)
            tokens = {
                *LINK.findall(email["body"]),
                *LINK.findall(email["body_alternative"]),
                *LINK.findall(email["headers"]["List-Unsubscribe"]),
            }
            self.assertEqual(len(tokens), 1)
        return emails

    def test_of_several_who_has_opted_out_gets_none(self):
        self.lumen.email = "lucy@lumen.example.com, lucy@home.example.com"
        mail = self._greet(self.lumen)
        self.env["mail.blacklist"]._add("lucy@home.example.com")
        self._check_readers(mail, "lucy@lumen.example.com")

    def test_address_changed_while_it_waited(self):
        mail = self._greet(self.lumen)
        self.lumen.email = "lucy@new.example.com"
        self._check_readers(mail, "lucy@new.example.com")

    def test_company_of_the_client(self):
        other = self.env["res.company"].create({"name": "Other House"})
        self.lumen.company_id = other
        self.anna.company_ids += other
        link = self._get_link(self._greet(self.lumen))
        self.assertEqual(link.company_id, other)

    def test_lead_without_contact(self):
        lead = self._create_lead(email_from="Paul <paul@strange.example.com>")
        field = self.env["ir.model.fields"]._get("crm.lead", "date_deadline")
        lead.date_deadline = MORNING.date()
        template = self.template.copy({"model_id": self.env["ir.model"]._get_id("crm.lead")})
        rule = self._create_rule(
            self._mail(template_id=template.id),
            purpose="marketing",
            model_id=field.model_id.id,
            date_source="field",
            date_field_id=field.id,
        )
        self._run(rule)
        link = self._get_link(self._runs(rule, lead).sudo().mail_id)
        self.assertEqual(link.address, "paul@strange.example.com")
        self.assertEqual((link.lead_id, link.partner_id.id), (lead, False))

    def test_links_cost_one_statement_a_batch(self):
        def count(number):
            company = self.env.company.id
            recipients = [
                Recipient("email", f"{number}-{index}@people.example.com", None, None, company)
                for index in range(number)
            ]
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(set(self.links._get_urls(recipients).values())), number)
            return self.env.cr.sql_log_count - before

        count(1)  # parameters are read
        self.assertEqual(count(10), 1)
        self.assertEqual(count(200), 1)
