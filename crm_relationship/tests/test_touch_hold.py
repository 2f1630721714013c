from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common_touch import NOW, TouchCommon


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestTouchHold(TouchCommon):
    """While a meeting is planned or a complaint is open nobody needs to be in touch."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_interaction(cls.brandon, date="2026-02-02 09:00:00")
        # by hand: what facts made is taken back where they don't hold
        cls.oak.with_user(cls.anna).relationship_status_id = cls.status_regular
        cls.env.flush_all()
        cls.env.cr.flush()
        cls.oak._refresh_relationship()
        cls.env["crm.relationship.refresh"].search([("id", "!=", 0)]).unlink()

    def _read(self):
        self._refresh_clients()
        return self.oak.keep_in_touch_state, self.oak.keep_in_touch_pause

    def assertCounting(self):
        self.assertEqual(self._read(), ("due", False))
        self.assertDue(self.oak, (3, 4))

    def assertResting(self, words="a meeting is planned for Mar 9"):
        self.assertEqual(self._read(), ("none", words))
        self.assertDue(self.oak, None)

    def test_a_meeting_with_anybody_of_the_company(self):
        self.assertCounting()
        meeting = self._create_meeting(self.nina)
        self.assertResting()
        self.assertEqual(self.oak.keep_in_touch_hold, "meeting")
        meeting.write({"start": "2026-03-10 10:00:00", "stop": "2026-03-10 11:00:00"})
        self.assertResting("a meeting is planned for Mar 10")
        meeting.active = False
        self.assertCounting()
        meeting.active = True
        self.assertResting("a meeting is planned for Mar 10")
        meeting.unlink()
        self.assertCounting()

    def test_a_guest_who_declines_or_is_taken_off(self):
        meeting = self._create_meeting(self.nina)
        self.assertResting()
        attendee = meeting.attendee_ids.filtered(lambda row: row.partner_id == self.nina)
        attendee.do_decline()
        self.assertCounting()
        attendee.do_accept()
        self.assertResting()
        meeting.partner_ids = [Command.unlink(self.nina.id)]
        self.assertCounting()

    def test_a_meeting_on_a_deal_without_guests_from_outside(self):
        lead = self._create_lead(self.brandon)
        meeting = self._create_meeting(opportunity_id=lead.id)
        self.assertResting()
        meeting.partner_ids = [Command.link(self.lumen.id)]
        self.assertCounting()
        self.assertEqual(self.lumen.keep_in_touch_meeting_date, False)

    def test_the_clock_runs_again_when_the_meeting_is_over(self):
        self._create_meeting(self.nina)
        self.assertResting()
        with freeze_time("2026-03-09 12:00:00"):
            self._run_cron("ir_cron_meetings")
            self._refresh_clients()
            self.assertFalse(self.oak.keep_in_touch_hold)
            self.assertDue(self.oak, (4, 8))

    def test_the_clock_runs_again_after_a_meeting_without_guests_from_outside(self):
        lead = self._create_lead(self.brandon)
        self._create_meeting(opportunity_id=lead.id)
        self.assertResting()
        with freeze_time("2026-03-09 12:00:00"):
            self._run_cron("ir_cron_meetings")
            self._refresh_clients()
            self.assertFalse(self.oak.keep_in_touch_hold)

    def test_a_meeting_of_the_past_holds_nothing(self):
        self._create_meeting(self.nina, days=-5)
        self.assertNotIn(self.oak.id, self._queued())
        self.oak._refresh_summary()
        self.assertDue(self.oak, (3, 4))

    def test_the_calendar_gets_no_slower(self):
        """One statement at the end, for one meeting as for many; none for what is no client's."""
        self._create_meeting()
        self.assertFalse(self._queued())
        counts = []
        for many in (1, 1, 8):
            self._end_transaction()
            before = self.env.cr.sql_log_count
            self.env["calendar.event"].browse()._queue_clients(
                tuple(self._create_meeting(self.nina).id for __ in range(many))
            )
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(self._queued(), {self.oak.id})
        meetings = self.env["calendar.event"].search([("name", "=", "Showroom")])
        queries = []
        self.patch(
            type(self.env["crm.relationship.refresh"]),
            "_push_query",
            lambda queue, query: queries.append(query),
        )
        meetings.write({"duration": 2})
        self._end_transaction()
        self.assertEqual(len(queries), 1)

    def test_a_complaint_goes_before_a_meeting_and_a_pause(self):
        self._create_meeting(self.nina)
        self.oak.keep_in_touch_pause_until = date(2026, 4, 1)
        self.assertResting("until Apr 1")
        complaint = self.env["crm.complaint"].create(
            {"name": "Scratches", "partner_id": self.brandon.id}
        )
        self.assertResting("while a complaint is open")
        complaint.write({"state": "cancelled"})
        self.assertResting("until Apr 1")

    def test_the_briefing_says_why(self):
        meeting = self._create_meeting(self.nina)
        [briefing] = self.brandon.with_user(self.carla).get_briefing()
        self.assertEqual(
            briefing["cadence"],
            {"days": 30, "pause": "a meeting is planned for Mar 9", "state": "none"},
        )
        # How long they were silent is no matter then.
        for day in ("2026-01-05", "2026-01-15", "2026-01-25"):
            self._spoke(self.nina, f"{day} 10:00:00")
        [briefing] = self.brandon.with_user(self.carla).get_briefing()
        self.assertNotIn("rhythm", briefing)
        meeting.unlink()
        [briefing] = self.brandon.with_user(self.carla).get_briefing()
        self.assertIn("rhythm", briefing)
        self.assertEqual(briefing["cadence"], {"days": 30, "date": "2026-03-04", "state": "due"})

    def test_paused_clients_are_found(self):
        self._create_meeting(self.nina)
        self._refresh_clients()
        self.lumen.relationship_status_id = self.status_regular
        search = self.env.ref("crm_relationship.res_partner_view_search_clients")
        self.assertIn('name="paused"', search.arch)
        found = self.env["res.partner"].search([("keep_in_touch_hold", "!=", False)])
        self.assertIn(self.oak, found)
        self.assertNotIn(self.lumen, found)
