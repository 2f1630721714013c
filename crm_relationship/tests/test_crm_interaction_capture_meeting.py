from datetime import date, datetime, timedelta

from odoo import Command
from odoo.tests import freeze_time, tagged

from .common import RelationshipCommon

NOON = datetime(2026, 5, 4, 12)


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time("2026-05-04 18:30:00")
class TestCaptureMeeting(RelationshipCommon):
    """Meetings once they took place, and what is corrected in the calendar afterwards."""

    def _create_meeting(self, *guests, start=NOON, hours=1, **vals):
        partners = self.ben.partner_id.union(*guests)
        return self.env["calendar.event"].create(
            {
                "name": "Showroom",
                "start": start,
                "stop": start + timedelta(hours=hours),
                "user_id": self.ben.id,
                "partner_ids": [Command.set(partners.ids)],
                **vals,
            }
        )

    def _held(self, *guests, **vals):
        meeting = self._create_meeting(*guests, **vals)
        self._run_cron("ir_cron_meetings")
        return meeting, self._history(*guests)

    def test_each_of_a_recurring_meeting_that_took_place(self):
        first = self._create_meeting(
            self.brandon,
            start=NOON - timedelta(days=14),
            recurrency=True,
            rrule_type="weekly",
            mon=True,
            end_type="count",
            count=4,
        )
        self._run_cron("ir_cron_meetings")
        self.assertEqual(len(first.recurrence_id.calendar_event_ids), 4)
        self.assertEqual(
            self._history(self.oak).mapped("date"),
            [NOON - timedelta(days=14), NOON - timedelta(days=7), NOON],
        )

    def test_meeting_without_organiser_is_of_who_of_us_took_part(self):
        self.oak.user_id = self.lumen.user_id = self.carla
        declining = self._create_meeting(self.lumen, user_id=False)
        declining.attendee_ids.filtered(
            lambda guest: guest.partner_id == self.ben.partner_id
        ).state = "declined"
        alone = self._create_meeting(self.nina, user_id=False)
        alone.partner_ids = self.nina
        __, history = self._held(self.brandon, user_id=False)
        self.assertEqual(
            {row.partner_id: row.user_id for row in history},
            {self.nina: self.env["res.users"], self.brandon: self.ben},
        )
        self.assertEqual(self._history(self.lumen).user_id, self.carla)

    def test_all_day_meeting_is_on_its_day(self):
        __, history = self._held(
            self.lumen,
            allday=True,
            start_date=NOON.date(),
            stop_date=NOON.date(),
        )
        self.assertEqual(history.mapped("date"), [datetime(2026, 5, 4, 8)])

    def test_moved_afterwards_within_the_past(self):
        meeting, history = self._held(self.lumen)
        meeting.with_user(self.ben).write(
            {
                "start": NOON - timedelta(days=1),
                "stop": NOON - timedelta(days=1) + timedelta(hours=3),
            }
        )
        self._end_transaction()
        self.assertEqual(self._history(self.lumen), history)
        self.assertEqual(history.date, NOON - timedelta(days=1))
        self.assertEqual(history.duration, 3)

    def test_put_off_afterwards_takes_place_later(self):
        meeting, history = self._held(self.lumen)
        later = NOON + timedelta(days=1)
        meeting.write({"start": later, "stop": later + timedelta(hours=1)})
        self.assertFalse(self._history(self.lumen))
        self.assertFalse(history.exists())
        with freeze_time("2026-05-05 18:30:00"):
            self._run_cron("ir_cron_meetings")
            self.assertEqual(self._history(self.lumen).mapped("date"), [later])

    def test_cancelled_afterwards_leaves_the_history(self):
        meeting, history = self._held(self.lumen)
        inquiry = self._create_interaction(
            self.lumen, date=NOON - timedelta(days=1), direction="in", needs_reply=True
        )
        self._refresh_clients()
        self.assertEqual(inquiry.reply_id, history)
        meeting.with_user(self.ben).action_archive()
        self._refresh_clients()
        self.assertEqual(self._history(self.lumen), inquiry)
        self.assertTrue(inquiry.is_waiting)

    def test_what_somebody_wrote_about_it_stays(self):
        meeting, history = self._held(self.lumen)
        history.outcome_id = self.env.ref("crm_relationship.outcome_agreed")
        meeting.action_archive()
        self.assertEqual(self._history(self.lumen), history)

    def test_declined_afterwards(self):
        meeting, __ = self._held(self.brandon, self.lumen)
        guests = meeting.attendee_ids.filtered(lambda a: a.partner_id == self.lumen)
        guests.state = "declined"
        self.assertFalse(self._history(self.lumen))
        self.assertEqual(len(self._history(self.oak)), 1)

    def test_guest_who_was_entered_afterwards(self):
        meeting, __ = self._held(self.lumen)
        meeting.partner_ids = [Command.link(self.nina.id), Command.unlink(self.lumen.id)]
        self._end_transaction()
        self.assertRecordValues(
            self._history(self.oak),
            [{"partner_id": self.nina.id, "calendar_event_id": meeting.id, "date": NOON}],
        )
        self.assertFalse(self._history(self.lumen))

    def test_guest_who_has_moved_to_another_company_since(self):
        meeting, history = self._held(self.brandon)
        self.brandon.parent_id = self.env["res.partner"].create(
            {"name": "Maple Homes", "is_company": True}
        )
        meeting.stop += timedelta(hours=1)
        self.assertEqual(self._history(self.oak), history)
        self.assertEqual(history.duration, 2)
        self.assertFalse(self._history(self.brandon))

    def test_made_private_afterwards(self):
        meeting, history = self._held(self.lumen)
        self.assertFalse(history.is_private)
        meeting.privacy = "private"
        self._end_transaction()
        self.assertTrue(history.is_private)
        self.assertFalse(history.subject, "the calendar tells the name to attendees only")
        meeting.privacy = "public"
        self._end_transaction()
        self.assertTrue(history.is_private, "a secret is not given away")

    def test_name_of_a_private_meeting_is_not_copied(self):
        __, history = self._held(self.lumen, privacy="private")
        self.assertRecordValues(history, [{"is_private": True, "subject": False}])
        __, history = self._held(self.brandon, privacy="public")
        self.assertRecordValues(history, [{"is_private": False, "subject": "Showroom"}])

    def test_merged_contacts_do_not_double_a_meeting(self):
        zoe = self.env["res.partner"].create({"name": "Zoe", "email": self.lumen.email})
        meeting, history = self._held(zoe)
        history.outcome_id = self.env.ref("crm_relationship.outcome_agreed")
        self.env["base.partner.merge.automatic.wizard"]._merge(
            (zoe | self.lumen).ids, dst_partner=self.lumen
        )
        meeting.start = NOON - timedelta(hours=1)
        self.env.invalidate_all()
        self.assertRecordValues(
            self._history(self.lumen), [{"id": history.id, "date": NOON - timedelta(hours=1)}]
        )

    def test_activity_done_before_the_meeting_ends_is_the_meeting(self):
        start = datetime(2026, 5, 4, 19)
        meeting = self._create_meeting(self.lumen, start=start)
        activity = self.lumen.with_user(self.ben).activity_schedule(
            "mail.mail_activity_data_meeting", calendar_event_id=meeting.id
        )
        activity.action_done()
        history = self._history(self.lumen)
        self.assertRecordValues(
            history,
            [{"calendar_event_id": meeting.id, "activity_id": False, "channel": "meeting"}],
        )
        with freeze_time("2026-05-04 20:30:00"):
            self._run_cron("ir_cron_meetings")
            self.assertEqual(self._history(self.lumen), history)

    def _plan(self, record, start):
        """A meeting planned from the chatter, as Odoo does: our own people are its guests."""
        activity = record.with_user(self.ben).activity_schedule(
            "mail.mail_activity_data_meeting", summary="Show the desks", user_id=self.ben.id
        )
        action = activity.with_context(
            default_res_model=record._name, default_res_id=record.id
        ).action_create_calendar_event()
        meetings = activity.env["calendar.event"].with_context(**action["context"])
        vals = {"start": start, "stop": start + timedelta(hours=2), "duration": 2}
        return activity, meetings.create(vals).with_env(activity.env)

    def test_meeting_without_its_guests_is_the_activity(self):
        activity, meeting = self._plan(self.lumen, NOON)
        self.assertEqual(meeting.partner_ids, self.ben.partner_id)
        self._run_cron("ir_cron_meetings")
        self.assertFalse(self._history(self.lumen), "nothing says yet that the client was there")
        activity.action_feedback(feedback="Took two")
        history = self._history(self.lumen)
        self.assertRecordValues(
            history,
            [
                {
                    "origin_key": f"activity:{activity.id}",
                    "date": NOON,
                    "channel": "meeting",
                    "duration": 2,
                    "summary": "Took two",
                    "calendar_event_id": meeting.id,
                }
            ],
        )
        meeting.partner_ids += self.lumen
        self._run_cron("ir_cron_meetings")
        self.assertEqual(self._history(self.lumen), history)

    def test_day_of_a_new_meeting_is_no_putting_off(self):
        activity, meeting = self._plan(self.lumen, NOON + timedelta(days=3))
        self.assertEqual(activity.date_deadline, date(2026, 5, 7))
        self.assertFalse(self._history(self.lumen))
        meeting.write(
            {"start": NOON + timedelta(days=4), "stop": NOON + timedelta(days=4, hours=1)}
        )
        self.assertEqual(
            self._history(self.lumen).mapped("summary"), ["Postponed from 05/07/2026 to 05/08/2026"]
        )

    def test_deleted_meeting_cancels_its_activity(self):
        activity, meeting = self._plan(self.lumen, NOON + timedelta(days=3))
        meeting.unlink()
        self.assertFalse(activity.exists())
        self.assertEqual(
            self._history(self.lumen).mapped("summary"), ["Cancelled, was planned for 05/07/2026"]
        )

    def test_other_changes_cost_nothing(self):
        past, __ = self._held(self.lumen)
        coming = self._create_meeting(self.lumen, start=NOON + timedelta(days=3))
        self._end_transaction()
        past.name = "Renamed"
        coming.start += timedelta(days=1)
        self.env.flush_all()
        with self.assertQueryCount(0):
            self.env.cr.flush()
