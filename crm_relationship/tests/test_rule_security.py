from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_rules import RuleCommon

MODELS = ("crm.relationship.rule", "crm.relationship.rule.action", "crm.relationship.rule.run")


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleSecurity(RuleCommon):
    """Who may see rules and the ledger, and who may change them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_date(cls.lumen)
        cls._create_lead(cls.lumen)
        cls.rule = cls._create_rule()
        cls.lead_rule = cls._create_rule(
            cls._task(), model_id=cls.env["ir.model"]._get_id("crm.lead")
        )

    def setUp(self):
        super().setUp()
        self._run(self.rule + self.lead_rule)

    def test_who_may_do_what(self):
        allowed = {
            self.anna: {"read", "write", "create", "unlink"},
            self.ben: {"read"},
            self.carla: {"read"},
            self.insider: set(),
        }
        for user, operations in allowed.items():
            for model in MODELS:
                expected = operations & {"read"} if model.endswith("run") else operations
                actual = {
                    operation
                    for operation in ("read", "write", "create", "unlink")
                    if self.env[model].with_user(user).has_access(operation)
                }
                self.assertEqual(actual, expected, (user.login, model))

    def test_who_sees_own_leads_only_sees_what_went_to_contacts(self):
        ledger = self.ledger.with_user(self.carla).search([])
        self.assertEqual(set(ledger.mapped("res_model")), {"res.partner"})
        ledger = self.ledger.with_user(self.ben).search([])
        self.assertEqual(set(ledger.mapped("res_model")), {"res.partner", "crm.lead"})

    def test_a_salesperson_switches_nothing(self):
        for action in ("action_switch_off", "action_send_held", "action_skip_held"):
            with self.assertRaises(AccessError):
                getattr(self.rule.with_user(self.ben), action)()
        run = self._runs(self.rule)
        run.state = "failed"
        with self.assertRaises(AccessError):
            run.with_user(self.ben).action_retry()

    def test_another_company_sees_neither_rule_nor_ledger(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.anna.write({"company_ids": [Command.set(other.ids)], "company_id": other.id})
        self.rule.company_id = self.env.company
        self.assertFalse(self._runs(self.rule).company_id)
        self.lumen.company_id = self.env.company
        self.env.invalidate_all()
        self.assertNotIn(
            self.rule, self.env["crm.relationship.rule"].with_user(self.anna).search([])
        )
        run = self._runs(self.rule)
        run.company_id = self.env.company
        self.assertNotIn(run, self.ledger.with_user(self.anna).search([]))

    def test_the_ledger_keeps_the_company_of_the_record(self):
        self.lumen.company_id = self.env.company
        rule = self._create_rule()
        self._run(rule)
        self.assertEqual(self._runs(rule).company_id, self.env.company)
