from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common_rules import BEFORE, MORNING, RuleCommon


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
        gone = rule.action_ids
        rule.action_ids = [Command.create(self._task())]
        gone.unlink()
        self._merge()
        self.assertEqual(set(self._runs(rule).mapped("res_id")), {self.lumen.id})

    def test_both_greeted_and_each_waits_for_its_next_letter(self):
        """Done once for each before; what comes is for the one that is left, once."""
        self._create_date(self.twin)
        self._create_date(self.lumen)
        rule = self._create_rule(self._mail(), self._mail(delay=2))
        self._run(rule)
        self._merge()
        self._run(rule, MORNING + timedelta(days=2))
        self._run(rule, MORNING.replace(year=2028))
        self.assertGreeted(self.lumen, 2 + 1 + 1)

    def test_merged_leads_have_one_ledger(self):
        vals = {"date_deadline": "2027-03-10", "type": "opportunity"}
        leads = self._create_lead(self.lumen, **vals) + self._create_lead(self.lumen, **vals)
        rule = self._create_rule(
            self._task(),
            self._task(delay=1, summary="Then"),
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            date_source="field",
            date_field_id=self.env["ir.model.fields"]._get("crm.lead", "date_deadline").id,
        )
        self._run(rule)
        self.assertStates(self._runs(rule), "done", "done", "todo", "todo")
        left = leads.merge_opportunity()
        self.env.invalidate_all()
        self._run(rule, MORNING + timedelta(days=1))
        runs = self._runs(rule)
        self.assertEqual(set(runs.mapped("res_id")), {left.id})
        self.assertStates(runs, "done", "done", "done")
        self.assertEqual(len(self._tasks_of(left).filtered(lambda t: t.summary == "Then")), 1)

    def test_a_salesperson_merges_leads_whose_ledger_nobody_sees(self):
        other = self.env["res.company"].create({"name": "Other"})
        leads = self._create_lead(self.lumen) + self._create_lead(self.lumen)
        rule = self._create_rule(
            self._task(), model_id=self.env["ir.model"]._get_id("crm.lead"), trigger="silence"
        )
        lines = self.ledger.create(
            [
                {
                    "rule_id": rule.id,
                    "action_id": rule.action_ids.id,
                    "res_model": "crm.lead",
                    "res_id": lead.id,
                    "occurrence": "2027-01-01",
                    "date_due": BEFORE,
                    "key": f"test:{lead.id}",
                    "company_id": other.id,
                }
                for lead in leads
            ]
        )
        left = leads.with_user(self.ben).merge_opportunity()
        self.assertEqual(lines.exists().mapped("res_id"), [left.id])
