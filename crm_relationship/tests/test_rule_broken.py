from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_rules import MORNING, RuleCommon

EXECUTE = "odoo.addons.crm_relationship.models.rule.crm_relationship_rule_execute"


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleBroken(RuleCommon):
    """Rules that can't go on, and people who are gone."""

    def _break_filter(self, rule):
        """What remains when a field of the filter was removed."""
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_relationship_rule SET domain = '[(''gone'', ''='', 1)]' WHERE id = %s",
            [rule.id],
        )
        self.env.invalidate_all()

    def test_who_answers_for_a_rule_that_cannot_be_planned_is_told_once_a_day(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        self._break_filter(rule)
        with mute_logger(EXECUTE):
            self._run(rule)
            self._run(rule, MORNING + timedelta(hours=2))
            self.assertEqual(len(rule.activity_ids), 1)
            self.assertEqual(rule.activity_ids.user_id, self.anna)
            self.assertIn("gone", rule.activity_ids.summary)
            self._run(rule, MORNING + timedelta(hours=25))
        self.assertEqual(len(rule.activity_ids), 2)

    def test_a_filter_that_breaks_later_fails_the_rule_and_no_record(self):
        people = self._create_people(4)
        rule = self._create_rule(self._mail(delay=2))
        good = self._create_rule(self._task(delay=2))
        self._run(rule + good)
        self._break_filter(rule)
        later = MORNING + timedelta(days=2)
        with mute_logger(EXECUTE):
            self._run(rule + good, later)
        self.assertStates(self._runs(rule), *["todo"] * 4)
        self.assertStates(self._runs(good), *["done"] * 4)
        self.assertIn("gone", rule.plan_error)
        self.assertEqual(len(rule.activity_ids), 1)
        rule.domain = "[]"
        self._run(rule, later + timedelta(hours=1))
        self.assertFalse(rule.plan_error)
        for person in people:
            self.assertGreeted(person)

    def test_a_check_that_breaks_at_the_doing_fails_the_rule_and_no_record(self):
        self._create_people(2)
        rule = self._create_rule()
        self.patch(type(rule), "_check_date_rows", lambda self, runs: 1 / 0)
        with mute_logger(EXECUTE):
            self._run(rule)
        self.assertStates(self._runs(rule), "todo", "todo")
        self.assertIn("division", rule.plan_error)
        self.assertEqual(rule.activity_ids.user_id, self.anna)

    def test_a_letter_with_an_error_fails_the_rule_and_no_record(self):
        people = self._create_people(12)
        text = self.template.body_html
        # Odoo tries a letter on one record when it is saved: an error may show on others.
        self.template.body_html = "<p t-if=\"'Person' in object.name\" t-out='object.gone'/>"
        rule = self._create_rule()
        with mute_logger(EXECUTE):
            self._run(rule)
            self._run(rule, MORNING + timedelta(hours=1))
        self.assertStates(self._runs(rule), *["todo"] * 12)
        self.assertIn("gone", rule.plan_error)
        self.assertEqual(len(rule.activity_ids), 1)
        self.assertFalse(self._mails_to(people))
        self.template.body_html = text
        self._run(rule, MORNING + timedelta(hours=2))
        self.assertStates(self._runs(rule), *["done"] * 12)
        self.assertFalse(rule.plan_error)
        for person in people:
            self.assertGreeted(person)

    def test_many_bad_records_are_no_error_of_the_rule(self):
        people = self._create_people(14)
        people[3:].name = "Spoilt"
        self.template.body_html = "<p t-if=\"object.name == 'Spoilt'\" t-out='1 / 0'/>"
        rule = self._create_rule()
        with self.assertLogs(EXECUTE, "WARNING") as logs:
            self._run(rule)
        self.assertEqual(len(logs.output), 11)
        self.assertStates(self._runs(rule), *["done"] * 3, *["failed"] * 11)
        self.assertFalse(rule.plan_error)

    def test_has_the_responsible_left_somebody_else_answers(self):
        self.lumen.user_id = False
        self._create_date(self.lumen)
        maker = self._create_user("rel_maker", "sales_team.group_sale_manager")
        rule = self._create_rule(self._task())
        rule = rule.copy(
            {"active": True, "date_start": rule.date_start, "company_id": self.env.company.id}
        )
        self.env.cr.execute(
            "UPDATE crm_relationship_rule SET create_uid = %s WHERE id = %s", [maker.id, rule.id]
        )
        self.env.invalidate_all()
        self.anna.active = False
        self._run(rule)
        self.assertEqual(self._tasks_of(self.lumen).user_id, maker)
        maker.active = False
        self.assertTrue(rule._get_answerable().active)
        self.assertTrue(rule._get_answerable().has_group("sales_team.group_sale_manager"))

    def test_the_reason_of_a_later_batch_is_not_lost(self):
        people = self._create_people(4)
        people[2].email = False
        people[3].email = "not an address"
        rule = self._create_rule()
        self.patch(type(rule), "_run_batch_size", 2)
        self._run(rule)
        self.assertStates(self._runs(rule), "done", "done", "skipped", "skipped")
        self.assertEqual(
            self._runs(rule).mapped("reason")[2:],
            ["No e-mail address", "The e-mail address is not valid"],
        )
