import random
from datetime import datetime, timedelta

from odoo import fields
from odoo.fields import Command
from odoo.tests import freeze_time, tagged
from odoo.tools import SQL

from ..engine.working_time import WorkingTime
from .common_waiting import BRUSSELS, WaitingCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestWaitingClock(WaitingCommon):
    """By when an inquiry is to be answered, and how long the answer took."""

    def assertDeadline(self, inquiry, deadline):
        self.assertEqual(fields.Datetime.to_string(inquiry.response_deadline or None), deadline)

    @freeze_time("2026-03-05 12:00:00")
    def test_both_times_are_kept(self):
        inquiry = self._create_inquiry(self.brandon, "2026-03-02 15:00:00")  # 16:00, Monday
        self._answer(self.nina, "2026-03-03 09:30:00")
        self._refresh_clients()
        self.assertEqual(inquiry.response_hours, 18.5)
        self.assertEqual(inquiry.response_working_hours, 3.5)
        self.assertEqual(inquiry.response_target_hours, 8)
        self.assertDeadline(inquiry, "2026-03-03 15:00:00")

    @freeze_time("2026-03-02 15:01:00")
    def test_promise_of_the_team(self):
        inquiry = self._create_inquiry(self.brandon, "2026-03-02 15:00:00")
        self._refresh_clients()
        self.assertDeadline(inquiry, "2026-03-03 15:00:00")
        # Six of eight hours: an hour on Monday, five on Tuesday.
        self.assertEqual(inquiry.response_reminder, datetime(2026, 3, 3, 13))
        self.assertFalse(inquiry.response_working_hours)

    @freeze_time("2026-03-02 15:01:00")
    def test_promise_of_the_status_goes_before(self):
        self.status_key.response_hours = 2
        self.oak.relationship_status_id = self.status_key
        inquiry = self._create_inquiry(self.brandon, "2026-03-02 15:00:00")
        self._refresh_clients()
        self.assertEqual(inquiry.response_target_hours, 2)
        self.assertDeadline(inquiry, "2026-03-03 08:00:00")

    @freeze_time("2026-03-02 15:01:00")
    def test_nobody_promised(self):
        self.team.response_hours = 0
        inquiry = self._create_inquiry(self.lumen, "2026-03-02 15:00:00")
        self._refresh_clients()
        self.assertEqual(inquiry.response_target_hours, 0)
        self.assertFalse(inquiry.response_deadline)
        self.assertTrue(inquiry.is_waiting)

    @freeze_time("2026-03-06 12:00:00")
    def test_new_promise_changes_what_waits_and_not_what_is_answered(self):
        answered = self._create_inquiry(self.brandon, "2026-03-02 08:00:00")
        self._answer(self.brandon, "2026-03-02 09:00:00")
        waiting = self._create_inquiry(self.brandon, "2026-03-06 08:00:00")
        self._refresh_clients()
        self.team.response_hours = 4
        self._refresh_clients()
        self.assertEqual(answered.response_target_hours, 8)
        self.assertDeadline(answered, "2026-03-03 08:00:00")
        self.assertEqual(waiting.response_target_hours, 4)
        self.assertDeadline(waiting, "2026-03-06 13:00:00")
        # The answer made a prospect of the client; what was promised before it stays.
        self.oak.relationship_status_id.response_hours = 1
        self._refresh_clients()
        self.assertEqual(waiting.response_target_hours, 1)
        self.assertEqual(answered.response_target_hours, 8)
        self._answer(self.brandon, "2026-03-02 08:30:00")
        self._refresh_clients()
        self.assertEqual((answered.response_hours, answered.response_target_hours), (0.5, 8))

    @freeze_time("2026-03-06 12:00:00")
    def test_holiday_entered_later(self):
        waiting = self._create_inquiry(self.brandon, "2026-03-05 08:00:00")
        self._refresh_clients()
        self.assertDeadline(waiting, "2026-03-06 08:00:00")
        self.env["resource.calendar.leaves"].create(
            {
                "name": "Carnival",
                "calendar_id": self.calendar.id,
                "date_from": "2026-03-05 23:00:00",
                "date_to": "2026-03-06 22:59:59",
            }
        )
        self._run_cron("ir_cron_summaries")
        self.assertDeadline(waiting, "2026-03-09 08:00:00")

    @freeze_time("2026-03-06 12:00:00")
    def test_own_hours_of_a_team(self):
        night = self._create_calendar("New York", "America/New_York", parts=((9, 17),))
        self.team.response_calendar_id = night
        inquiry = self._create_inquiry(self.brandon, "2026-03-05 21:00:00")  # 16:00 there
        self._refresh_clients()
        self.assertDeadline(inquiry, "2026-03-06 21:00:00")

    @freeze_time("2026-03-06 12:00:00")
    def test_team_of_who_is_responsible(self):
        inquiry = self._create_inquiry(self.brandon, "2026-03-05 08:00:00", team_id=False)
        nobodys = self._create_inquiry(
            self.brandon, "2026-03-05 08:00:00", team_id=False, user_id=self.insider.id
        )
        self._refresh_clients()
        self.assertEqual(inquiry.response_target_hours, 8)
        self.assertEqual(nobodys.response_target_hours, 0)

    @freeze_time("2026-03-08 12:00:00")
    def test_round_the_clock_without_calendar(self):
        self.env.company.resource_calendar_id = False
        inquiry = self._create_inquiry(self.brandon, "2026-03-07 08:00:00")
        self._answer(self.brandon, "2026-03-08 10:00:00")
        self._refresh_clients()
        self.assertDeadline(inquiry, "2026-03-07 16:00:00")
        self.assertEqual(inquiry.response_working_hours, 26)

    @freeze_time("2026-03-06 12:00:00")
    def test_each_company_has_its_own_hours(self):
        lisbon = self._create_calendar("Lisbon", "Europe/Lisbon")
        company = self.env["res.company"].create({"name": "Sul", "resource_calendar_id": lisbon.id})
        holiday = self.env["resource.calendar.leaves"].create(
            {
                "name": "Only there",
                "calendar_id": False,
                "date_from": "2026-03-05 00:00:00",
                "date_to": "2026-03-05 23:59:59",
            }
        )
        holiday.company_id = company
        self.team.company_id = False
        here = self._create_inquiry(self.brandon, "2026-03-05 08:00:00")
        there = self._create_inquiry(self.lumen, "2026-03-05 08:00:00", company_id=company.id)
        self._refresh_clients()
        self.assertDeadline(here, "2026-03-06 08:00:00")
        self.assertDeadline(there, "2026-03-06 17:00:00")

    @freeze_time("2026-03-06 12:00:00")
    def test_deleted_answer_lets_it_wait_by_the_present_promise(self):
        inquiry = self._create_inquiry(self.brandon, "2026-03-05 08:00:00")
        reply = self._answer(self.brandon, "2026-03-05 09:00:00")
        self._refresh_clients()
        self.assertEqual(inquiry.response_working_hours, 1)
        reply.unlink()
        self.team.response_hours = 4
        self._refresh_clients()
        self.assertTrue(inquiry.is_waiting)
        self.assertFalse(inquiry.response_working_hours)
        self.assertEqual(inquiry.response_target_hours, 4)
        self._answer(self.brandon, "2026-03-05 10:00:00")
        self._refresh_clients()
        self.assertEqual(inquiry.response_working_hours, 2)

    @freeze_time("2026-03-06 12:00:00")
    def test_earlier_answer_found_later(self):
        inquiry = self._create_inquiry(self.brandon, "2026-03-05 08:00:00")
        late = self._answer(self.brandon, "2026-03-05 10:00:00")
        self._refresh_clients()
        self.assertEqual(inquiry.reply_id, late)
        early = self._answer(self.brandon, "2026-03-05 09:00:00")
        before = self._answer(self.brandon, "2026-03-05 07:00:00")
        self._refresh_clients()
        self.assertEqual(inquiry.reply_id, early)
        self.assertEqual(inquiry.response_working_hours, 1)
        early.is_attempt = True
        self._refresh_clients()
        self.assertEqual(inquiry.reply_id, late)
        self.assertNotEqual(inquiry.reply_id, before)

    @freeze_time("2026-03-06 12:00:00")
    def test_inquiries_in_a_row_have_one_answer_and_their_own_times(self):
        first = self._create_inquiry(self.brandon, "2026-03-05 08:00:00")
        second = self._create_inquiry(self.nina, "2026-03-05 10:00:00")
        reply = self._answer(self.oak, "2026-03-05 11:00:00")
        after = self._create_inquiry(self.brandon, "2026-03-05 12:00:00")
        self._refresh_clients()
        self.assertEqual((first | second).reply_id, reply)
        self.assertEqual(first.response_working_hours, 3)
        self.assertEqual(second.response_working_hours, 1)
        self.assertTrue(after.is_waiting)

    @freeze_time("2026-03-06 12:00:00")
    def test_attempt_is_no_answer(self):
        inquiry = self._create_inquiry(self.brandon, "2026-03-05 08:00:00")
        self._answer(self.brandon, "2026-03-05 09:00:00", is_attempt=True)
        self._refresh_clients()
        self.assertTrue(inquiry.is_waiting)

    @freeze_time("2026-03-06 12:00:00")
    def test_stranger(self):
        lead = self._create_lead(email_from="toni@example.org", team_id=self.team.id)
        inquiry = self.interactions.create(
            {
                "lead_id": lead.id,
                "date": "2026-03-05 08:00:00",
                "channel": "website",
                "direction": "in",
                "needs_reply": True,
                "user_id": self.ben.id,
            }
        )
        self._run_cron("ir_cron_summaries")
        self.assertDeadline(inquiry, "2026-03-06 08:00:00")
        self._answer(self.env["res.partner"], "2026-03-05 09:00:00", lead_id=lead.id)
        self._run_cron("ir_cron_summaries")
        self.assertEqual(inquiry.response_working_hours, 1)

    @freeze_time("2026-03-06 12:00:00")
    def test_statements_do_not_grow(self):
        self.assertEqual(self._count_statements(2), self._count_statements(40))

    def _count_statements(self, number):
        clients = self.env["res.partner"].create(
            [{"name": f"Client {i}", "email": f"c{i}@many.example.com"} for i in range(number)]
        )
        for client in clients:
            self._create_inquiry(client, "2026-03-05 08:00:00")
            self._answer(client, "2026-03-05 09:00:00")
            self._create_inquiry(client, "2026-03-05 10:00:00")
        self.env.flush_all()
        condition = SQL("i.commercial_partner_id IN %s", tuple(clients.ids))
        linked = SQL("inquiry.commercial_partner_id IN %s", tuple(clients.ids))
        self.interactions._link_replies("commercial_partner_id", linked)
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.interactions._set_clock(condition)
        statements = self.env.cr.sql_log_count - before
        inquiries = self.interactions.search(
            [("partner_id", "in", clients.ids), ("needs_reply", "=", True)]
        )
        self.assertEqual(len(inquiries.filtered("response_deadline")), 2 * number)
        self.assertEqual(len(inquiries.filtered("response_working_hours")), number)
        return statements

    # ---- against Odoo's own count ----

    def test_same_hours_as_odoo(self):
        rng = random.Random(7)
        for calendar in self._some_calendars():
            start = datetime(2026, 3, 20)
            clock = WorkingTime(
                calendar._get_plain_calendars([(calendar.id, self.env.company.id)])[
                    calendar.id, self.env.company.id
                ],
                start,
            )
            for __ in range(5):
                begin = start + timedelta(minutes=rng.randint(0, 20000))
                end = begin + timedelta(minutes=rng.randint(0, 20000))
                with self.subTest(calendar=calendar.name, begin=begin, end=end):
                    self.assertAlmostEqual(
                        clock.hours(begin, end), calendar.get_work_hours_count(begin, end), places=3
                    )

    def _some_calendars(self):
        two_weeks = self._create_calendar("Two weeks", "America/New_York")
        two_weeks.switch_calendar_type()
        two_weeks.attendance_ids.filtered(
            lambda line: line.week_type == "1" and line.dayofweek in "024"
        ).unlink()
        holidays = self._create_calendar("Holidays", BRUSSELS, parts=((0, 6), (20, 24)))
        self.env["resource.calendar.leaves"].create(
            [
                {
                    "name": "Easter",
                    "calendar_id": calendar_id,
                    "company_id": self.env.company.id,
                    "date_from": date_from,
                    "date_to": date_to,
                    "time_type": time_type,
                }
                for calendar_id, date_from, date_to, time_type in (
                    (holidays.id, "2026-03-26 05:30:00", "2026-03-30 01:00:00", "leave"),
                    (False, "2026-04-02 22:00:00", "2026-04-03 22:00:00", "leave"),
                    (holidays.id, "2026-03-24 00:00:00", "2026-03-25 00:00:00", "other"),
                )
            ]
        )
        return self.calendar | two_weeks | holidays

    def test_flexible_hours_as_odoo_counts_a_week(self):
        flexible = self.env["resource.calendar"].create(
            {
                "name": "Free",
                "tz": BRUSSELS,
                "company_id": False,
                "schedule_type": "flexible",
                "hours_per_day": 7,
                "full_time_required_hours": 32,
                "attendance_ids": [Command.clear()],
            }
        )
        key = (flexible.id, self.env.company.id)
        monday = datetime(2026, 3, 1, 23)
        clock = WorkingTime(flexible._get_plain_calendars([key])[key], monday)
        sunday = monday + timedelta(days=7)
        self.assertEqual(clock.hours(monday, sunday), 32)
        self.assertEqual(flexible.get_work_hours_count(monday, sunday), 32)
