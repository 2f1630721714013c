from datetime import date, datetime
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common_past import PastCommon

NOW = datetime(2026, 5, 20, 9, 0)


@tagged("crm_relationship", "post_install", "-at_install")
class TestBackfill(PastCommon):
    """The history of the past comes out as if the addon had been there."""

    def setUp(self):
        super().setUp()
        self.enterContext(freeze_time(NOW))

    def _live_through(self):
        """A past with an event of every kind, captured as it happens."""
        self._create_lead(self.lumen)
        self._end_transaction()
        lead = self._create_lead(self.brandon)
        with freeze_time("2026-05-11 08:00:00"):
            self._write_in(lead, self.brandon, "Price?", datetime(2026, 5, 11, 8))
            self._end_transaction()
        with freeze_time("2026-05-11 12:00:00"):
            self._write_out(lead, self.brandon, "Our price", datetime(2026, 5, 11, 12))
            lead.with_user(self.ben).message_post(body="A note", message_type="comment")
            self._end_transaction()
        with freeze_time("2026-05-12 10:00:00"):
            self._call(lead, feedback="Wants 12")
            self._end_transaction()
        with freeze_time("2026-05-13 10:00:00"):
            self.lumen.with_user(self.ben)._message_sms("Your desk is ready")
            self._end_transaction()
        self._meet(self.nina, datetime(2026, 5, 14, 10))
        self._run_cron("ir_cron_meetings")
        return lead

    def _call(self, record, **feedback):
        """A call that was planned for Carla and that Ben made."""
        call = record.activity_schedule(
            "mail.mail_activity_data_call", summary="Call", user_id=self.carla.id
        )
        call.with_user(self.ben).action_feedback(**feedback)
        return call

    def _meet(self, client, start):
        return self.env["calendar.event"].create(
            {
                "name": "In the showroom",
                "start": start,
                "stop": start.replace(hour=start.hour + 1),
                "user_id": self.ben.id,
                "partner_ids": [Command.set((client + self.ben.partner_id).ids)],
            }
        )

    def test_past_is_what_would_have_been_captured_live(self):
        self._live_through()
        live = self._facts()
        self.assertEqual(
            sorted(row[0].split(":")[0] for row in live),
            ["activity", "event", "lead", "message", "message", "message"],
        )
        self._forget()
        self.assertFalse(self._facts())
        self.backfill._start()
        self._build()
        self.assertEqual(self._facts(), live)
        self.assertEqual(set(self.backfill.search([]).mapped("state")), {"done"})

    def test_more_meetings_than_the_live_capture_takes_at_once(self):
        for day in (11, 12, 13, 14):
            self._meet(self.nina, datetime(2026, 5, day, 10))
        self.backfill._start()
        with patch("odoo.addons.crm_relationship.models.history.calendar_event.BATCH_SIZE", 2):
            self._build()
        self.assertEqual(len(self._history(self.oak)), 4)

    def test_it_adds_to_what_was_captured_meanwhile(self):
        self._live_through()
        live = self._facts()
        kept = self._history(self.oak, self.lumen)[:2]
        self.env.execute_query(
            SQL("DELETE FROM crm_interaction WHERE id NOT IN %s RETURNING id", tuple(kept.ids))
        )
        self.env.invalidate_all()
        self.backfill._start()
        self._build()
        self.assertEqual(self._facts(), live)
        self.assertTrue(kept.exists())

    def test_again_writes_nothing_twice(self):
        self._live_through()
        live = self._facts()
        self.backfill._start()
        self._build()
        self.backfill.search([]).action_again()
        self.assertEqual(set(self.backfill.search([]).mapped("state")), {"todo"})
        self._build()
        self.assertEqual(self._facts(), live)
        self.assertEqual(sum(self.backfill.search([]).mapped("row_count")), 0)

    def test_what_was_deleted_does_not_come_again(self):
        lead = self._live_through()
        live = self._facts()
        rows = self._history(self.oak, self.lumen)
        gone = rows.filtered(lambda row: row.message_id and row.lead_id == lead)[:1]
        key = gone.origin_key
        gone.with_user(self.anna).unlink()
        self.backfill._start()
        self._build()
        self.assertEqual(self._facts(), {row for row in live if row[0] != key})
        self.assertEqual(len(live) - 1, len(self._facts()))
        logged = self._create_interaction(self.oak)
        logged.with_user(self.anna).unlink()
        deleted = self.env["crm.interaction.deleted"].search([("id", "!=", 0)])
        self.assertEqual(deleted.mapped("origin_key"), [key])

    def test_mail_that_came_twice_is_one_row_in_whichever_batches(self):
        for record in (self.oak, self._create_lead(self.brandon)):
            mail = self._write_in(record, self.brandon, "Mail", datetime(2026, 5, 11, 8))
            mail.message_id = "<twice@oak.example.com>"
        for batch_size in (1, 100):
            with self.subTest(batch_size=batch_size):
                self._forget()
                self.backfill._start()
                (self.backfill.search([]) - self._job("message")).state = "done"
                with patch.object(type(self.backfill), "_batch_size", batch_size):
                    self._build()
                self.assertEqual(self._history(self.oak).mapped("subject"), ["Mail"])

    def test_newest_first_and_on_from_where_it_was(self):
        messages = [
            self._write_in(self.oak, self.brandon, f"Mail {day}", datetime(2026, 5, day, 8))
            for day in (11, 12, 13, 14, 15)
        ]
        self._forget()
        self.backfill._start()
        (self.backfill.search([]) - self._job("message")).state = "done"
        with patch.object(type(self.backfill), "_batch_size", 2):
            self._build(batches=1)
            job = self._job("message")
            self.assertEqual(job.position, messages[3].id)
            self.assertEqual((job.state, job.seen_count, job.row_count), ("running", 2, 2))
            self.assertEqual(
                self._history(self.oak).mapped("subject"),
                ["Mail 14", "Mail 15"],
            )
            self._build()
        self.assertEqual(len(self._history(self.oak)), 5)
        self.assertRecordValues(job, [{"state": "done", "progress": 100, "failed_count": 0}])
        self.assertGreaterEqual(job.seen_count, 5)

    def test_stretches_without_an_event_are_passed(self):
        """A batch looks through so many rows at most, though none of them counts."""
        first = self._write_in(self.oak, self.brandon, "Mail", datetime(2026, 5, 11, 8))
        for __ in range(7):
            self.oak._message_log(body="A note")
        last = self._write_in(self.oak, self.brandon, "Reply", datetime(2026, 5, 12, 8))
        self._forget()
        self.backfill._start()
        job = self._job("message")
        (self.backfill.search([]) - job).state = "done"
        with patch.object(type(self.backfill), "_batch_span", 3):
            self._build(batches=2)
            self.assertEqual((job.state, job.position), ("running", last.id + 1 - 6))
            self.assertEqual(self._history(self.oak).message_id, last)
            self._build(batches=1)
        self.assertEqual(self._history(self.oak).message_id, first + last)
        self._build()
        self.assertEqual((job.state, job.position), ("done", job.first_id))

    def test_batch_that_is_cut_off_leaves_nothing(self):
        self._write_in(self.oak, self.brandon, "Mail", datetime(2026, 5, 11, 8))
        self._forget()
        self.backfill._start()
        before = self._job("message").position

        model = type(self.interactions)
        insert = model._insert_past

        def insert_and_cut(*args):
            self.assertTrue(insert(*args))
            raise KeyboardInterrupt

        with (
            self.assertRaises(KeyboardInterrupt),
            self.env.cr.savepoint(),
            patch.object(model, "_insert_past", insert_and_cut),
        ):
            self._build()
        self.env.invalidate_all()
        self.assertEqual(self._job("message").position, before)
        self.assertFalse(self._history(self.oak))
        self._build()
        self.assertEqual(len(self._history(self.oak)), 1)

    def test_one_bad_event_is_left_out_and_counted(self):
        good, bad, fine = (
            self._write_in(self.oak, self.brandon, f"Mail {day}", datetime(2026, 5, day, 8))
            for day in (11, 12, 13)
        )
        self._forget()
        self.backfill._start()
        model = type(self.interactions)
        insert = model._insert_past

        def insert_and_check(interactions, query):
            ids = insert(interactions, query)
            if bad in interactions.browse(ids).message_id:
                interactions.env.execute_query(SQL("SELECT 1 / 0"))
            return ids

        with (
            patch.object(model, "_insert_past", insert_and_check),
            mute_logger("odoo.sql_db"),
            self.assertLogs("odoo.addons.crm_relationship", "WARNING"),
        ):
            self._build()
        self.assertEqual(self._history(self.oak).message_id, good + fine)
        job = self._job("message")
        self.assertEqual((job.state, job.failed_count), ("done", 1))
        self.assertIn(f"mail.message,{bad.id}: division by zero", job.error)

    def test_an_event_of_its_own_time(self):
        """A done activity says who did it and when by the message that Odoo wrote."""
        with freeze_time("2026-05-12 10:30:00"):
            told = self._call(self.lumen)
            self._end_transaction()
        with freeze_time("2026-04-02 15:00:00"):
            silent = self._call(self.oak)
            self._end_transaction()
        self.env["mail.message"].search(
            [("model", "=", "res.partner"), ("res_id", "=", self.oak.id)]
        ).unlink()
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE mail_activity SET write_date = %s, write_uid = %s WHERE id = %s"
                " RETURNING id",
                datetime(2026, 4, 9, 8),
                self.anna.id,
                silent.id,
            )
        )
        self._forget()
        self.backfill._start()
        self._build()
        self.assertRecordValues(
            self._history(self.lumen),
            [
                {
                    "activity_id": told.id,
                    "user_id": self.ben.id,
                    "date": datetime(2026, 5, 12, 10, 30),
                }
            ],
        )
        self.assertEqual(silent.date_done, date(2026, 4, 2))
        self.assertRecordValues(
            self._history(self.oak),
            [{"user_id": self.anna.id, "date": datetime(2026, 4, 2, 12)}],
        )

    def test_statements_do_not_grow_with_the_events(self):
        def cost(count):
            for number in range(count):
                self._write_in(self.oak, self.brandon, f"Mail {number}", NOW)
            self._forget()
            self.backfill._start()
            (self.backfill.search([]) - self._job("message")).state = "done"
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            self._build()
            self.assertEqual(len(self._history(self.oak)), count + cost.before)
            cost.before += count
            return self.env.cr.sql_log_count - before

        cost.before = 0
        cost(1)
        self.assertEqual(cost(3), cost(30))

    def test_scheduled_action_builds_all_of_it(self):
        self._live_through()
        live = self._facts()
        self._forget()
        self.backfill._start()
        self._run_cron("ir_cron_backfill")
        self.assertEqual(self._facts(), live)
        self.assertEqual(set(self.backfill.search([]).mapped("state")), {"done"})
        self.assertFalse(self.backfill.get_progress())
