from datetime import timedelta

from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleMerge(RuleCommon):
    """Two contacts that become one have one ledger."""

    def setUp(self):
        super().setUp()
        self.twin = self.env["res.partner"].create({"name": "Lucy", "email": "lucy@twin.example"})

    def _merge(self):
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self.twin.id, self.lumen.id], self.lumen
        )
        self.env.invalidate_all()

    def test_both_were_greeted_already(self):
        self._create_date(self.twin)
        self._create_date(self.lumen)
        rule = self._create_rule()
        self._run(rule)
        self._merge()
        self._run(rule, MORNING + timedelta(minutes=15))
        self.assertStates(self._runs(rule), "done", "done")
        self.assertEqual(self._runs(rule).mapped("res_id"), [self.lumen.id] * 2)

    def test_greeted_before_and_the_same_date_twice(self):
        self._create_date(self.twin)
        rule = self._create_rule()
        self._run(rule)
        self._create_date(self.lumen)
        self._create_date(self.lumen)
        self._merge()
        self._run(rule, MORNING + timedelta(minutes=15))
        self.assertStates(self._runs(rule), "done")
        self.assertGreeted(self.lumen)

    def test_the_same_date_twice_is_one_letter_and_one_line(self):
        self._create_date(self.lumen)
        self._create_date(self.lumen)
        rule = self._create_rule()
        with self.freeze(MORNING - timedelta(days=1)):
            self.assertEqual(len(rule.forecast(5)), 1)
        self._run(rule)
        self.assertGreeted(self.lumen)

    def test_both_wait_for_one_letter(self):
        self._create_date(self.twin)
        self._create_date(self.lumen)
        rule = self._create_rule(self._mail(delay=1))
        self._run(rule)
        self._merge()
        self._run(rule, MORNING + timedelta(days=1))
        self.assertStates(self._runs(rule), "done")
        self.assertGreeted(self.lumen)

    def test_greeted_by_an_action_that_is_gone(self):
        self._create_date(self.twin)
        self._create_date(self.lumen)
        rule = self._create_rule(self._mail(), self._task())
        self._run(rule)
        rule.action_ids.unlink()
        self._merge()
        self.assertEqual(set(self._runs(rule).mapped("res_id")), {self.lumen.id})
