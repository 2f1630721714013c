import calendar
from datetime import date, datetime, timedelta

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleDate(RuleCommon):
    """Which occasions of a date are planned, for whom and when."""

    def test_birthday_is_greeted_on_its_day_at_its_hour(self):
        self._create_date(self.lumen, year=1980)
        rule = self._create_rule()
        self._run(rule, MORNING - timedelta(hours=1))
        self.assertFalse(self._runs(rule))
        self._run(rule)
        run = self._runs(rule)
        self.assertStates(run, "done")
        self.assertEqual(run.occurrence, date(2027, 3, 10))
        self.assertEqual(run.date_due, datetime(2027, 3, 10, 9))
        self.assertEqual(run.partner_id, self.lumen)
        self.assertGreeted(self.lumen)

    def test_a_year_nobody_entered_is_an_unknown_one(self):
        self.env["crm.important.date"].create(
            {"partner_id": self.lumen.id, "kind_id": self.birthday.id, "month": 3, "day": 10}
        )
        self._run(self._create_rule())
        self.assertGreeted(self.lumen)

    def test_run_twice_happens_once(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        for minutes in (0, 15, 60 * 24):
            self._run(rule, MORNING + timedelta(minutes=minutes))
        self.assertEqual(len(self._runs(rule)), 1)
        self.assertGreeted(self.lumen)

    def test_next_year_is_another_occasion(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        self._run(rule)
        self._run(rule, MORNING.replace(year=2028))
        self.assertEqual(
            self._runs(rule).mapped("occurrence"), [date(2027, 3, 10), date(2028, 3, 10)]
        )

    def test_what_was_before_the_rule_is_left_alone(self):
        for years in range(10):
            self._create_date(self.lumen, day=9, year=2017 + years, yearly=False)
        self._create_date(self.lumen, day=9)
        rule = self._create_rule(date_start=MORNING - timedelta(hours=1))
        self._run(rule)
        self.assertFalse(self._runs(rule))

    def test_moved_back_by_hand_the_past_is_made_up_for(self):
        self._create_date(self.lumen, day=9)
        rule = self._create_rule(date_start=MORNING)
        self._run(rule)
        rule.date_start = MORNING - timedelta(days=2)
        self._run(rule)
        self.assertGreeted(self.lumen)

    def test_switched_off_and_on_the_time_between_is_not_made_up_for(self):
        self._create_date(self.lumen, day=8)
        rule = self._create_rule()
        rule.action_switch_off()
        self._run(rule, MORNING - timedelta(days=1))
        self.assertFalse(self._runs(rule))
        rule.write({"active": True, "date_start": MORNING})
        self._run(rule)
        self.assertFalse(self._runs(rule))

    def test_switching_off_drops_what_waits(self):
        self._create_date(self.lumen)
        rule = self._create_rule(self._mail(), self._task(delay=3))
        self._run(rule)
        self.assertStates(self._runs(rule), "done", "todo")
        rule.action_switch_off()
        self.assertStates(self._runs(rule), "done")

    def test_off_for_two_days_it_catches_up(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        self._run(rule, MORNING - timedelta(days=1))
        self._run(rule, MORNING + timedelta(days=2))
        self.assertGreeted(self.lumen)

    def test_off_for_forty_days_each_policy_does_what_it_says(self):
        self._create_date(self.lumen)
        self._create_date(self.brandon, month=4, day=18)
        now = MORNING + timedelta(days=40)
        for policy, state, greeted in (("skip", "skipped", 0), ("send", "done", 1)):
            rule = self._create_rule(catch_up_policy=policy)
            self._run(rule, MORNING - timedelta(days=1))
            self._run(rule, now)
            self.assertStates(self._runs(rule, self.lumen), state)
            self.assertStates(self._runs(rule, self.brandon), "done")
            self.assertGreeted(self.lumen, greeted)
        rule = self._create_rule(catch_up_policy="activity")
        self._run(rule, MORNING - timedelta(days=1))
        self._run(rule, now)
        run = self._runs(rule, self.lumen)
        self.assertStates(run, "done")
        self.assertEqual(run.reason, "Too late: more than 3 days")
        self.assertEqual(run.activity_id.user_id, self.ben)
        self.assertGreeted(self.lumen, 1)

    def test_entered_late_it_is_done_within_the_days_of_catching_up(self):
        rule = self._create_rule(catch_up_policy="send")
        self._run(rule)
        self._create_date(self.lumen, day=8)
        self._create_date(self.brandon, day=2)
        self._run(rule, MORNING + timedelta(minutes=15))
        self.assertGreeted(self.lumen)
        self.assertFalse(self._runs(rule, self.brandon))

    def test_due_later_the_same_day_is_not_missed(self):
        rule = self._create_rule()
        self._run(rule)
        self._create_date(self.lumen)
        self._run(rule, MORNING + timedelta(hours=6))
        self.assertGreeted(self.lumen)

    def test_29_february_under_both_settings(self):
        self._create_date(self.lumen, month=2, day=29, year=1988)
        early = self._create_rule(leap_day="feb28")
        late = self._create_rule(leap_day="mar1")
        for year in (2027, 2028):
            for month, day in ((2, 27), (2, 28), (2, 29), (3, 1), (3, 2)):
                if (year, month, day) == (2027, 2, 29):
                    continue
                self._run(early + late, datetime(year, month, day, 12))
        self.assertEqual(
            self._runs(early).mapped("occurrence"), [date(2027, 2, 28), date(2028, 2, 29)]
        )
        self.assertEqual(
            self._runs(late).mapped("occurrence"), [date(2027, 3, 1), date(2028, 2, 29)]
        )

    def test_two_time_zones_have_their_own_morning(self):
        self.lumen.tz = "Pacific/Auckland"
        self.brandon.tz = "Pacific/Pago_Pago"
        self._create_date(self.lumen)
        self._create_date(self.brandon)
        rule = self._create_rule()
        self._run(rule, datetime(2027, 3, 9, 20, 30))
        self.assertGreeted(self.lumen)
        self.assertGreeted(self.brandon, 0)
        self._run(rule, datetime(2027, 3, 10, 20, 30))
        self.assertGreeted(self.lumen)
        self.assertGreeted(self.brandon)
        self.assertEqual(self._runs(rule, self.lumen).date_due, datetime(2027, 3, 9, 20))
        self.assertEqual(self._runs(rule, self.brandon).date_due, datetime(2027, 3, 10, 20))
        self.assertEqual(set(self._runs(rule).mapped("occurrence")), {date(2027, 3, 10)})

    def test_a_client_without_zone_lives_where_the_company_does(self):
        self.env.company.resource_calendar_id.tz = "Asia/Tokyo"
        self._create_date(self.lumen)
        rule = self._create_rule()
        self._run(rule, datetime(2027, 3, 10, 0, 5))
        self.assertEqual(self._runs(rule).date_due, datetime(2027, 3, 10, 0))

    def test_an_offset_acts_before_and_keeps_the_occurrence(self):
        self._create_date(self.lumen, month=1, day=2)
        rule = self._create_rule(offset=-3)
        self._run(rule, datetime(2027, 12, 30, 12))
        self.assertEqual(self._runs(rule).occurrence, date(2028, 1, 2))

    def test_a_date_that_comes_once_comes_in_its_year(self):
        self._create_date(self.lumen, year=2026, yearly=False)
        self._create_date(self.brandon, year=2027, yearly=False)
        rule = self._create_rule()
        self._run(rule)
        self.assertEqual(self._runs(rule).partner_id, self.brandon)

    def test_nothing_before_the_year_of_the_date(self):
        self._create_date(self.lumen, year=2028)
        rule = self._create_rule()
        self._run(rule)
        self.assertFalse(self._runs(rule))

    def test_once_is_the_date_with_its_year(self):
        self._create_date(self.lumen, year=2027)
        self._create_date(self.brandon, year=2026)
        rule = self._create_rule(recurrence="once")
        self._run(rule)
        self.assertEqual(self._runs(rule).partner_id, self.lumen)

    def test_monthly_from_the_31st_is_each_month_end(self):
        self._create_date(self.lumen, month=1, day=31, year=2027)
        rule = self._create_rule(recurrence="monthly")
        for month, day in ((1, 31), (2, 28), (3, 31), (4, 30)):
            self._run(rule, datetime(2027, month, day, 12))
        self.assertEqual(
            self._runs(rule).mapped("occurrence"),
            [date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)],
        )

    def test_monthly_from_the_31st_of_january_over_a_leap_year(self):
        """Fifteen months, looked at every day: each month end once, 29 February among them."""
        self._create_date(self.lumen, month=1, day=31, year=2028)
        rule = self._create_rule(self._task(), recurrence="monthly")
        day = datetime(2028, 1, 30, 12)
        while day < datetime(2029, 4, 1):
            self._run(rule, day)
            day += timedelta(days=1)
        ends = [(2028, month, calendar.monthrange(2028, month)[1]) for month in range(1, 13)]
        ends += [(2029, 1, 31), (2029, 2, 28), (2029, 3, 31)]
        self.assertIn((2028, 2, 29), ends)
        self.assertEqual(self._runs(rule).mapped("occurrence"), [date(*end) for end in ends])
        self.assertStates(self._runs(rule), *["done"] * 15)

    def test_a_date_field_of_leads(self):
        leads = self._create_lead(self.lumen) + self._create_lead(None)
        leads.date_deadline = date(2027, 3, 13)
        self._create_lead(self.lumen).date_deadline = date(2026, 3, 13)
        rule = self._create_rule(
            self._task(),
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            date_source="field",
            date_field_id=self.env["ir.model.fields"]._get("crm.lead", "date_deadline").id,
            recurrence="once",
            offset=-3,
        )
        self._run(rule)
        self.assertEqual(sorted(self._runs(rule).mapped("res_id")), sorted(leads.ids))
        self.assertEqual(self._tasks_of(leads[0]).user_id, self.ben)

    def test_a_moment_counts_as_the_day_where_the_client_lives(self):
        self.lumen.tz = "Asia/Tokyo"
        lead = self._create_lead(self.lumen)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET date_closed = '2027-03-09 20:00' WHERE id = %s", [lead.id]
        )
        rule = self._create_rule(
            self._task(),
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            date_source="field",
            date_field_id=self.env["ir.model.fields"]._get("crm.lead", "date_closed").id,
            offset=1,
            offset_unit="month",
            recurrence="once",
        )
        self._run(rule, datetime(2027, 4, 10, 9))
        self.assertEqual(self._runs(rule).occurrence, date(2027, 3, 10))
        self.assertEqual(self._runs(rule).date_due, datetime(2027, 4, 10, 0))

    def test_the_filter_chooses_whom(self):
        self._create_date(self.lumen)
        self._create_date(self.brandon)
        rule = self._create_rule(domain="[('name', '=', 'Brandon')]")
        self._run(rule)
        self.assertEqual(self._runs(rule).partner_id, self.brandon)

    def test_a_filter_that_means_nothing_is_refused(self):
        for domain in ("[('nonsense', '=', 1)]", "name = 1", "[('id', '=', uid)]"):
            with self.assertRaises(ValidationError):
                self._create_rule(domain=domain)

    def test_two_companies_two_clients(self):
        other = self.env["res.company"].create({"name": "Other"})
        other.resource_calendar_id.tz = "UTC"
        self.anna.company_ids += other
        self.brandon.company_id = False
        self.lumen.company_id = other
        for partner in (self.lumen, self.brandon):
            self._create_date(partner)
        ours = self._create_rule(company_id=self.env.company.id)
        theirs = self._create_rule(company_id=other.id)
        everybody = self._create_rule()
        self._run(ours + theirs + everybody)
        self.assertEqual(self._runs(ours).partner_id, self.brandon)
        self.assertEqual(self._runs(theirs).partner_id, self.lumen + self.brandon)
        self.assertEqual(self._runs(everybody).partner_id, self.lumen + self.brandon)

    def test_forecast_is_what_then_happens(self):
        self._create_date(self.lumen, day=20)
        self._create_date(self.brandon, month=4, day=5)
        self._create_date(self.nina, month=6, day=1)
        rule = self._create_rule(self._mail(), self._task(delay=2))
        with self.freeze(MORNING):
            coming = rule.forecast(30)
        self.assertEqual(
            [(line["res_id"], line["occurrence"]) for line in coming],
            [
                (self.lumen.id, date(2027, 3, 20)),
                (self.lumen.id, date(2027, 3, 20)),
                (self.brandon.id, date(2027, 4, 5)),
                (self.brandon.id, date(2027, 4, 5)),
            ],
        )
        self.assertFalse(self._runs(rule))
        for day in range(31):
            self._run(rule, MORNING + timedelta(days=day))
        happened = [
            (run.res_id, run.action_id.id, run.occurrence, run.date_due) for run in self._runs(rule)
        ]
        foreseen = [
            (line["res_id"], line["action_id"], line["occurrence"], line["date_due"])
            for line in coming
        ]
        self.assertEqual(sorted(happened), sorted(foreseen))
        self.assertStates(self._runs(rule), *["done"] * 4)

    def test_forecast_of_a_rule_that_is_off_begins_now(self):
        self._create_date(self.lumen, day=9)
        self._create_date(self.brandon, day=11)
        rule = self._create_rule(active=False)
        with self.freeze(MORNING):
            coming = rule.forecast(5)
        self.assertEqual([line["partner_id"] for line in coming], [self.brandon.id])

    def test_forecast_counts_what_waits_and_not_what_was_done(self):
        self._create_date(self.lumen)
        rule = self._create_rule(self._mail(), self._task(delay=2))
        self._run(rule)
        with self.freeze(MORNING):
            coming = rule.forecast(5)
        self.assertEqual(
            [line["action_id"] for line in coming], rule.action_ids.filtered("delay").ids
        )

    def test_a_rule_that_cannot_be_planned_harms_no_other(self):
        self._create_date(self.lumen)
        bad = self._create_rule(sequence=1)
        good = self._create_rule(sequence=2)
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_relationship_rule SET domain = '[(''gone'', ''='', 1)]' WHERE id = %s",
            [bad.id],
        )
        self.env.invalidate_all()
        with self.assertLogs("odoo.addons.crm_relationship.models.rule", "WARNING"):
            self._run(bad + good)
        self.assertIn("gone", bad.plan_error)
        self.assertStates(self._runs(good), "done")
        bad.domain = "[]"
        self._run(bad)
        self.assertFalse(bad.plan_error)

    def test_what_a_rule_says_in_words(self):
        rule = self._create_rule(offset=-3, limit=50)
        self.assertIn("3 days before the client", rule.occasion_text)
        self.assertIn("9:00", rule.occasion_text)
        self.assertIn("Greeting", rule.actions_text)
        self.assertIn("50", rule.sentence)
