from datetime import timedelta

from odoo import fields
from odoo.modules.neutralize import get_neutralization_queries
from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleNeutralize(RuleCommon):
    """A copy of the database for testing: nothing goes out of it."""

    def _neutralize(self):
        self.env.flush_all()
        for query in get_neutralization_queries(["base", "mail", "crm_relationship"]):
            self.env.cr.execute(query)
        self.env.invalidate_all()

    def test_a_copy_for_testing_reaches_nobody(self):
        self._create_date(self.lumen)
        rule = self._create_rule(self._mail(), self._mail(delay=1))
        held = self._create_rule(limit=1)
        self._create_people(2)
        self._run(rule + held)
        self.assertTrue(held.is_held)
        done = self._runs(rule).filtered(lambda run: run.state == "done")
        self._neutralize()
        self.assertFalse((rule + held).filtered("active"))
        self.assertEqual((held.is_held, held.held_count), (False, 0))
        self.assertEqual(self._runs(rule), done, "what was done is kept, what waited is not")
        self.assertFalse(self._runs(held))
        self.assertFalse(self.env.ref("crm_relationship.ir_cron_rules").active)
        mails = self.env["mail.mail"].search_count([])
        self._run(rule + held, MORNING + timedelta(days=1))
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)

    def test_switched_on_in_a_copy_a_rule_begins_then(self):
        yesterday = fields.Datetime.now() - timedelta(days=1)
        self._create_date(self.lumen, month=yesterday.month, day=yesterday.day)
        rule = self._create_rule(date_start=yesterday - timedelta(days=30))
        self._neutralize()
        rule.action_switch_on()
        self._run(rule, fields.Datetime.now() + timedelta(hours=1))
        self.assertFalse(self._runs(rule))
