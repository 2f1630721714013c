from datetime import datetime, timedelta

from odoo import fields
from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleCorrected(RuleCommon):
    """What was entered wrongly and is put right does not happen twice."""

    def test_a_date_corrected_by_a_day_is_greeted_once(self):
        birthday = self._create_date(self.lumen)
        rule = self._create_rule()
        self._run(rule)
        birthday.day = 11
        self._run(rule, MORNING + timedelta(days=1))
        self.assertGreeted(self.lumen)
        self._run(rule, MORNING.replace(year=2028) + timedelta(days=1))
        self.assertGreeted(self.lumen, 2)

    def test_a_date_corrected_over_new_year_is_greeted_once(self):
        birthday = self._create_date(self.lumen, month=12, day=31)
        rule = self._create_rule()
        self._run(rule, datetime(2027, 12, 31, 12))
        birthday.write({"month": 1, "day": 2})
        self._run(rule, datetime(2028, 1, 2, 12))
        self.assertGreeted(self.lumen)

    def test_a_date_deleted_and_entered_anew_is_greeted_once(self):
        noon = fields.Datetime.now().replace(hour=12, minute=0, second=0, microsecond=0)
        start = noon - timedelta(days=9)
        day = noon - timedelta(days=2)
        first = self._create_date(self.lumen, month=day.month, day=day.day)
        rule = self._create_rule(date_start=start)
        self._run(rule, day)
        first.unlink()
        self._create_date(self.lumen, month=noon.month, day=noon.day)
        self._run(rule, noon)
        self.assertGreeted(self.lumen)

    def test_two_dates_of_one_kind_are_two_occasions(self):
        self._create_date(self.lumen)
        self._create_date(self.lumen, day=20)
        rule = self._create_rule()
        self._run(rule)
        self._run(rule, MORNING + timedelta(days=10))
        self.assertGreeted(self.lumen, 2)

    def test_a_date_that_comes_once_may_move(self):
        renewal = self._create_date(self.lumen, year=2027, yearly=False)
        rule = self._create_rule()
        self._run(rule)
        renewal.day = 20
        self._run(rule, MORNING + timedelta(days=10))
        self.assertGreeted(self.lumen, 2)

    def test_corrected_who_was_called_instead_is_not_called_again(self):
        self.lumen.email = False
        birthday = self._create_date(self.lumen)
        call = self.env["crm.relationship.rule.action"].create(self._task())
        rule = self._create_rule(self._mail(otherwise_id=call.id))
        self._run(rule)
        birthday.day = 11
        self._run(rule, MORNING + timedelta(days=1))
        self.assertEqual(len(self._tasks_of(self.lumen)), 1)

    def test_a_date_taken_away_sends_nothing_that_waits(self):
        birthday = self._create_date(self.lumen)
        moved = self._create_date(self.brandon)
        self._create_date(self.nina)
        rule = self._create_rule(self._mail(delay=1))
        self._run(rule)
        birthday.unlink()
        moved.day = 25
        self._run(rule, MORNING + timedelta(days=1))
        for partner in (self.lumen, self.brandon):
            run = self._runs(rule, partner)
            self.assertStates(run, "skipped")
            self.assertIn("date was changed", run.reason)
        self.assertGreeted(self.nina)

    def test_a_date_field_that_was_emptied_sends_nothing_that_waits(self):
        lead = self._create_lead(self.lumen, date_deadline="2027-03-10")
        stays = self._create_lead(self.lumen, date_deadline="2027-03-10")
        rule = self._create_rule(
            self._task(delay=1),
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            date_source="field",
            date_field_id=self.env["ir.model.fields"]._get("crm.lead", "date_deadline").id,
            recurrence="once",
        )
        self._run(rule)
        lead.date_deadline = False
        self._run(rule, MORNING + timedelta(days=1))
        self.assertStates(self._runs(rule, lead), "skipped")
        self.assertStates(self._runs(rule, stays), "done")

    def test_a_yearly_date_field_corrected_is_acted_on_once(self):
        lead = self._create_lead(self.lumen, date_deadline="2027-03-10")
        rule = self._create_rule(
            self._task(),
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            date_source="field",
            date_field_id=self.env["ir.model.fields"]._get("crm.lead", "date_deadline").id,
        )
        self._run(rule)
        lead.date_deadline = "2027-03-11"
        self._run(rule, MORNING + timedelta(days=1))
        self.assertEqual(len(self._tasks_of(lead)), 1)
        self._run(rule, MORNING.replace(year=2028) + timedelta(days=1))
        self.assertEqual(len(self._tasks_of(lead)), 2)

    def test_29_february_is_still_there_in_a_common_year(self):
        self._create_date(self.lumen, month=2, day=29, year=1988)
        for leap_day, day in (
            ("feb28", datetime(2027, 2, 28, 12)),
            ("mar1", datetime(2027, 3, 1, 12)),
        ):
            rule = self._create_rule(self._task(), leap_day=leap_day)
            self._run(rule, day)
            self.assertStates(self._runs(rule), "done")

    def test_a_corrected_contact_makes_no_second_task_beside_the_open_one(self):
        self._work_every_day()
        self.status_regular.cadence_days = 30
        self.oak.relationship_status_id = self.status_regular
        noon = datetime.combine(fields.Date.today(), datetime.min.time()).replace(hour=12)
        self._create_interaction(self.brandon, days_ago=50)
        last = self._create_interaction(self.brandon, days_ago=31)
        rule = self._create_rule(
            self._task(), trigger="silence", date_start=noon - timedelta(days=100)
        )
        self._run(rule, noon)
        task = self._tasks_of(self.oak)
        last.is_attempt = True
        self._run(rule, noon)
        self.assertEqual(self._tasks_of(self.oak), task)
        task.unlink()
        self._run(rule, noon)
        self.assertEqual(len(self._tasks_of(self.oak)), 1)
