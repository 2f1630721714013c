from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_rules import MORNING, RuleCommon

EXECUTE = "odoo.addons.crm_relationship.models.rule.crm_relationship_rule_execute"
QUIET = (EXECUTE, "odoo.addons.mail.models.mail_render_mixin")


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleNotice(RuleCommon):
    """Who is told that something needs a hand, and when the task is closed by itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.chief = cls._create_user("rel_chief", "sales_team.group_sale_salesman_all_leads")
        cls.team = cls.env["crm.team"].create(
            {"name": "North", "user_id": cls.chief.id, "member_ids": cls.ben.ids}
        )
        cls.template.body_html = "<p><t t-if=\"'Bad' in object.name\" t-out='1 / 0'/>Dear</p>"

    def _fail(self, count=1, **vals):
        """A rule of ben's, on whose team the chief keeps an eye, that failed for some."""
        people = self._create_people(count, name="Bad")
        rule = self._create_rule(**{"user_id": self.ben.id, **vals})
        with mute_logger(*QUIET):
            self._run(rule)
        return people, rule

    def test_the_owner_and_the_leader_are_told_what_failed(self):
        people, rule = self._fail()
        self.assertEqual(rule.activity_ids.user_id, self.ben + self.chief)
        self.assertEqual(len(rule.activity_ids), 2)
        run = self._runs(rule)
        for task in rule.activity_ids:
            self.assertEqual(task.summary, "Look at what failed (1)")
            self.assertIn(f'href="/odoo/rule-ledger/{run.id}">Bad</a>', task.note)
            self.assertIn("ZeroDivisionError: division by zero", task.note)

    def test_who_leads_the_own_team_is_told_once(self):
        self.team.member_ids += self.chief
        __, rule = self._fail(user_id=self.chief.id)
        self.assertEqual(rule.activity_ids.user_id, self.chief)
        self.assertEqual(rule._get_managers(), self.chief)

    def test_without_a_leader_the_sales_managers_are_told(self):
        self.team.user_id = False
        __, rule = self._fail()
        told = rule.activity_ids.user_id
        self.assertIn(self.anna, told)
        self.assertEqual(told - self.ben, rule._find_sales_managers())
        self.assertEqual(len(rule.activity_ids), len(told))

    def test_who_manages_is_told_alone(self):
        __, rule = self._fail(user_id=self.anna.id)
        self.assertEqual(rule.activity_ids.user_id, self.anna)

    def test_a_leader_who_may_not_see_the_rule_is_not_told(self):
        other = self.env["res.company"].create({"name": "Other"})
        rule = self._create_rule(user_id=self.ben.id, company_id=self.env.company.id)
        self.chief.write({"company_ids": [(6, 0, other.ids)], "company_id": other.id})
        self.assertIn(self.anna, rule._get_managers())
        self.assertNotIn(self.chief, rule._get_managers())

    def test_once_a_day_each(self):
        __, rule = self._fail(2)
        self._create_people(1, name="Bad too")
        with mute_logger(*QUIET):
            self._run(rule, MORNING + timedelta(hours=2))
        self.assertEqual(len(rule.activity_ids), 2)
        self.assertEqual(self.ledger.search_count([("state", "=", "failed")]), 3)

    def test_many_failures_are_five_lines_and_a_number(self):
        __, rule = self._fail(7)
        note = rule.activity_ids[0].note
        self.assertEqual(note.count("<li>"), 5)
        self.assertIn("and 2 more", note)

    def test_a_lead_is_not_named(self):
        """Who reads the rule may not see every lead."""
        self._create_lead(self.lumen, name="Secret deal", date_deadline="2027-03-10")
        rule = self._create_rule(
            self._task(),
            user_id=self.ben.id,
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            date_source="field",
            date_field_id=self.env["ir.model.fields"]._get("crm.lead", "date_deadline").id,
        )
        action = type(rule.action_ids)
        with (
            patch.object(action, "_do_activity", side_effect=ValueError("no")),
            mute_logger(*QUIET),
        ):
            self._run(rule)
        note = rule.activity_ids[0].note
        self.assertIn("Lucy Lumen", note)
        self.assertNotIn("Secret", note)

    def test_the_notice_closes_when_nothing_failed_is_left(self):
        people, rule = self._fail(2)
        people[0].name = "Good"
        self._runs(rule).with_user(self.anna).action_retry()
        with mute_logger(*QUIET):
            self._run(rule, MORNING + timedelta(minutes=15))
        self.assertEqual(len(rule.activity_ids), 2, "one is left")
        people.name = "Good"
        rule.with_user(self.anna).action_retry_failed()
        self._run(rule, MORNING + timedelta(minutes=30))
        self.assertStates(self._runs(rule), "done", "done")
        self.assertFalse(rule.activity_ids)

    def test_left_it_is_written_down_and_the_notice_closes(self):
        __, rule = self._fail(2)
        first, second = self._runs(rule)
        first.with_user(self.anna).action_leave()
        self.assertEqual(
            first.reason,
            "Left: rel_anna (base.group_user,sales_team.group_sale_manager) decided so.",
        )
        self.assertTrue(rule.activity_ids)
        rule.with_user(self.anna).action_leave_failed()
        self.assertStates(first + second, "skipped", "skipped")
        self.assertFalse(rule.activity_ids)
        self._run(rule, MORNING + timedelta(hours=1))
        self.assertStates(first + second, "skipped", "skipped")

    def test_own_tasks_on_the_rule_are_left_alone(self):
        __, rule = self._fail()
        mine = rule.activity_schedule(
            "crm_relationship.mail_activity_type_rule_failed",
            summary="Ask Ben",
            user_id=self.anna.id,
            automated=False,
        )
        rule.action_leave_failed()
        self.assertEqual(rule.activity_ids, mine)

    def test_a_mended_rule_closes_its_notice(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        with (
            patch.object(type(rule), "_plan_one", side_effect=ValueError("broken")),
            mute_logger(*QUIET),
        ):
            self._run(rule)
        self.assertIn("broken", rule.activity_ids.summary)
        self._run(rule, MORNING + timedelta(minutes=15))
        self.assertFalse(rule.plan_error)
        self.assertFalse(rule.activity_ids)

    def test_no_longer_held_closes_its_notice(self):
        self._create_people(3)
        rule = self._create_rule(limit=2)
        self._run(rule)
        self.assertEqual(len(rule.activity_ids), 1)
        rule.limit = 5
        self._run(rule, MORNING + timedelta(minutes=15))
        self.assertFalse(rule.activity_ids)
        self.assertStates(self._runs(rule), "done", "done", "done")
