from datetime import datetime, timedelta

from psycopg2.errors import CheckViolation

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common_rules import MORNING, RuleCommon

EXECUTE = "odoo.addons.crm_relationship.models.rule.crm_relationship_rule_execute"
# A Saturday and the Monday after it.
SATURDAY = datetime(2027, 3, 13, 9, 5)
MONDAY = datetime(2027, 3, 15, 9, 5)


def at(hour, minute=0, day=10):
    return datetime(2027, 3, day, hour, minute)


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleWindow(RuleCommon):
    """What is due at a moment at which nothing may go out waits for one that is allowed."""

    def _set_quiet(self, quiet_from, quiet_to):
        self.env.company.relationship_quiet_from = quiet_from
        self.env.company.relationship_quiet_to = quiet_to

    def _due(self, rule, *partners):
        return self._runs(rule, *partners).mapped("date_due")

    def test_before_the_window_it_waits_and_then_goes(self):
        self._create_date(self.lumen)
        rule = self._create_rule(send_hour=6, window_from=9, window_to=18)
        self._run(rule, at(6, 5))
        self.assertGreeted(self.lumen, 0)
        self.assertStates(self._runs(rule), "todo")
        self.assertEqual(self._due(rule), [at(9)])
        self._run(rule, at(8, 59))
        self.assertGreeted(self.lumen, 0)
        self._run(rule, at(9, 5))
        self.assertGreeted(self.lumen)

    def test_what_is_late_waits_for_the_window_too(self):
        """Due by day, and the server is back by night."""
        self._create_date(self.lumen)
        rule = self._create_rule(window_from=9, window_to=18)
        self._run(rule, at(22))
        self.assertGreeted(self.lumen, 0)
        self.assertEqual(self._due(rule), [at(9, day=11)])
        self._run(rule, at(9, 5, day=11))
        self.assertGreeted(self.lumen)

    def test_lateness_that_the_window_causes_is_none(self):
        """On the day itself or never, and the window opens on the next day."""
        self._create_date(self.lumen)
        rule = self._create_rule(send_hour=22, window_from=9, window_to=18, catch_up_days=0)
        self._run(rule, at(22, 5))
        self.assertEqual(self._due(rule), [at(9, day=11)])
        self._run(rule, at(9, 5, day=11))
        self.assertStates(self._runs(rule), "done")

    def test_lateness_of_its_own_is_not_forgiven_for_the_window(self):
        self._create_date(self.lumen)
        rule = self._create_rule(window_from=9, window_to=18, catch_up_days=3)
        self._run(rule, at(8))
        self._run(rule, at(10, day=14))
        self.assertStates(self._runs(rule), "skipped")
        self.assertIn("Too late", self._runs(rule).reason)

    def test_a_window_over_midnight(self):
        self._create_date(self.lumen)
        rule = self._create_rule(send_hour=12, window_from=22, window_to=2)
        self._run(rule, at(12, 5))
        self.assertEqual(self._due(rule), [at(22)])
        self._run(rule, at(1, 30, day=11))
        self.assertGreeted(self.lumen)

    def test_the_hours_are_those_of_each_client(self):
        """UTC+13, UTC-11, and the night in which the clocks change in Brussels."""
        self.lumen.tz = "Pacific/Tongatapu"
        self.brandon.tz = "Pacific/Pago_Pago"
        self.nina.tz = "Europe/Brussels"
        for partner in (self.lumen, self.brandon, self.nina):
            self._create_date(partner, day=28)
        rule = self._create_rule(send_hour=0, window_from=9, window_to=18)
        for hours in range(48):
            self._run(rule, datetime(2027, 3, 27, 11) + timedelta(hours=hours))
        done = {run.partner_id: run.date_done for run in self._runs(rule)}
        self.assertEqual(done[self.lumen], datetime(2027, 3, 27, 20))
        self.assertEqual(done[self.nina], datetime(2027, 3, 28, 7))
        self.assertEqual(done[self.brandon], datetime(2027, 3, 28, 20))

    def test_quiet_hours_hold_for_letters_of_all_rules_and_not_for_tasks(self):
        self._set_quiet(21, 8)
        self._create_date(self.lumen)
        letter = self._create_rule(send_hour=5, purpose="service")
        task = self._create_rule(self._task(), send_hour=5)
        (letter + task)._run(at(5, 5))
        self.assertEqual(len(self._tasks_of(self.lumen)), 1)
        self.assertGreeted(self.lumen, 0)
        self.assertEqual(self._due(letter), [at(8)])
        self._run(letter, at(8))
        self.assertGreeted(self.lumen)

    def test_a_rule_may_be_let_off_the_quiet_hours(self):
        self._set_quiet(21, 8)
        self._create_date(self.lumen)
        rule = self._create_rule(send_hour=5, ignore_quiet_hours=True)
        self._run(rule, at(5, 5))
        self.assertGreeted(self.lumen)

    def test_quiet_hours_until_midnight(self):
        """Until 0:00 is not the same as none."""
        self.env.company.relationship_quiet_from = 20
        self._create_date(self.lumen)
        rule = self._create_rule(send_hour=21)
        self._run(rule, at(21, 5))
        self.assertEqual(self._due(rule), [at(0, day=11)])

    def test_a_weekend_is_stepped_over_by_tasks_too(self):
        self._create_date(self.lumen, day=13)
        rule = self._create_rule(self._mail(), self._task(), working_days_only=True)
        self._run(rule, SATURDAY)
        self.assertStates(self._runs(rule), "todo", "todo")
        self.assertEqual(set(self._due(rule)), {at(9, day=15)})
        self._run(rule, MONDAY)
        self.assertStates(self._runs(rule), "done", "done")

    def test_two_companies_have_their_own_working_days(self):
        """One has a holiday on Monday; the other works from Sunday to Thursday."""
        here = self.env.company
        there = self.env["res.company"].create({"name": "There"})
        there.resource_calendar_id = self.env["resource.calendar"].create(
            {
                "name": "Sunday to Thursday",
                "company_id": there.id,
                "tz": "UTC",
                "attendance_ids": [
                    Command.create({"name": "Day", "dayofweek": day, "hour_from": 8, "hour_to": 17})
                    for day in ("6", "0", "1", "2", "3")
                ],
            }
        )
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Public holiday",
                "company_id": here.id,
                "calendar_id": here.resource_calendar_id.id,
                "date_from": datetime(2027, 3, 15),
                "date_to": datetime(2027, 3, 15, 23, 59, 59),
            }
        )
        self.anna.company_ids = here + there
        self.lumen.company_id = here
        self.brandon.company_id = there
        self._create_date(self.lumen, day=13)
        self._create_date(self.brandon, day=13)
        rule = self._create_rule(self._task(), working_days_only=True)
        self._run(rule, SATURDAY)
        self.assertEqual(self._due(rule, self.lumen), [at(9, day=16)])
        self.assertEqual(self._due(rule, self.brandon), [at(9, day=14)])

    def test_a_company_without_working_days_stops_the_rule_and_says_so(self):
        self.env.company.resource_calendar_id.attendance_ids.unlink()
        self._create_date(self.lumen)
        rule = self._create_rule(working_days_only=True)
        other = self._create_rule(self._task())
        with mute_logger(EXECUTE):
            (rule + other)._run(MORNING)
        self.env.invalidate_all()
        self.assertStates(self._runs(rule), "todo")
        self.assertIn("no day or hour", rule.plan_error)
        self.assertIn(self.env.company.name, rule.plan_error)
        self.assertEqual(rule.activity_ids.user_id, self.anna)
        self.assertStates(self._runs(other), "done")
        rule.working_days_only = False
        self._run(rule, MORNING + timedelta(hours=1))
        self.assertStates(self._runs(rule), "done")
        self.assertFalse(rule.plan_error)

    def test_a_company_without_calendar_works_from_monday_to_friday(self):
        self.env.company.resource_calendar_id = False
        self._create_date(self.lumen, day=13)
        rule = self._create_rule(working_days_only=True)
        self._run(rule, SATURDAY)
        self.assertEqual(self._due(rule), [at(9, day=15)])

    def test_hours_that_never_come_are_refused(self):
        self._set_quiet(21, 8)
        with self.assertRaisesRegex(ValidationError, "quiet hours"):
            self._create_rule(window_from=22, window_to=6)
        self._create_rule(window_from=22, window_to=6, ignore_quiet_hours=True)
        for hours in ({"window_from": 9, "window_to": 25}, {"window_from": 9, "window_to": 9}):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self._create_rule(**hours)

    def test_what_stands_in_by_night_waits_too(self):
        """Approved at night: the letter waits, the task to call in its place with it."""
        self.lumen.email = False
        self._set_quiet(21, 8)
        call = self.env["crm.relationship.rule.action"].create(self._task(summary="Call instead"))
        self._create_date(self.lumen)
        rule = self._create_rule(self._mail(otherwise_id=call.id), send_hour=5)
        self._run(rule, at(5, 5))
        self.assertFalse(self._tasks_of(self.lumen))
        self._run(rule, at(8, 5))
        self.assertEqual(self._tasks_of(self.lumen).summary, "Call instead")

    def test_the_limit_is_not_asked_about_at_night(self):
        self._set_quiet(21, 8)
        self._create_people(4)
        rule = self._create_rule(send_hour=5, limit=3)
        self._run(rule, at(5, 5))
        self.assertFalse(rule.is_held)
        self._run(rule, at(8, 5))
        self.assertEqual(rule.held_count, 4)

    def test_the_forecast_shows_where_it_is_moved(self):
        self._create_date(self.lumen, day=13)
        rule = self._create_rule(send_hour=6, window_from=9, window_to=18, working_days_only=True)
        with self.freeze(MORNING):
            coming = rule.forecast(30)
        self.assertEqual([line["date_due"] for line in coming], [at(9, day=15)])
        self._run(rule, datetime(2027, 3, 13, 6, 5))
        with self.freeze(datetime(2027, 3, 13, 6, 5)):
            self.assertEqual(rule.forecast(30), coming)

    def test_moving_costs_the_same_for_few_and_many(self):
        rule = self._create_rule(send_hour=6, window_from=9, window_to=18)
        rule._run(at(5))
        counts = []
        for hour, people in enumerate((5, 50)):
            self._create_people(people)
            rule._plan(at(6, hour))
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rule._move_due(at(6, hour))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertLessEqual(counts[0], 8)
        self.assertEqual(set(self._due(rule)), {at(9)})

    def test_the_settings_are_those_of_the_company(self):
        settings = self.env["res.config.settings"].create({})
        with Form(settings) as form:
            form.relationship_quiet_from = 20.5
            form.relationship_quiet_to = 7
            form.relationship_weekly_cap = 1
        settings.execute()
        company = self.env.company
        self.assertEqual(company.relationship_quiet_from, 20.5)
        self.assertEqual(company.relationship_quiet_to, 7)
        self.assertEqual(company.relationship_weekly_cap, 1)

    def test_the_sentence_says_when_it_may_go_out(self):
        rule = self._create_rule(window_from=9, window_to=18, working_days_only=True)
        self.assertIn("Only from 9:00 to 18:00 their time, on working days.", rule.sentence)
