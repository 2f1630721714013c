from datetime import datetime

from odoo import Command
from odoo.tests import tagged

from .common_rules import BEFORE, MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleLetters(RuleCommon):
    """Letters speak the language, tell the time and bear the company of the client."""

    def test_a_french_client_reads_the_birthday_letter_in_french(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        letter = self.env.ref("crm_relationship.mail_template_birthday")
        letter.with_context(lang="fr_FR").write(
            {"subject": "Joyeux anniversaire !", "body_html": "<p>Bonne fête</p>"}
        )
        people = self._create_people(2)
        people[0].lang = "fr_FR"
        rule = self.env.ref("crm_relationship.rule_birthday")
        rule.write({"active": True, "user_id": self.anna.id, "date_start": BEFORE})
        rule.action_ids.date_start = BEFORE
        self._run(rule)
        french, english = (self._mails_to(person) for person in people)
        self.assertEqual(french.subject, "Joyeux anniversaire !")
        self.assertIn("Bonne fête", french.body_html)
        self.assertEqual(english.subject, "All the best on your birthday!")

    def test_a_time_is_told_by_the_clock_of_the_client(self):
        self.anna.tz = "Asia/Tokyo"
        self.template.body_html = "<p>At <t t-out='format_datetime(object.create_date)'/></p>"
        people = self._create_people(2)
        people[0].tz = "America/New_York"
        people[1].tz = "Europe/Paris"
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = '2027-01-05 12:30:00' WHERE id IN %s",
            (tuple(people.ids),),
        )
        self.env.invalidate_all()
        rule = self._create_rule()
        with self.freeze(MORNING):
            run = rule.try_on(people[0].id)["actions"][0]
        self.assertIn("07:30", run["body"])
        self._run(rule, datetime(2027, 3, 10, 20))
        texts = [self._mails_to(person).body_html for person in people]
        self.assertIn("07:30:00 AM", texts[0])
        self.assertIn("01:30:00 PM", texts[1])

    def test_it_comes_from_the_company_and_the_salesperson_of_the_client(self):
        branch = self.env["res.company"].create({"name": "Branch", "email": "hello@branch.example"})
        self.anna.company_ids = [Command.link(branch.id)]
        people = self._create_people(2)
        people[0].write({"company_id": branch.id, "user_id": False})
        self.template.write(
            {
                "email_from": "{{ object.user_id.email_formatted or "
                "object.company_id.email_formatted }}",
                "body_html": "<p>Of <t t-out='object.env.company.name'/></p>",
            }
        )
        self._run(self._create_rule())
        of_branch, of_main = (self._mails_to(person) for person in people)
        self.assertEqual(of_branch.email_from, '"Branch" <hello@branch.example>')
        self.assertIn("Branch", of_branch.body_html)
        self.assertEqual(of_branch.record_company_id, branch)
        self.assertEqual(of_main.email_from, self.ben.email_formatted)
        self.assertIn(self.env.company.name, of_main.body_html)
        self.assertEqual((of_branch + of_main).author_id, self.anna.partner_id)
