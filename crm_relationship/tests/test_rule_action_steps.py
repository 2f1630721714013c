from datetime import datetime, timedelta

from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleActionSteps(RuleCommon):
    """Several actions in order: they keep their distance, and end when there is no need of them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reminder = cls.template.copy({"subject": "Once more, {{ object.name }}"})
        [cls.person] = cls._create_people(1)

    def _create_series(self, **vals):
        second = {"template_id": self.reminder.id, "delay": 3}
        return self._create_rule(self._mail(), self._mail(**second), catch_up_policy="send", **vals)

    def _days(self, count, **more):
        return MORNING + timedelta(days=count, **more)

    def _due(self, rule):
        return self._runs(rule).sorted("action_id").mapped("date_due")

    # Distance

    def test_in_time_they_come_as_planned(self):
        rule = self._create_series()
        for day in (0, 1, 2, 3):
            self._run(rule, self._days(day))
        self.assertStates(self._runs(rule), "done", "done")
        self.assertEqual(self._due(rule), [datetime(2027, 3, day, 9) for day in (10, 13)])

    def test_after_a_downtime_never_two_at_once(self):
        rule = self._create_series()
        self._run(rule, self._days(-1))
        self._run(rule, self._days(5))
        self.assertGreeted(self.person)
        self.assertStates(self._runs(rule), "done", "todo")
        self.assertEqual(self._due(rule)[1], self._days(8))
        self._run(rule, self._days(7))
        self.assertGreeted(self.person)
        self._run(rule, self._days(8))
        self.assertGreeted(self.person, 2)

    def test_a_step_is_too_late_as_much_later(self):
        rule = self._create_rule(
            self._mail(), self._mail(delay=3), catch_up_days=5, catch_up_policy="skip"
        )
        self._run(rule, self._days(-1))
        self._run(rule, self._days(5))
        late = self._runs(rule)[1]
        self.assertEqual(late.date_expire - late.date_due, timedelta(days=5, hours=15))

    def test_what_is_too_late_holds_nothing_up(self):
        rule = self._create_series(catch_up_days=3)
        rule.catch_up_policy = "skip"
        self._run(rule, self._days(-1))
        self._run(rule, self._days(30))
        self.assertStates(self._runs(rule), "skipped", "skipped")

    def test_a_held_step_holds_the_later_one(self):
        self._create_people(3)
        rule = self._create_series(limit=2)
        self._run(rule)
        self._run(rule, self._days(4))
        self.assertTrue(rule.is_held)
        rule.action_send_held()
        self._run(rule, self._days(4, hours=1))
        self.assertEqual(self._runs(rule, self.person).mapped("state"), ["done", "todo"])
        self.assertGreeted(self.person)

    def test_a_retried_step_holds_the_later_one(self):
        self.template.body_html = "<p t-if=\"object.name == 'Spoilt'\"><t t-out='1 / 0'/></p>"
        self.person.name = "Spoilt"
        rule = self._create_series()
        with self.assertLogs("odoo.addons", "WARNING"):
            self._run(rule)
        self.person.name = "Sound"
        self._runs(rule).action_retry()
        self._run(rule, self._days(3, hours=-1))
        self._run(rule, self._days(3))
        self.assertGreeted(self.person)
        self.assertEqual(self._due(rule)[1], self._days(6, hours=-1))

    def test_steps_without_distance_go_together(self):
        rule = self._create_rule(self._mail(), self._task(), catch_up_policy="send")
        self._run(rule, self._days(-1))
        self._run(rule, self._days(5))
        self.assertStates(self._runs(rule), "done", "done")

    # Stops

    def _run_second(self, rule):
        self._run(rule, self._days(3))
        return self._runs(rule, self.person)[1]

    def _start_series(self, **vals):
        rule = self._create_series(**vals)
        self._run(rule)
        return rule

    def _talk(self, days=1, **vals):
        talk = {
            "partner_id": self.person.id,
            "date": self._days(days),
            "channel": "phone",
            "direction": "in",
        }
        with self.freeze(self._days(2)):
            self.interactions.create({**talk, **vals})

    def test_an_answer_ends_it(self):
        rule = self._start_series()
        self._talk()
        second = self._run_second(rule)
        self.assertEqual(
            (second.state, second.reason),
            ("skipped", "Stopped: the client answered on Mar 11, 2027"),
        )
        self.assertGreeted(self.person)

    def test_the_answer_of_a_colleague_of_the_client_ends_it(self):
        self.person.parent_id = self.oak
        rule = self._start_series()
        self._talk(partner_id=self.nina.id)
        self.assertStates(self._run_second(rule), "skipped")

    def test_what_is_no_answer_does_not_end_it(self):
        rule = self._start_series()
        self._talk(days=-1)
        self._talk(direction="out")
        self._talk(is_attempt=True)
        self._talk(partner_id=self.lumen.id)
        self.assertStates(self._run_second(rule), "done")

    def test_it_goes_on_when_an_answer_is_no_end(self):
        rule = self._start_series(stop_on_answer=False)
        self._talk()
        self.assertStates(self._run_second(rule), "done")

    def test_an_answer_before_does_not_stop_the_first_step(self):
        rule = self._create_series()
        self._talk(days=-1)
        self._run(rule)
        self.assertGreeted(self.person)

    def test_a_deal_that_closes_ends_it(self):
        rule = self._start_series(stop_on_close=True)
        lead = self._create_lead(self.person)
        with self.freeze(self._days(2)):
            lead.action_set_won()
        second = self._run_second(rule)
        self.assertEqual(second.reason, "Stopped: the deal was won on Mar 12, 2027")

    def test_a_lead_that_is_lost_says_so(self):
        lead = self._create_lead(self.person, date_deadline=MORNING.date())
        rule = self._create_series(
            stop_on_close=True,
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            date_source="field",
            date_field_id=self.env["ir.model.fields"]._get("crm.lead", "date_deadline").id,
            date_kind_id=False,
            recurrence="once",
        )
        self._run(rule)
        with self.freeze(self._days(2)):
            lead.action_set_lost()
        self._run(rule, self._days(3))
        self.assertEqual(self._runs(rule)[1].reason, "Stopped: the deal was lost on Mar 12, 2027")

    def test_a_changed_status_ends_it(self):
        rule = self._start_series(stop_on_status=True)
        with self.freeze(self._days(2)):
            self.person.relationship_status_id = self.status_key
        self.assertEqual(
            self._run_second(rule).reason, "Stopped: the status changed on Mar 12, 2027"
        )

    def test_a_status_the_rule_sets_itself_does_not_end_it(self):
        rule = self._create_rule(
            {"kind": "status", "status_id": self.status_key.id},
            self._mail(delay=3),
            stop_on_status=True,
        )
        with self.freeze(MORNING):
            self._run(rule)
        self.assertStates(self._run_second(rule), "done")

    def test_the_task_of_the_rule_that_is_done_ends_it(self):
        rule = self._create_rule(self._task(), self._mail(delay=3), stop_on_activity=True)
        self._run(rule)
        with self.freeze(self._days(2)):
            self._tasks_of(self.person).with_user(self.ben).action_done()
            self.env.flush_all()
        self.assertEqual(
            self._run_second(rule).reason, "Stopped: an activity was done on Mar 12, 2027"
        )

    def test_another_activity_that_is_done_ends_it(self):
        rule = self._start_series(stop_on_activity=True)
        task = self.person.activity_schedule("mail.mail_activity_data_call", user_id=self.ben.id)
        with self.freeze(self._days(1)):
            task.with_user(self.ben).action_feedback(feedback="Spoke to them")
        self.assertStates(self._run_second(rule), "skipped")

    def test_stops_cost_the_same_for_few_and_many(self):
        counts = []
        for number in (5, 50):
            people = self._create_people(number)
            rule = self._create_series(
                stop_on_close=True,
                stop_on_status=True,
                stop_on_activity=True,
                domain=[("id", "in", people.ids)],
            )
            self._run(rule)
            rule._plan(self._days(3))
            runs = self._runs(rule).filtered(lambda run: run.state == "todo")
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self.assertFalse(rule._check_stops(runs))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertEqual(rule.action_ids.filtered("delay"), rule.action_ids[1])
        rule.active = False
