from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

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

    def _count_calls(self, model, method):
        """Counts the calls of a method, as a list that grows."""
        calls = []
        origin = getattr(type(self.env[model]), method)

        def count(records, *args):
            calls.append(records)
            return origin(records, *args)

        self.patch(type(self.env[model]), method, count)
        return calls

    def test_a_text_says_itself_for_whom_it_cannot_be_written(self):
        people = self._create_people(40)
        (people[7] + people[8] + people[31]).name = "Spoilt"
        self.template.body_html = "<p t-if=\"object.name == 'Spoilt'\" t-out='1 / 0'/>"
        rule = self._create_rule()
        tries = self._count_calls("crm.relationship.rule.action", "_do_mail")
        with self.assertLogs(EXECUTE, "WARNING"):
            self._run(rule)
        self.assertEqual(len(tries), 2, "once with them, once without")
        failed = self._runs(rule).filtered(lambda run: run.state == "failed")
        self.assertEqual(set(failed.mapped("res_id")), {people[n].id for n in (7, 8, 31)})
        self.assertEqual(len(self._mails_to(people)), 37)
        for run in failed:
            self.assertIn("division by zero", run.error)

    def test_one_bad_record_of_many_is_found_with_few_attempts(self):
        people = self._create_people(64)
        rule = self._create_rule(self._task())
        tries = self._count_calls("crm.relationship.rule.action", "_do_activity")
        self.env.cr.execute(
            SQL(
                "ALTER TABLE mail_activity ADD CONSTRAINT spoilt"
                " CHECK (res_model <> 'res.partner' OR res_id <> %s) NOT VALID",
                people[20].id,
            )
        )
        with self.assertLogs(EXECUTE, "WARNING"), mute_logger("odoo.sql_db"):
            self._run(rule)
        # All, six times a half, and those that were put aside.
        self.assertLessEqual(len(tries), 9)
        self.assertStates(self._runs(rule, people[20]), "failed")
        self.assertStates(self._runs(rule, *(people - people[20])), *["done"] * 63)

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
