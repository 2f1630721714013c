from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import tagged

from .common_rules import RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleSilence(RuleCommon):
    """Clients that nobody has been in touch with for too long."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._work_every_day()
        cls.status_regular.cadence_days = 30
        cls.status_lost.cadence_days = 0
        cls.oak.relationship_status_id = cls.status_regular
        cls.noon = datetime.combine(fields.Date.today(), datetime.min.time()).replace(hour=12)

    def _create_silence_rule(self, **vals):
        return self._create_rule(
            self._task(),
            **{
                "name": "Keep in touch",
                "trigger": "silence",
                "date_start": self.noon - timedelta(days=100),
                **vals,
            },
        )

    def test_a_silent_client_becomes_a_task_once(self):
        self._create_interaction(self.brandon, days_ago=31)
        rule = self._create_silence_rule()
        for day in range(3):
            self._run(rule, self.noon + timedelta(days=day))
        run = self._runs(rule)
        self.assertStates(run, "done")
        self.assertEqual(run.res_id, self.oak.id)
        self.assertEqual(run.occurrence, fields.Date.today() - timedelta(days=31))
        self.assertEqual(run.activity_id.user_id, self.ben)

    def test_a_client_spoken_to_lately_is_left_alone(self):
        self._create_interaction(self.brandon, days_ago=29)
        rule = self._create_silence_rule()
        self._run(rule, self.noon)
        self.assertFalse(self._runs(rule))

    def test_the_next_silence_is_another_one(self):
        self._create_interaction(self.brandon, days_ago=70)
        rule = self._create_silence_rule()
        self._run(rule, self.noon)
        self._create_interaction(self.nina, days_ago=35)
        self._run(rule, self.noon)
        self.assertStates(self._runs(rule), "done")
        self._tasks_of(self.oak).unlink()
        self._run(rule, self.noon)
        self.assertStates(self._runs(rule), "done", "done")

    def test_an_attempt_does_not_break_the_silence(self):
        self._create_interaction(self.brandon, days_ago=31)
        self._create_interaction(self.brandon, days_ago=1, is_attempt=True)
        rule = self._create_silence_rule()
        self._run(rule, self.noon)
        self.assertStates(self._runs(rule), "done")

    def test_called_between_plan_and_do_nobody_is_sent_to_call_again(self):
        self._create_interaction(self.brandon, days_ago=31)
        rule = self._create_silence_rule()
        self._refresh_clients()
        rule._plan(self.noon)
        self._create_interaction(self.nina)
        rule._do_due(self.noon)
        self.env.invalidate_all()
        run = self._runs(rule)
        self.assertStates(run, "skipped")
        self.assertIn("In touch since", run.reason)

    def test_without_status_or_rhythm_nothing_happens(self):
        self.env["res.partner"].search([]).relationship_status_id = False
        self.lumen.relationship_status_id = self.status_lost
        self._create_interaction(self.lumen, days_ago=500)
        self._create_interaction(self.oak, days_ago=500)
        self._refresh_clients()
        self.oak.relationship_status_id = False
        rule = self._create_silence_rule(date_start=self.noon - timedelta(days=1000))
        self._run(rule, self.noon)
        self.assertFalse(self._runs(rule))

    def test_the_own_rhythm_of_a_client_counts(self):
        self.oak.keep_in_touch_days = 5
        self._create_interaction(self.brandon, days_ago=6)
        rule = self._create_silence_rule()
        self._run(rule, self.noon)
        self.assertStates(self._runs(rule), "done")

    def test_a_pause_is_respected_and_then_over(self):
        self._create_interaction(self.brandon, days_ago=31)
        self.oak.keep_in_touch_pause_until = fields.Date.today() + timedelta(days=3)
        rules = self._create_silence_rule() + self._create_silence_rule(silence_days=10)
        self._run(rules, self.noon)
        self.assertFalse(self._runs(rules[0]) + self._runs(rules[1]))
        self._run(rules, self.noon + timedelta(days=3))
        for rule in rules:
            self.assertStates(self._runs(rule), "done")

    def test_with_whom_a_meeting_is_planned_is_not_silent(self):
        """Whether the client's rhythm counts or the days of the rule; called off, it is."""
        self._create_interaction(self.brandon, days_ago=31)
        meeting = self.env["calendar.event"].create(
            {
                "name": "Showroom",
                "start": self.noon + timedelta(days=5),
                "stop": self.noon + timedelta(days=5, hours=1),
                "partner_ids": self.brandon.ids,
            }
        )
        rules = self._create_silence_rule() + self._create_silence_rule(silence_days=10)
        self._run(rules, self.noon)
        self.assertFalse(self._runs(rules[0]) + self._runs(rules[1]))
        meeting.unlink()
        self._run(rules, self.noon + timedelta(hours=1))
        for rule in rules:
            self.assertStates(self._runs(rule), "done")

    def test_days_of_the_rule_count_for_all_with_a_status(self):
        self.lumen.relationship_status_id = self.status_lost
        self._create_interaction(self.lumen, days_ago=12)
        self._create_interaction(self.brandon, days_ago=9)
        rule = self._create_silence_rule(silence_days=10)
        self._run(rule, self.noon)
        self.assertEqual(self._runs(rule).partner_id, self.lumen)

    def test_the_silence_before_the_rule_is_left_alone(self):
        self._create_interaction(self.brandon, days_ago=90)
        rule = self._create_silence_rule(date_start=self.noon - timedelta(days=2))
        self._run(rule, self.noon)
        self.assertFalse(self._runs(rule))

    def test_the_leads_of_a_silent_client(self):
        self._create_interaction(self.brandon, days_ago=31)
        lead = self._create_lead(self.nina)
        rule = self._create_silence_rule(model_id=self.env["ir.model"]._get_id("crm.lead"))
        self._run(rule, self.noon)
        self.assertEqual(self._runs(rule).res_id, lead.id)
        self.assertEqual(self._tasks_of(lead).user_id, self.ben)

    def test_the_hour_of_the_client(self):
        self.oak.tz = "Pacific/Pago_Pago"
        self._create_interaction(self.brandon, days_ago=30)
        rule = self._create_silence_rule()
        self._run(rule, self.noon)
        self.assertFalse(self._runs(rule))
        self._run(rule, self.noon.replace(hour=20, minute=30))
        self.assertStates(self._runs(rule), "done")

    def test_an_evening_far_behind_counts_though_the_rule_began_the_day_after(self):
        """Due yesterday at 20:00 in Pago Pago, today at 7:00 in UTC; the rule began at 2:00."""
        self.oak.tz = "Pacific/Pago_Pago"
        self._create_interaction(self.brandon, days_ago=31)
        rule = self._create_silence_rule(
            silence_days=30, send_hour=20, date_start=self.noon - timedelta(hours=10)
        )
        self._run(rule, self.noon)
        self.assertEqual(self._runs(rule).date_due, self.noon - timedelta(hours=5))

    def test_forecast_of_silence(self):
        self._create_interaction(self.brandon, days_ago=20)
        self._refresh_clients()
        rule = self._create_silence_rule()
        coming = rule.forecast(15)
        self.assertEqual([line["partner_id"] for line in coming], [self.oak.id])
        self.assertFalse(rule.forecast(5))
