from datetime import timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from odoo.addons.mail.tests.common import MailCommon

from .common_waiting import WaitingCommon

NOW = "2026-03-06 12:00:00"


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestWaitingUndelivered(MailCommon, WaitingCommon):
    """Of who still waits the lists say that somebody wrote, and that it did not arrive."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.interactions.search([("needs_reply", "=", True)]).needs_reply = False
        cls.inquiry = cls._create_inquiry(cls.brandon, "2026-03-05 08:00:00")

    def _write(self, partner, user=None, document=None, **vals):
        with self.mock_mail_gateway():
            message = (
                (document or partner)
                .with_user(user or self.ben)
                .message_post(
                    body="890 each.",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                    partner_ids=partner.ids,
                    **vals,
                )
            )
        self._end_transaction()
        return message.sudo()

    def _fail(self, message, status="bounce", failure="mail_bounce"):
        message.notification_ids.write({"notification_status": status, "failure_type": failure})
        self._end_transaction()
        self.env.invalidate_all()

    def _told(self, inquiry=None, user=None):
        return (inquiry or self.inquiry).with_user(user or self.carla).undelivered_answer

    def test_mail_that_bounced(self):
        message = self._write(self.brandon)
        self.assertFalse(self._told())
        self._fail(message)
        self.assertTrue(self.inquiry.is_waiting)
        self.assertEqual(self._told(), f"Not delivered: Email of Mar 6 by {self.ben.name} (Bounce)")
        message.notification_ids.write({"notification_status": "sent", "failure_type": False})
        self._end_transaction()
        self.env.invalidate_all()
        self.assertFalse(self._told())
        self.assertFalse(self.inquiry.is_waiting)

    def test_sms_without_credit(self):
        self.patch(type(self.env["sms.sms"]), "send", lambda *args, **kwargs: None)
        self.nina.phone = "+32 456 00 11 22"
        message = self.nina.with_user(self.ben)._message_sms("Yes", partner_ids=self.nina.ids)
        tracker = message.sudo().notification_ids.sms_tracker_ids
        tracker._action_update_from_sms_state("error", failure_type="sms_credit")
        self._end_transaction()
        self.env.invalidate_all()
        # Who asked is of the same company as who was written to.
        self.assertEqual(
            self._told(), f"Not delivered: SMS of Mar 6 by {self.ben.name} (Insufficient Credit)"
        )

    def test_what_was_before_or_of_others_does_not_matter(self):
        with freeze_time("2026-03-04 12:00:00"):
            self._fail(self._write(self.brandon))
        self._fail(self._write(self.lumen))
        note = self._create_interaction(self.brandon, date="2026-03-06 09:00:00", is_attempt=True)
        self.assertTrue(note.is_attempt)
        self.assertTrue(self.inquiry.is_waiting)
        self.assertFalse(self._told())

    def test_last_one_counts(self):
        self._fail(self._write(self.brandon))
        with freeze_time("2026-03-07 09:00:00"):
            self._fail(self._write(self.nina, user=self.anna), "exception", "mail_smtp")
            told = f"Not delivered: Email of Mar 7 by {self.anna.name} (Connection failed"
            self.assertTrue(self._told().startswith(told), self._told())

    def test_system_is_nobody(self):
        robot = self.env.ref("base.user_root")
        message = self._write(self.brandon, user=robot)
        self._fail(message)
        self.assertFalse(self._told())

    def test_stranger(self):
        lead = self._create_lead(email_from="new@far.example.com")
        none = self.env["res.partner"]
        asked = self._create_inquiry(none, "2026-03-05 08:00:00", lead_id=lead.id)
        aide = self.env["res.partner"].create({"name": "Aide", "email": "aide@far.example.com"})
        self._fail(self._write(aide, document=lead))
        self.assertFalse(asked.commercial_partner_id)
        self.assertEqual(
            self._told(asked, self.anna),
            f"Not delivered: Email of Mar 6 by {self.ben.name} (Bounce)",
        )

    def test_briefing_and_today_tell_it(self):
        self.oak.user_id = self.brandon.user_id = self.ben
        self._fail(self._write(self.brandon))
        [briefing] = self.brandon.with_user(self.carla).get_briefing()
        told = f"Not delivered: Email of Mar 6 by {self.ben.name} (Bounce)"
        self.assertEqual(briefing["waiting"][0]["undelivered"], told)
        page = self.env["crm.briefing.page"].with_user(self.carla)
        self.assertIn(told, page._get_open_lines(briefing)[0])
        rows = self.env["crm.today"].with_user(self.ben).get_today()["rows"]
        [row] = [row for row in rows if row["kind"] == "waiting"]
        self.assertTrue(row["reason"].startswith(told), row["reason"])

    def test_statements_do_not_grow(self):
        def count(size):
            moment = fields.Datetime.to_datetime(NOW) - timedelta(days=1)
            inquiries = self.interactions
            for number in range(size):
                client = self.env["res.partner"].create(
                    {"name": f"Client {number}", "email": f"client{number}@far.example.com"}
                )
                inquiries |= self._create_inquiry(client, moment)
                self._fail(self._write(client))
            self.env.invalidate_all()
            # Who reads and who wrote is read before.
            self.assertTrue(self._told(user=self.anna))
            before = self.cr.sql_log_count
            told = inquiries.with_user(self.anna).mapped("undelivered_answer")
            self.assertTrue(all(told))
            return self.cr.sql_log_count - before

        self._fail(self._write(self.brandon))
        self.assertEqual(count(2), count(6))
