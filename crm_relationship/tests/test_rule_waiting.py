from datetime import date, datetime

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common_rules import RuleCommon
from .common_waiting import WaitingCommon

# Monday 2 March 2026, 9 o'clock in Brussels; people work from 8 to 12 and 13 to 17.
NINE = datetime(2026, 3, 2, 8)


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleWaiting(WaitingCommon, RuleCommon):
    """A client wrote, and nobody has answered for so many working hours."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.resource_calendar_id = cls.calendar

    def _create_waiting_rule(self, model="res.partner", *actions, **vals):
        return self._create_rule(
            *(actions or (self._task(),)),
            **{
                "name": "Answer",
                "trigger": "waiting",
                "waiting_hours": 4,
                "date_kind_id": False,
                "date_start": datetime(2026, 1, 1),
                "model_id": self.env["ir.model"]._get_id(model),
                **vals,
            },
        )

    def _plan(self, rule, now):
        rule._plan(now)
        self.env.invalidate_all()
        return self._runs(rule)

    def test_after_so_many_working_hours_once(self):
        inquiry = self._create_inquiry(self.brandon, NINE)
        rule = self._create_waiting_rule()
        # 9 to 12 and 13 to 14.
        self._run(rule, datetime(2026, 3, 2, 12, 59))
        self.assertFalse(self._runs(rule))
        for hour in (13, 14, 20):
            self._run(rule, datetime(2026, 3, 2, hour))
        run = self._runs(rule)
        self.assertStates(run, "done")
        self.assertEqual((run.res_id, run.partner_id), (self.brandon.id, self.brandon))
        self.assertEqual(run.date_due, datetime(2026, 3, 2, 13))
        self.assertEqual(run.occurrence, date(2026, 3, 2))
        self.assertIn("Waits for an answer since 03/02/2026", run.activity_id.note)
        self.assertTrue(inquiry.needs_reply)

    def test_moments_are_those_of_the_response_clock(self):
        """At all hours of a fortnight, over a holiday and a change of the clocks."""
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Holiday",
                "calendar_id": self.calendar.id,
                "date_from": datetime(2026, 3, 24, 23),
                "date_to": datetime(2026, 3, 25, 22, 59),
            }
        )
        inquiries = self.interactions
        for day in range(20, 32):
            for hour in (0, 6, 7, 8, 11, 12, 13, 15, 16, 20):
                moment = datetime(2026, 3, day, hour, 7 * (day % 3))
                inquiries += self._create_inquiry(self.brandon, moment)
        self.interactions._set_clock_of_fresh()
        self.team.response_hours = 6
        self._refresh_clients()
        rule = self._create_waiting_rule("crm.interaction", waiting_hours=6, catch_up_days=30)
        runs = self._plan(rule, datetime(2026, 4, 10))
        self.assertEqual(
            {run.res_id: run.date_due for run in runs},
            {inquiry.id: inquiry.response_deadline for inquiry in inquiries},
        )

    def test_the_calendar_of_the_team_counts(self):
        nights = self._create_calendar("Nights", "Europe/Brussels", parts=((18, 24),))
        team = self.team.copy({"name": "Night", "response_calendar_id": nights.id})
        self._create_inquiry(self.brandon, NINE)
        self._create_inquiry(self.lumen, NINE, team_id=team.id)
        rule = self._create_waiting_rule()
        runs = self._plan(rule, datetime(2026, 3, 2, 23))
        self.assertEqual(
            {run.partner_id: run.date_due for run in runs},
            {self.brandon: datetime(2026, 3, 2, 13), self.lumen: datetime(2026, 3, 2, 21)},
        )

    def test_without_a_calendar_round_the_clock(self):
        self.env.company.resource_calendar_id = False
        self._create_inquiry(self.brandon, datetime(2026, 3, 7, 22))
        rule = self._create_waiting_rule()
        runs = self._plan(rule, datetime(2026, 3, 8, 2))
        self.assertEqual(runs.date_due, datetime(2026, 3, 8, 2))

    def test_longer_than_promised(self):
        self._create_inquiry(self.brandon, NINE)
        self._refresh_clients()
        rule = self._create_waiting_rule(waiting_hours=0)
        self.assertFalse(self._plan(rule, datetime(2026, 3, 3, 7, 59)))
        self.assertEqual(
            self._plan(rule, datetime(2026, 3, 3, 8)).date_due, datetime(2026, 3, 3, 8)
        )

    def test_who_was_answered_does_not_wait(self):
        self._create_inquiry(self.brandon, NINE)
        # Not refreshed yet: it is seen in the history itself.
        self._answer(self.nina, "2026-03-02 09:00:00")
        rule = self._create_waiting_rule()
        self.assertFalse(self._plan(rule, datetime(2026, 3, 2, 15)))

    def test_answered_or_set_aside_between_plan_and_do(self):
        self._create_inquiry(self.brandon, NINE)
        aside = self._create_inquiry(self.lumen, NINE)
        rule = self._create_waiting_rule()
        self._plan(rule, datetime(2026, 3, 2, 13))
        self._answer(self.nina, "2026-03-02 13:01:00")
        aside.needs_reply = False
        rule._do_due(datetime(2026, 3, 2, 13, 5))
        self.env.invalidate_all()
        self.assertStates(self._runs(rule), "skipped", "skipped")
        self.assertEqual(self._runs(rule, self.brandon).reason, "Answered on 03/02/2026")
        self.assertEqual(self._runs(rule, self.lumen).reason, "No answer is needed any more")

    def test_an_attempt_is_no_answer(self):
        self._create_inquiry(self.brandon, NINE)
        self._answer(self.brandon, "2026-03-02 09:00:00", is_attempt=True)
        rule = self._create_waiting_rule()
        self.assertEqual(len(self._plan(rule, datetime(2026, 3, 2, 15))), 1)

    def test_a_second_reminder_only_while_the_client_waits(self):
        self._create_inquiry(self.brandon, NINE)
        rule = self._create_waiting_rule(
            "res.partner", self._task(), self._task(delay=4, delay_unit="hour")
        )
        self._run(rule, datetime(2026, 3, 2, 13))
        self._answer(self.brandon, "2026-03-02 14:00:00")
        self._run(rule, datetime(2026, 3, 2, 17))
        self.assertStates(self._runs(rule), "done", "skipped")

    def test_a_client_who_writes_twice_waits_once(self):
        lead = self._create_lead(self.brandon)
        first = self._create_inquiry(self.brandon, NINE, lead_id=lead.id)
        second = self._create_inquiry(self.nina, "2026-03-03 08:00:00", lead_id=lead.id)
        now = datetime(2026, 3, 4, 8)
        for model, records in (
            ("res.partner", self.brandon),
            ("crm.lead", lead),
            ("crm.interaction", first + second),
        ):
            runs = self._plan(self._create_waiting_rule(model), now)
            self.assertEqual(set(runs.mapped("res_id")), set(records.ids), model)

    def test_a_second_inquiry_is_not_hidden_by_one_that_was_answered(self):
        """The answer to the first is entered late: after the rule acted for it."""
        lead = self._create_lead(self.brandon)
        # Due on Tuesday at 11 in Brussels; the second one at 15.
        self._create_inquiry(self.brandon, "2026-03-02 14:00:00", lead_id=lead.id)
        self._create_inquiry(self.brandon, "2026-03-03 09:00:00", lead_id=lead.id)
        for model in ("res.partner", "crm.lead"):
            rule = self._create_waiting_rule(model)
            self._run(rule, datetime(2026, 3, 3, 10, 30))
            self.assertEqual(self._runs(rule).occurrence, date(2026, 3, 2), model)
        rules = self.env["crm.relationship.rule"].search([("active", "=", True)])
        self._answer(self.brandon, "2026-03-03 08:30:00")
        for minute in (0, 15):
            self._run(rules, datetime(2026, 3, 3, 14, minute))
        for rule in rules:
            self.assertEqual(
                self._runs(rule).mapped("occurrence"), [date(2026, 3, 2), date(2026, 3, 3)]
            )

    def test_who_asks_again_on_a_day_the_rule_acted_waits_anew(self):
        """Whether the first was answered before the reminder or after it, and step by step."""
        lead = self._create_lead(self.brandon)
        self._create_inquiry(self.brandon, NINE, lead_id=lead.id)
        steps = (self._task(), self._task(delay=1, delay_unit="hour"))
        rules = self.env["crm.relationship.rule"]
        for model in ("res.partner", "crm.lead"):
            rules += self._create_waiting_rule(model, *steps, waiting_hours=1)
        self._run(rules, datetime(2026, 3, 2, 9))
        self._answer(self.brandon, "2026-03-02 09:30:00", lead_id=lead.id)
        self._run(rules, datetime(2026, 3, 2, 10))
        for rule in rules:
            self.assertStates(self._runs(rule), "done", "skipped")
        self._create_inquiry(self.brandon, "2026-03-02 12:30:00", lead_id=lead.id)
        for hour, minute in ((13, 15), (13, 30), (13, 45), (14, 30), (15, 0)):
            self._run(rules, datetime(2026, 3, 2, hour, minute))
        for rule in rules:
            runs = self._runs(rule)
            self.assertStates(runs, "done", "skipped", "done", "done")
            self.assertEqual(
                runs.mapped("date_due")[2:],
                [datetime(2026, 3, 2, 13, 30), datetime(2026, 3, 2, 14, 30)],
            )
            self.assertEqual(set(runs.mapped("occurrence")), {date(2026, 3, 2)})

    def test_who_asks_again_before_the_rule_acted_waits_once(self):
        self._create_inquiry(self.brandon, NINE)
        self._create_inquiry(self.brandon, "2026-03-02 08:30:00")
        rule = self._create_waiting_rule(waiting_hours=1)
        self._run(rule, datetime(2026, 3, 2, 9))
        # Entered late: it did not answer the second one.
        self._answer(self.brandon, "2026-03-02 08:15:00")
        for minute in (30, 45):
            self._run(rule, datetime(2026, 3, 2, 9, minute))
        self.assertStates(self._runs(rule), "done")

    def test_a_shorter_limit_holds_for_who_is_past_it(self):
        self._create_inquiry(self.brandon, NINE)
        rule = self._create_waiting_rule().with_user(self.anna)
        self._run(rule.sudo(), datetime(2026, 3, 2, 10))
        self.assertFalse(self._runs(rule))
        rule.waiting_hours = 1
        for minute in (5, 20):
            self._run(rule.sudo(), datetime(2026, 3, 2, 10, minute))
        self.assertStates(self._runs(rule), "done")
        self.assertEqual(rule.date_start, datetime(2026, 1, 1))

    def test_a_longer_limit_holds_for_what_was_not_done(self):
        self._create_inquiry(self.brandon, NINE)
        rule = self._create_waiting_rule(
            "res.partner", self._task(), self._task(delay=5, delay_unit="day")
        ).with_user(self.anna)
        self._plan(rule.sudo(), datetime(2026, 3, 2, 13))
        rule.waiting_hours = 6
        self.assertFalse(self._runs(rule))
        self._run(rule.sudo(), datetime(2026, 3, 2, 14, 59))
        self.assertFalse(self._runs(rule))
        self._run(rule.sudo(), datetime(2026, 3, 2, 15))
        self.assertStates(self._runs(rule), "done", "todo")
        # What was done stays done, and its later step comes as planned.
        rule.waiting_hours = 2
        self._run(rule.sudo(), datetime(2026, 3, 7, 14, 59))
        self.assertStates(self._runs(rule), "done", "todo")
        self._run(rule.sudo(), datetime(2026, 3, 7, 15))
        self.assertStates(self._runs(rule), "done", "done")

    def test_what_waited_before_the_rule_is_past_and_hides_nothing(self):
        self._create_inquiry(self.brandon, "2025-06-02 08:00:00")
        rule = self._create_waiting_rule(date_start=datetime(2026, 3, 2, 7))
        self.assertFalse(self._plan(rule, NINE))
        self._create_inquiry(self.brandon, NINE)
        self.assertEqual(self._plan(rule, datetime(2026, 3, 2, 13)).occurrence, date(2026, 3, 2))

    def test_an_inquiry_whose_moment_is_corrected_is_the_same(self):
        inquiry = self._create_inquiry(self.brandon, NINE)
        rule = self._create_waiting_rule("crm.interaction")
        self._plan(rule, datetime(2026, 3, 2, 13))
        inquiry.date = datetime(2026, 3, 1, 20)
        self.assertEqual(self._plan(rule, datetime(2026, 3, 2, 14)).occurrence, date(2026, 3, 2))

    def test_off_for_two_and_for_forty_days(self):
        self._create_inquiry(self.brandon, NINE)
        soon, late = self._create_waiting_rule(), self._create_waiting_rule()
        (soon + late).looked_until = NINE
        self._run(soon, datetime(2026, 3, 4, 13))
        self.assertStates(self._runs(soon), "done")
        self._run(late, datetime(2026, 4, 11, 13))
        self.assertStates(self._runs(late), "skipped")
        self.assertIn("Too late", self._runs(late).reason)

    def test_the_companies_of_the_rule(self):
        other = self.env["res.company"].create({"name": "Other"})
        self._create_inquiry(self.brandon, NINE)
        self._create_inquiry(self.lumen, NINE, company_id=other.id, team_id=False)
        rule = self._create_waiting_rule("crm.interaction", company_id=self.env.company.id)
        self.assertEqual(self._plan(rule, datetime(2026, 3, 4)).partner_id, self.brandon)
        self.anna.company_ids = [Command.link(other.id)]
        both = self._create_waiting_rule("crm.interaction", company_id=False)
        runs = self._plan(both, datetime(2026, 3, 4))
        self.assertEqual(runs.partner_id, self.brandon + self.lumen)
        self.assertEqual(runs.filtered(lambda run: run.partner_id == self.lumen).company_id, other)

    def test_a_stranger_on_a_lead(self):
        lead = self._create_lead(email_from="new@strangers.example.com")
        self._create_inquiry(self.env["res.partner"], NINE, lead_id=lead.id)
        rule = self._create_waiting_rule("crm.lead")
        self._run(rule, datetime(2026, 3, 2, 13))
        self.assertStates(self._runs(rule), "done")
        self.assertEqual(self._tasks_of(lead).user_id, self.ben)

    def test_planning_costs_the_same_for_few_and_many(self):
        rule = self._create_waiting_rule("crm.interaction")
        self._create_inquiry(self.brandon, NINE)
        self._plan(rule, datetime(2026, 3, 2, 13))
        counts = []
        for number in (3, 40):
            for __ in range(number):
                self._create_inquiry(self.lumen, NINE)
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rule._plan(datetime(2026, 3, 2, 13))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertEqual(len(self._runs(rule)), 44)
        self._runs(rule).state = "done"
        self.env.cr.flush()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        rule._run(datetime(2026, 3, 2, 13, 15))
        self.env.cr.flush()
        self.assertLessEqual(self.env.cr.sql_log_count - before, 10)

    def test_words(self):
        rule = self._create_waiting_rule()
        texts = []
        for hours in (0, 1, 2.5):
            rule.waiting_hours = hours
            texts.append(rule.occasion_text)
        self.assertEqual(
            texts,
            [
                "When a client has waited for an answer longer than promised",
                "When a client has waited a working hour for an answer",
                "When a client has waited 2.5 working hours for an answer",
            ],
        )
        with self.assertRaisesRegex(ValidationError, "at most 1000"):
            rule.waiting_hours = 1001
