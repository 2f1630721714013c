from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common_rules import BEFORE, MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleEdit(RuleCommon):
    """A rule that is changed while something waits: nothing is lost, nothing comes twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_date(cls.lumen)
        cls.rule = cls._create_rule(cls._mail(), cls._task(delay=2))

    def setUp(self):
        super().setUp()
        self.freezer = self.freeze(MORNING)
        self.freezer.start()
        self.addCleanup(self.freezer.stop)

    def _run_on(self, days=0, **hours):
        self._run(self.rule, MORNING + timedelta(days=days, **hours))

    def test_a_later_hour_moves_what_waits_and_repeats_nothing(self):
        self._run_on()
        self.rule.with_user(self.anna).send_hour = 14
        letter, task = self._runs(self.rule)
        self.assertEqual(task.date_due, MORNING.replace(hour=14, minute=0) + timedelta(days=2))
        self._run_on(hours=5)
        self.assertGreeted(self.lumen)
        self._run_on(days=2)
        self.assertStates(letter + task, "done", "todo")
        self._run_on(days=2, hours=5)
        self.assertStates(letter + task, "done", "done")

    def test_an_earlier_hour_moves_what_waits(self):
        self._run_on()
        self.rule.send_hour = 6.5
        task = self._runs(self.rule)[1]
        self.assertEqual((task.date_due.hour, task.date_due.minute), (6, 30))
        self.assertEqual(task.date_expire, task.date_due.replace(hour=21, minute=30) + timedelta(3))

    def test_the_hour_on_the_day_itself(self):
        self.rule.send_hour = 14
        self._run_on()
        self.assertFalse(self._runs(self.rule))
        self._run_on(hours=5)
        self.assertGreeted(self.lumen)

    def test_another_delay_moves_what_waits(self):
        self._run_on()
        task = self.rule.action_ids[1]
        task.with_user(self.anna).write({"delay": 5, "delay_unit": "hour"})
        self.assertEqual(
            self._runs(self.rule)[1].date_due, MORNING.replace(minute=0) + timedelta(hours=5)
        )
        self._run_on(hours=5)
        self.assertStates(self._runs(self.rule), "done", "done")
        task.write({"delay": 9, "delay_unit": "day"})
        self._run_on(days=9)
        self.assertEqual(len(self._tasks_of(self.lumen)), 1)

    def test_what_is_due_stays_due(self):
        self.rule.limit = 1
        self._create_people(2)
        self._run_on()
        held = self._runs(self.rule).filtered(lambda run: run.date_due <= MORNING)
        self.assertEqual(len(held), 3)
        due = held.mapped("date_due")
        self.rule.send_hour = 14
        self.assertEqual(held.mapped("date_due"), due)

    def test_another_offset_repeats_nothing(self):
        self._run_on()
        for offset, unit in ((5, "day"), (-3, "day"), (1, "month")):
            self.rule.write({"offset": offset, "offset_unit": unit})
            for days in (0, 5, 31):
                self._run_on(days=days)
            self.assertGreeted(self.lumen)

    def test_another_filter_holds_for_what_waits(self):
        self._run_on()
        self.rule.domain = "[('name', '=', 'Nobody')]"
        self._run_on(days=2)
        task = self._runs(self.rule)[1]
        self.assertStates(task, "skipped")
        self.assertEqual(task.reason, "No longer matches the rule")
        self.rule.domain = "[]"
        self._run_on(days=3)
        self.assertStates(task, "skipped")

    def test_a_wider_filter_finds_who_is_in_time(self):
        self.rule.domain = "[('name', '=', 'Nobody')]"
        self._run_on()
        self.assertFalse(self._runs(self.rule))
        self.rule.domain = "[]"
        self._run_on(days=1)
        self.assertGreeted(self.lumen)

    def test_another_text_holds_for_what_waits(self):
        self._run_on()
        self.rule.action_ids[1].write({"summary": "Visit"})
        self._run_on(days=2)
        self.assertEqual(self._tasks_of(self.lumen).summary, "Visit")

    def test_an_action_that_becomes_another_kind_is_done_as_that(self):
        self._run_on()
        self.rule.action_ids[1].write({"kind": "mail", "template_id": self.template.id})
        self._run_on(days=2)
        self.assertGreeted(self.lumen, 2)
        self.assertFalse(self._tasks_of(self.lumen))

    def test_waiting_for_something_else_it_begins_anew(self):
        wedding = self.env["crm.important.date.kind"].create({"name": "Wedding"})
        self._create_date(self.lumen, day=9, kind_id=wedding.id)
        self._create_date(self.lumen, day=12, kind_id=wedding.id)
        self._run_on()
        self.rule.with_user(self.anna).date_kind_id = wedding
        self.assertEqual(self.rule.date_start, MORNING)
        letter, task = self._runs(self.rule)
        self.assertStates(letter + task, "done", "skipped")
        self.assertEqual(task.reason, "The rule waits for something else now")
        self._run_on(days=1)
        self.assertGreeted(self.lumen)
        self._run_on(days=2)
        self.assertGreeted(self.lumen, 2)

    def test_another_length_of_what_it_waits_for_begins_anew(self):
        self._run_on()
        partner = self.env["ir.model"]._get_id("res.partner")
        lead = self.env["ir.model"]._get_id("crm.lead")
        for values, longer in (
            (
                {"trigger": "status", "status_id": self.status_customer.id, "model_id": partner},
                {"status_days": 9},
            ),
            ({"trigger": "event", "event": "stage_stuck", "model_id": lead}, {"stuck_days": 9}),
        ):
            rule = self._create_rule(self._task(), date_kind_id=False, **values)
            rule.write({**longer, "date_start": BEFORE})
            self.assertEqual(rule.date_start, BEFORE)
            rule.write(longer)
            self.assertEqual(rule.date_start, BEFORE)
            [name] = longer
            rule[name] = 10
            self.assertEqual(rule.date_start, MORNING)

    def test_the_same_occasion_written_again_changes_nothing(self):
        self._run_on()
        start = self.rule.date_start
        self.rule.write({"trigger": "date", "date_kind_id": self.birthday.id, "name": "Renamed"})
        self.assertEqual(self.rule.date_start, start)
        self.assertStates(self._runs(self.rule), "done", "todo")

    def test_a_start_that_is_said_holds(self):
        start = MORNING - timedelta(days=5)
        self.rule.write({"trigger": "silence", "silence_days": 3, "date_start": start})
        self.assertEqual(self.rule.date_start, start)

    def test_off_and_on_again_repeats_nothing_and_makes_up_for_nothing(self):
        self._run_on()
        self._create_date(self.nina)
        self.rule.with_user(self.anna).action_switch_off()
        self.assertStates(self._runs(self.rule), "done")
        self._run_on(days=1)
        self.rule.with_user(self.anna).action_switch_on()
        self._run_on(days=2)
        self.assertGreeted(self.lumen)
        self.assertGreeted(self.nina, 0)
        self.assertFalse(self._tasks_of(self.lumen))

    def test_an_action_added_begins_with_the_next_occasion(self):
        self._run_on()
        self.rule.action_ids = [Command.create(self._task(summary="New"))]
        self._run_on(hours=1)
        self.assertFalse(self._tasks_of(self.lumen))
        self._run(self.rule, MORNING.replace(year=2028))
        self.assertIn("New", self._tasks_of(self.lumen).mapped("summary"))
