from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common_rules import MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleControl(RuleCommon):
    """What people do with rules: make, change, copy and approve them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead_model = cls.env["ir.model"]._get("crm.lead")

    def _create_rule_with_stand_in(self, **vals):
        call = self.env["crm.relationship.rule.action"].create(self._task(summary="Call instead"))
        return self._create_rule(self._mail(otherwise_id=call.id), **vals)

    def test_a_new_rule_is_off(self):
        with Form(self.env["crm.relationship.rule"].with_user(self.anna)) as form:
            form.name = "New"
            form.date_kind_id = self.birthday
        rule = form.record
        self.assertFalse(rule.active)
        self.assertFalse(rule.date_start)
        listed = self.env.ref("crm_relationship.crm_relationship_rule_action")
        self.assertIn('"active_test": False', listed.context)

    def test_a_rule_that_acted_keeps_its_model(self):
        self._create_date(self.lumen)
        rule = self._create_rule(self._task(delay=1))
        self._run(rule)
        with self.assertRaises(UserError):
            rule.model_id = self.lead_model
        rule.model_id = rule.model_id
        rule.action_switch_off()
        rule.model_id = self.lead_model

    def test_letters_are_checked_again_when_the_model_changes(self):
        contacts = self.env["ir.model"]._get("res.partner")
        self.template.model_id = self.lead_model
        rule = self._create_rule(model_id=self.lead_model.id)
        with self.assertRaises(ValidationError):
            rule.model_id = contacts
        call = self.env["crm.relationship.rule.action"].create(self._mail())
        rule = self._create_rule(self._task(), model_id=self.lead_model.id)
        rule.action_ids.otherwise_id = call
        with self.assertRaises(ValidationError):
            rule.model_id = contacts

    def test_letters_for_contacts_fit_every_rule(self):
        rule = self._create_rule()
        rule.model_id = self.lead_model
        self.assertEqual(rule.model_name, "crm.lead")

    def test_a_copy_has_its_own_stand_ins(self):
        rule = self._create_rule_with_stand_in()
        copy = rule.copy()
        self.assertEqual(copy.name, "Birthday (copy)")
        self.assertEqual(copy.action_ids.otherwise_id.summary, "Call instead")
        self.assertNotEqual(copy.action_ids.otherwise_id, rule.action_ids.otherwise_id)
        self.assertEqual(rule.copy({"name": "Mine"}).name, "Mine")

    def test_a_copy_of_a_rule_that_holds_its_stand_in(self):
        rule = self._create_rule(self._task(sequence=20), self._mail(sequence=10))
        call, letter = rule.action_ids.sorted("sequence", reverse=True)
        letter.otherwise_id = call
        copy = rule.copy()
        self.assertEqual(len(copy.action_ids), 2)
        copied = copy.action_ids.filtered("otherwise_id")
        self.assertEqual(copied.kind, "mail")
        self.assertEqual(copied.otherwise_id, copy.action_ids - copied)

    def test_a_line_deleted_and_added_again_sends_nothing_again(self):
        noon = fields.Datetime.now().replace(hour=12, minute=0, second=0, microsecond=0)
        before = noon - timedelta(days=2)
        self._create_date(self.lumen, month=before.month, day=before.day)
        rule = self._create_rule(date_start=noon - timedelta(days=9))
        self._run(rule, before)
        self.assertGreeted(self.lumen)
        rule.action_ids = [
            Command.delete(rule.action_ids.id),
            Command.create(self._mail()),
            Command.create(self._task()),
        ]
        self._run(rule, noon)
        self.assertGreeted(self.lumen)
        self.assertFalse(self._tasks_of(self.lumen))
        # Moved back by hand, the rule makes up for the time before with all it does.
        rule.date_start = noon - timedelta(days=5)
        self._run(rule, noon)
        self.assertTrue(self._tasks_of(self.lumen))

    def test_what_stands_in_no_more_begins_then(self):
        rule = self._create_rule(self._task(), self._mail())
        call = rule.action_ids.filtered(lambda action: action.kind == "activity")
        letter = rule.action_ids - call
        letter.otherwise_id = call
        call.date_start = MORNING - timedelta(days=90)
        letter.otherwise_id = False
        self.assertGreaterEqual(
            call.date_start, fields.Datetime.now() - timedelta(minutes=10), "begins now"
        )

    def test_approval_holds_for_what_stands_in(self):
        people = self._create_people(6, email=False)
        rule = self._create_rule_with_stand_in(limit=3)
        self._run(rule)
        self.assertEqual((rule.is_held, rule.held_count), (True, 6))
        rule.with_user(self.anna).action_send_held()
        self._run(rule)
        self.assertFalse(rule.is_held)
        for person in people:
            self.assertEqual(len(self._tasks_of(person)), 1)

    def test_what_was_approved_is_not_too_late(self):
        people = self._create_people(2)
        rule = self._create_rule(limit=1, catch_up_days=0)
        self._run(rule)
        rule.with_user(self.anna).action_send_held()
        self._run(rule, MORNING + timedelta(days=1))
        for person in people:
            self.assertGreeted(person)

    def test_nobody_writes_the_ledger(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        self._run(rule)
        run = self._runs(rule).with_user(self.anna)
        for change in (
            lambda: run.write({"state": "todo"}),
            run.unlink,
            lambda: rule.with_user(self.anna).write({"run_ids": [Command.clear()]}),
        ):
            with self.assertRaises(AccessError):
                change()
        with self.assertRaisesRegex(UserError, "None of these has failed"):
            run.action_retry()
        self.assertEqual(run.state, "done")
        run.sudo().state = "failed"
        run.action_retry()
        self.assertEqual(run.state, "todo")

    def _create_other_company(self):
        """A company of its own, with a client and a manager nobody else may see."""
        other = self.env["res.company"].create({"name": "Other"})
        self.secret = self.env["res.partner"].create(
            {"name": "Secret", "email": "secret@other.example.com", "company_id": other.id}
        )
        self._create_date(self.secret)
        self._create_date(self.lumen)
        return other

    def test_a_rule_acts_for_the_companies_of_who_answers_for_it(self):
        other = self._create_other_company()
        rule = self._create_rule()
        self._run(rule)
        self.assertEqual(self._runs(rule).partner_id, self.lumen)
        self.assertGreeted(self.secret, 0)
        self.anna.company_ids += other
        self._run(rule)
        self.assertGreeted(self.secret)

    def test_nobody_lets_a_rule_act_for_companies_of_others(self):
        other = self._create_other_company()
        chief = self._create_user("rel_chief", "sales_team.group_sale_manager")
        chief.company_ids += other
        theirs = self._create_rule_with_stand_in(user_id=chief.id).with_user(self.anna)
        for change in (
            lambda: theirs.write({"send_hour": 5}),
            lambda: theirs.action_ids.write({"delay": 5}),
            lambda: theirs.action_ids.otherwise_id.write({"summary": "Mine"}),
            theirs.action_ids.otherwise_id.unlink,
            theirs.action_switch_off,
            theirs.unlink,
        ):
            with self.assertRaises(AccessError):
                change()
        ours = self._create_rule().with_user(self.anna)
        ours.send_hour = 5
        ours.action_ids.delay = 5
        with self.assertRaises(AccessError):
            ours.user_id = chief
        with self.assertRaises(AccessError):
            ours.copy({"user_id": chief.id})
        ours.write({"user_id": chief.id, "company_id": self.env.company.id})
        theirs.with_user(chief).send_hour = 6

    def test_a_forecast_shows_what_the_caller_may_see(self):
        other = self._create_other_company()
        self.anna.company_ids += other
        rule = self._create_rule()
        with self.freeze(MORNING - timedelta(days=1)):
            everything = rule.forecast(5)
            for_ben = rule.with_user(self.ben).forecast(5)
            with self.assertRaises(AccessError):
                rule.with_user(self.insider).forecast(5)
            ticked = {"allowed_company_ids": self.env.company.ids}
            shown = rule.with_user(self.anna).with_context(**ticked).action_forecast()
        self.assertEqual({line["res_id"] for line in everything}, {self.lumen.id, self.secret.id})
        self.assertEqual([line["res_id"] for line in for_ben], [self.lumen.id])
        lines = self.env["crm.relationship.rule.forecast"].search(shown["domain"])
        self.assertEqual(lines.partner_id, self.lumen)
