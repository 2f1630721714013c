from datetime import timedelta

from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestPartnerEraseRules(RuleCommon):
    """Where rules have left the name of a person who is erased."""

    def _erase(self, person):
        person.with_user(self.anna)._erase_personal_data()
        self.env.invalidate_all()

    def _brief(self, *people):
        """Briefings to `ben` that are in the queue, and one of them that could not be sent."""
        for person in people:
            self._create_date(person)
        rule = self._create_rule({"kind": "briefing", "responsible": "owner"})
        self.env["mail.mail"].search([]).unlink()
        for number, person in enumerate(people):
            rule.domain = [("id", "=", person.id)]
            self._run(rule, MORNING + timedelta(minutes=number))
        return self.env["mail.mail"].search([], order="id")

    def test_briefings_in_the_queue(self):
        self.oak.user_id = self.ben
        mails = self._brief(self.lumen, self.brandon)
        self.assertEqual(len(mails), 2)
        mails.state = "exception"
        mine, others = mails
        message = mine.mail_message_id
        self.assertIn("Lucy", mine.body_html)
        self._erase(self.lumen)
        self.assertFalse(mine.exists() or message.exists())
        self.assertTrue(others.exists())
        # The page of a company names its people.
        self._erase(self.brandon)
        self.assertFalse(others.exists())

    def test_a_briefing_mailed_by_hand(self):
        self.anna.email = "anna@test.example.com"
        lead = self._create_lead(self.lumen)
        before = self.env["mail.mail"].search([])
        self.lumen.with_user(self.anna).action_mail_briefing()
        lead.with_user(self.anna).action_mail_briefing()
        mails = self.env["mail.mail"].search([]) - before
        self.assertEqual(len(mails), 2)
        self._erase(self.lumen)
        self.assertFalse(mails.exists())

    def test_the_error_of_a_rule(self):
        named, other = self._create_rule(), self._create_rule(name="Other")
        named.plan_error = "division by zero for lucy lumen"
        other.plan_error = "division by zero for Brandon"
        for rule in named + other:
            rule._tell_error(MORNING)
        self._erase(self.lumen)
        self.assertFalse(named.plan_error)
        self.assertFalse(named.activity_ids)
        self.assertEqual(other.plan_error, "division by zero for Brandon")
        self.assertEqual(len(other.activity_ids), 1)
