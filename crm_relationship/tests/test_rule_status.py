from datetime import date, datetime, timedelta

from odoo.tests import tagged

from .common_moves import MoveCommon
from .common_rules import MORNING, RuleCommon

# The database does not know of facts that are still to come.
START = datetime(2024, 3, 13, 9, 5)


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleStatus(RuleCommon):
    """A client got a status, or has had it for so many days."""

    def _create_status_rule(self, *actions, **vals):
        return self._create_rule(
            *(actions or (self._task(),)),
            **{
                "name": "Welcome",
                "trigger": "status",
                "status_id": self.status_customer.id,
                "date_kind_id": False,
                **vals,
            },
        )

    def _enter(self, partner, status, moment):
        with self.freeze(moment):
            partner.relationship_status_id = status
        self.env.flush_all()

    def test_who_becomes_a_customer_is_welcomed_once(self):
        self._enter(self.brandon, self.status_customer, MORNING)
        self._enter(self.lumen, self.status_prospect, MORNING)
        rule = self._create_status_rule()
        self.assertFalse(self._run(rule, MORNING - timedelta(minutes=1)))
        for hours in range(3):
            self._run(rule, MORNING + timedelta(hours=hours))
        run = self._runs(rule)
        self.assertStates(run, "done")
        self.assertEqual((run.res_id, run.date_due), (self.oak.id, MORNING))
        self.assertEqual(run.occurrence, date(2027, 3, 10))
        self.assertIn("Customer since 03/10/2027", run.activity_id.note)

    def test_left_and_entered_again_is_another_occasion(self):
        rule = self._create_status_rule()
        for day in (0, 2):
            self._enter(self.lumen, self.status_customer, MORNING + timedelta(days=day))
            self._run(rule, MORNING + timedelta(days=day))
            self._enter(self.lumen, self.status_lost, MORNING + timedelta(days=day + 1))
            self._run(rule, MORNING + timedelta(days=day + 1))
        self.assertStates(self._runs(rule), "done", "done")

    def test_what_was_before_the_rule_is_past(self):
        self._enter(self.lumen, self.status_customer, MORNING - timedelta(hours=1))
        rule = self._create_status_rule(date_start=MORNING)
        self._run(rule, MORNING + timedelta(hours=1))
        self.assertFalse(self._runs(rule))

    def test_a_status_of_the_past_that_is_heard_of_now_is_past(self):
        self.env["res.partner"]._apply_dated_changes(
            [(self.lumen.id, None, self.status_customer.id, "Won", datetime(2019, 5, 1))]
        )
        rule = self._create_status_rule()
        self._run(rule, MORNING)
        self.assertFalse(self._runs(rule))

    def test_a_status_that_is_dated_back_is_the_same_occasion(self):
        self._enter(self.lumen, self.status_cold, MORNING)
        rule = self._create_status_rule(status_id=self.status_cold.id)
        self._run(rule, MORNING)
        self.lumen.relationship_change_ids.date = MORNING - timedelta(days=1)
        self.lumen.relationship_change_ids.flush_recordset()
        self.env.cr.execute(
            "UPDATE crm_relationship_status_change SET create_date = %s WHERE partner_id = %s",
            [MORNING, self.lumen.id],
        )
        self._run(rule, MORNING + timedelta(hours=1))
        self.assertStates(self._runs(rule), "done")

    def test_another_clock_of_the_company_makes_no_other_occasion(self):
        self._enter(self.lumen, self.status_customer, MORNING)
        rule = self._create_status_rule()
        for zone in ("Pacific/Apia", "Pacific/Pago_Pago", "UTC"):
            self.env.company.resource_calendar_id.tz = zone
            self._run(rule, MORNING + timedelta(hours=1))
        self.assertStates(self._runs(rule), "done")

    def test_stayed_ninety_days_at_the_hour_of_the_client(self):
        self.lumen.tz = "Pacific/Tongatapu"
        # 10 December there already.
        self._enter(self.lumen, self.status_customer, datetime(2026, 12, 9, 15))
        rule = self._create_status_rule(status_days=90, date_start=datetime(2026, 12, 1))
        self._run(rule, datetime(2027, 3, 9, 19, 59))
        self.assertFalse(self._runs(rule))
        for hour in (20, 21):
            self._run(rule, datetime(2027, 3, 9, hour))
        run = self._runs(rule)
        self.assertStates(run, "done")
        self.assertEqual(run.date_due, datetime(2027, 3, 9, 20))

    def test_who_left_in_time_is_left_alone(self):
        self._enter(self.lumen, self.status_customer, MORNING - timedelta(days=90))
        rule = self._create_status_rule(status_days=90, date_start=datetime(2026, 12, 1))
        self._enter(self.lumen, self.status_lost, MORNING - timedelta(days=1))
        self._run(rule, MORNING)
        self.assertFalse(self._runs(rule))

    def test_who_left_before_the_later_step_is_skipped(self):
        self._enter(self.lumen, self.status_customer, MORNING)
        rule = self._create_status_rule(self._task(), self._task(delay=7))
        self._run(rule, MORNING)
        self._enter(self.lumen, self.status_lost, MORNING + timedelta(days=1))
        self._run(rule, MORNING + timedelta(days=7))
        self.assertStates(self._runs(rule), "done", "skipped")
        self.assertEqual(self._runs(rule)[1].reason, "The client is not Customer any more")

    def test_the_leads_of_the_client(self):
        lead = self._create_lead(self.nina)
        self._enter(self.oak, self.status_key, MORNING)
        rule = self._create_status_rule(
            status_id=self.status_key.id, model_id=self.env["ir.model"]._get_id("crm.lead")
        )
        self._run(rule, MORNING)
        self.assertEqual(self._runs(rule).res_id, lead.id)

    def test_other_companies_are_left_alone(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.lumen.company_id = other
        self._enter(self.lumen, self.status_customer, MORNING)
        rule = self._create_status_rule(company_id=self.env.company.id)
        self._run(rule, MORNING)
        self.assertFalse(self._runs(rule))

    def test_off_for_forty_days(self):
        self._enter(self.lumen, self.status_customer, MORNING)
        rule = self._create_status_rule(catch_up_policy="send")
        rule.looked_until = MORNING
        self._run(rule, MORNING + timedelta(days=40))
        self.assertStates(self._runs(rule), "done")

    def test_words(self):
        rule = self._create_status_rule()
        self.assertEqual(rule.occasion_text, "When a client becomes Customer")
        rule.status_days = 90
        self.assertEqual(
            rule.occasion_text, "90 days after a client became Customer, at 9:00 their time"
        )


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleStatusFacts(MoveCommon, RuleCommon):
    """What moves a client by itself, forward and back, sets off a rule once for each step."""

    def _look(self, now):
        """The facts are looked at twice, as are the rules."""
        with self.freeze(now):
            for __ in range(2):
                self.env["crm.relationship.refresh"]._push(self.lumen.ids)
                self._refresh_clients()
                self._run_cron("ir_cron_moves")
                self.rules._run(now)
        self.env.invalidate_all()
        return [
            [(run.state, str(run.occurrence)) for run in self._runs(rule)] for rule in self.rules
        ]

    def test_each_step_is_seen_once(self):
        self.rules = self.env["crm.relationship.rule"].union(
            *(
                self._create_rule(
                    self._task(),
                    name=status.name,
                    trigger="status",
                    status_id=status.id,
                    date_kind_id=False,
                    date_start=START - timedelta(days=30),
                )
                for status in (self.status_customer, self.status_dormant)
            )
        )
        with self.freeze(START):
            self._win(self.lumen, START)
        customer, dormant = ("done", "2024-03-13"), ("done", "2025-03-13")
        self.assertEqual(self._look(START + timedelta(hours=1)), [[customer], []])
        # Nothing bought and nothing said for 365 days.
        self.assertEqual(self._look(START + timedelta(days=300)), [[customer], []])
        self.assertEqual(self._look(START + timedelta(days=366)), [[customer], [dormant]])
        back = START + timedelta(days=400)
        with self.freeze(back):
            self._win(self.lumen, back)
        again = ("done", "2025-04-17")
        for hours in (1, 24):
            now = back + timedelta(hours=hours)
            self.assertEqual(self._look(now), [[customer, again], [dormant]])

    def test_silence_found_the_night_after_is_not_too_late(self):
        """It was over at nine in the evening where the client is; the job comes after midnight."""
        self.lumen.tz = "America/New_York"
        rule = self._create_rule(
            self._task(),
            name="Call who sleeps",
            trigger="status",
            status_id=self.status_dormant.id,
            date_kind_id=False,
            catch_up_days=0,
            catch_up_policy="skip",
            date_start=START,
        )
        self.rules = rule
        bought = datetime(2024, 3, 14, 2, 10)
        with self.freeze(bought):
            self._win(self.lumen, bought)
        self._look(bought + timedelta(hours=1))
        silent = bought + timedelta(days=365)
        # Rules look all the time, the job comes once a day.
        for hours in range(0, 24, 6):
            rule._run(silent + timedelta(hours=hours))
        # It is found at half past three in the morning of the next day.
        found = ("done", "2025-03-14")
        night = datetime(2025, 3, 15, 7, 30)
        self.assertEqual(self._look(night), [[found]])
        self.assertEqual(self._look(night + timedelta(days=1)), [[found]])

    def test_silence_that_was_over_long_before_it_is_found_is_past(self):
        rule = self._create_rule(
            self._task(),
            name="Call who sleeps",
            trigger="status",
            status_id=self.status_dormant.id,
            date_kind_id=False,
            catch_up_days=0,
            date_start=START,
        )
        self.rules = rule
        with self.freeze(START):
            self._win(self.lumen, START)
        rule.looked_until = START + timedelta(days=370)
        self.assertEqual(self._look(START + timedelta(days=371)), [[]])
        self.assertStatus(self.lumen, self.status_dormant)
