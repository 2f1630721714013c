from datetime import timedelta

from odoo import SUPERUSER_ID, Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged, users

from odoo.addons.mail.tests.common import MailCommon

from ..models.history import calendar_event
from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestInteractionCapture(MailCommon, RelationshipCommon):
    """The history fills itself, each event once, whoever acts."""

    def _receive(self, record, sender, **vals):
        """A mail that a client wrote on a document, as the gateway posts it."""
        return record.message_post(
            body="What is the price of the oak desk?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=sender.id if sender else False,
            email_from=sender.email_formatted if sender else "stranger@far.example.com",
            **vals,
        )

    def test_mail_from_a_client_waits(self):
        message = self._receive(self.oak, self.brandon, subject="Price of the oak desk?")
        history = self._history(self.oak)
        self.assertRecordValues(
            history,
            [
                {
                    "partner_id": self.brandon.id,
                    "commercial_partner_id": self.oak.id,
                    "channel": "email",
                    "direction": "in",
                    "is_attempt": False,
                    "subject": "Price of the oak desk?",
                    "needs_reply": True,
                    "is_waiting": True,
                    "message_id": message.id,
                    "origin_key": f"message:{message.id}",
                    "res_model": "res.partner",
                    "res_id": self.oak.id,
                }
            ],
        )

    def test_answer_is_linked_and_ends_the_wait(self):
        lead = self._create_lead(self.brandon)
        self._receive(lead, self.brandon)
        inquiry = self._history(self.oak)
        self.assertTrue(inquiry.is_waiting)
        inquiry.date -= timedelta(hours=3)
        with self.mock_mail_gateway():
            lead.with_user(self.ben).message_post(
                body="890 each.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.brandon.ids,
            )
        self._refresh_clients()
        answer = self._history(self.oak) - inquiry
        self.assertRecordValues(
            answer,
            [
                {
                    "direction": "out",
                    "user_id": self.ben.id,
                    "lead_id": lead.id,
                    "needs_reply": False,
                }
            ],
        )
        self.assertFalse(inquiry.is_waiting)
        self.assertEqual(inquiry.reply_id, answer)
        self.assertAlmostEqual(inquiry.response_hours, 3, places=1)

    def test_bulk_mail_is_no_answer(self):
        self._receive(self.oak, self.brandon)
        self._create_interaction(self.brandon, is_attempt=True, channel="email")
        self._refresh_clients()
        self.assertEqual(self._history(self.oak).filtered("is_waiting").direction, "in")

    def test_note_and_message_among_colleagues_are_no_contact(self):
        lead = self._create_lead(self.brandon)
        with self.mock_mail_gateway():
            lead.with_user(self.ben).message_post(body="He sounded tired.", message_type="comment")
            lead.with_user(self.ben).message_post(
                body="Can you take this one?",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.carla.partner_id.ids,
            )
            lead.with_user(self.ben).write({"expected_revenue": 8400})
        self.assertFalse(self._history(self.oak))

    def test_colleague_without_user_asks_nothing(self):
        ours = self.env.company.partner_id
        colleague = self.env["res.partner"].create(
            {"name": "Storeman", "parent_id": ours.id, "email": "store@ours.example.com"}
        )
        lead = self._create_lead(self.brandon)
        for sender in (ours, colleague):
            self._receive(lead, sender)
        self.assertFalse(self._history(self.oak))
        with self.mock_mail_gateway():
            self._receive(lead, colleague, partner_ids=self.brandon.ids)
        self.assertRecordValues(
            self._history(self.oak),
            [{"direction": "out", "partner_id": self.brandon.id, "needs_reply": False}],
        )

    def test_address_that_is_part_of_another_one(self):
        def write_to(address):
            with self.mock_mail_gateway():
                self.lumen.with_user(self.ben).message_post(
                    body="Hello",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                    outgoing_email_to=address,
                )
            return len(self._history(self.lumen))

        self.assertEqual(write_to("big.lucy@lumen.example.com"), 0)
        self.assertEqual(write_to("Lucy <Lucy@lumen.example.com>, x@far.example.com"), 1)
        self.assertEqual(write_to("x@far.example.com,lucy@lumen.example.com"), 2)

    def test_message_that_reached_a_person_of_the_client(self):
        lead = self._create_lead(self.brandon)
        lead.message_subscribe(self.nina.ids)
        with self.mock_mail_gateway():
            lead.with_user(self.ben).message_post(
                body="News.", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertRecordValues(
            self._history(self.oak), [{"partner_id": self.nina.id, "direction": "out"}]
        )

    def test_template_mail_is_an_attempt(self):
        template = self.env["mail.template"].create(
            {
                "name": "News",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "Our news",
                "body_html": "<p>New oak.</p>",
                "use_default_to": True,
            }
        )
        with self.mock_mail_gateway():
            template.send_mail_batch((self.lumen | self.brandon).ids)
        history = self._history(self.lumen, self.oak)
        self.assertEqual(history.partner_id, self.lumen | self.brandon)
        self.assertEqual(history.mapped("is_attempt"), [True, True])
        self._refresh_clients()
        self.assertFalse(self.lumen.last_interaction_date)
        self.assertEqual(self.lumen.interaction_count, 1)

    def test_mail_of_a_stranger_becomes_the_clients_when_the_lead_does(self):
        lead = self._create_lead(email_from="stranger@far.example.com")
        self._receive(lead, None, subject="Hello")
        self._end_transaction()
        inquiry = self.interactions.search([("lead_id", "=", lead.id)])
        self.assertRecordValues(
            inquiry, [{"partner_id": False, "direction": "in", "is_waiting": True}]
        )
        lead.partner_id = self.lumen
        self._end_transaction()
        self.assertEqual(inquiry.partner_id, self.lumen)
        self.assertEqual(inquiry.commercial_partner_id, self.lumen)
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_cold)

    def test_stranger_who_was_called_back_waits_no_more(self):
        lead = self._create_lead(email_from="stranger@far.example.com")
        self._receive(lead, None)
        self._end_transaction()
        [inquiry] = self.interactions.search([("lead_id", "=", lead.id)])
        answer = self.interactions.create({"lead_id": lead.id, "channel": "phone"})
        self._run_cron("ir_cron_summaries")
        self.assertEqual(inquiry.reply_id, answer)

    def test_mails_of_employees_and_own_users_are_no_clients(self):
        self.insider.partner_id.message_post(
            body="Hi",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.insider.partner_id.ids,
        )
        self.assertFalse(self._history(self.insider.partner_id))

    @users("rel_carla")
    def test_done_call_keeps_the_moment_and_who(self):
        lead = self._create_lead(self.nina, user_id=self.carla.id)
        activity = lead.with_user(self.env.user).activity_schedule(
            "mail.mail_activity_data_call", summary="Ask about the desks", user_id=self.ben.id
        )
        before = fields.Datetime.now()
        activity.action_feedback(feedback="Will think")
        self.assertRecordValues(
            self._history(self.oak),
            [
                {
                    "channel": "phone",
                    "direction": "out",
                    "user_id": self.carla.id,
                    "partner_id": self.nina.id,
                    "lead_id": lead.id,
                    "subject": "Ask about the desks",
                    "activity_id": activity.id,
                    "is_attempt": False,
                }
            ],
        )
        self.assertGreaterEqual(self._history(self.oak).date, before.replace(microsecond=0))

    def test_todo_is_no_contact(self):
        activity = self.oak.activity_schedule("mail.mail_activity_data_todo", user_id=self.ben.id)
        activity.action_done()
        self.assertFalse(self._history(self.oak))

    def test_channel_of_an_activity_type_can_be_set(self):
        todo = self.env.ref("mail.mail_activity_data_todo")
        todo.interaction_channel = "visit"
        self.oak.activity_schedule("mail.mail_activity_data_todo").action_done()
        self.assertEqual(self._history(self.oak).channel, "visit")

    def _create_meeting(self, *guests, hours_ago=2, **vals):
        start = fields.Datetime.subtract(fields.Datetime.now(), hours=hours_ago)
        return self.env["calendar.event"].create(
            {
                "name": "Showroom",
                "start": start,
                "stop": start + timedelta(hours=1),
                "user_id": self.ben.id,
                "partner_ids": [
                    Command.set([self.ben.partner_id.id, *(guest.id for guest in guests)])
                ],
                **vals,
            }
        )

    def test_held_meeting_is_captured_once(self):
        meeting = self._create_meeting(self.brandon, self.nina)
        self._run_cron("ir_cron_meetings")
        self._run_cron("ir_cron_meetings")
        self.assertRecordValues(
            self._history(self.oak),
            [
                {
                    "channel": "meeting",
                    "user_id": self.ben.id,
                    "calendar_event_id": meeting.id,
                    "commercial_partner_id": self.oak.id,
                    "duration": 1.0,
                    "date": meeting.start,
                    "is_private": False,
                }
            ],
        )

    def test_meeting_with_two_clients_is_in_both_histories(self):
        self._create_meeting(self.brandon, self.lumen)
        self._run_cron("ir_cron_meetings")
        self.assertEqual(len(self._history(self.oak)), 1)
        self.assertEqual(len(self._history(self.lumen)), 1)

    def test_meeting_that_did_not_take_place_is_not_captured(self):
        self._create_meeting(self.brandon, hours_ago=-2)
        self._create_meeting(self.brandon).active = False
        declined = self._create_meeting(self.brandon)
        declined.attendee_ids.filtered(
            lambda attendee: attendee.partner_id == self.brandon
        ).state = "declined"
        self._create_meeting()
        self._run_cron("ir_cron_meetings")
        self.assertFalse(self._history(self.oak))

    def test_private_meeting_hides_its_text(self):
        self._create_meeting(self.lumen, privacy="private", name="Redundancies")
        self._run_cron("ir_cron_meetings")
        interaction = self._history(self.lumen)
        self.assertTrue(interaction.is_private)
        self.assertNotIn("Redundancies", interaction.display_name)
        self.assertEqual(interaction.calendar_title, f"{self.lumen.display_name} · Meeting")

    def test_meeting_of_a_lead_without_contact(self):
        lead = self._create_lead(contact_name="Somebody")
        self._create_meeting(opportunity_id=lead.id)
        self._run_cron("ir_cron_meetings")
        self.assertRecordValues(
            self.interactions.search([("lead_id", "=", lead.id)]),
            [
                {
                    "channel": "meeting",
                    "partner_id": False,
                    "calendar_title": "Somebody · Meeting",
                }
            ],
        )

    def test_activity_of_a_meeting_is_the_meeting(self):
        meeting = self._create_meeting(self.brandon)
        lead = self._create_lead(self.brandon)
        activity = lead.activity_schedule("mail.mail_activity_data_meeting")
        activity.calendar_event_id = meeting
        activity.action_feedback(feedback="Agreed")
        self._end_transaction()
        self._run_cron("ir_cron_meetings")
        self.assertRecordValues(
            self._history(self.oak),
            [{"calendar_event_id": meeting.id, "channel": "meeting", "activity_id": False}],
        )

    def test_same_mail_twice_is_one_row(self):
        self._receive(self.oak, self.brandon)
        message = self._history(self.oak).message_id
        self.interactions._capture("message", message.ids)
        self.assertEqual(len(self._history(self.oak)), 1)

    def test_log_from_outside_is_written_once(self):
        vals = {"partner_id": self.nina.id, "channel": "phone", "origin_key": "softphone:4711"}
        first = self.interactions.with_user(self.ben).log(vals)
        self.assertEqual(self.interactions.with_user(self.carla).log(vals), first)
        self.assertEqual(len(self._history(self.oak)), 1)

    def test_posting_adds_one_statement_and_updates_no_client(self):
        lead = self._create_lead(self.brandon)
        self._receive(lead, self.brandon)
        self._end_transaction()
        for count in (1, 20):
            for __ in range(count):
                self._receive(lead, self.brandon)
            self.env.flush_all()
            with self.subTest(count=count), self.assertQueryCount(1):
                self.interactions.sudo()._flush_captured()

    def test_mail_to_a_vendor_is_no_answer_to_the_client(self):
        vendor = self.env["res.partner"].create({"name": "Mill", "email": "mill@far.example.com"})
        lead = self._create_lead(self.brandon)
        self._receive(lead, self.brandon)
        with self.mock_mail_gateway():
            lead.with_user(self.ben).message_post(
                body="Have you got oak?",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=vendor.ids,
            )
        self._refresh_clients()
        self.assertEqual(self._history(self.oak).mapped("is_waiting"), [True])
        self.assertFalse(self._history(vendor))
        self.assertStatus(vendor, None)

    def test_mail_of_a_colleague_by_gateway_is_no_answer(self):
        lead = self._create_lead(self.brandon)
        self._receive(lead, self.brandon)
        lead.message_post(
            body="I agree",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.carla.partner_id.id,
        )
        self.assertEqual(self._history(self.oak).mapped("direction"), ["in"])

    def test_what_the_system_writes_is_an_attempt(self):
        lead = self._create_lead(self.brandon)
        with self.mock_mail_gateway():
            lead.with_user(SUPERUSER_ID).message_post(
                body="We have received your inquiry.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.brandon.ids,
            )
        self.assertRecordValues(self._history(self.oak), [{"direction": "out", "is_attempt": True}])

    def test_unknown_sender_is_not_who_was_in_copy(self):
        lead = self._create_lead(email_from="stranger@far.example.com")
        self._receive(lead, None, partner_ids=self.lumen.ids)
        self._refresh_clients()
        self.assertFalse(self._history(self.lumen))
        self.assertRecordValues(lead.interaction_ids, [{"partner_id": False, "is_waiting": True}])

    def test_outsider_who_writes_on_a_clients_lead(self):
        lawyer = self.env["res.partner"].create({"name": "Law", "email": "law@far.example.com"})
        lead = self._create_lead(self.brandon)
        self._receive(lead, lawyer)
        self._refresh_clients()
        self.assertRecordValues(
            self._history(self.oak),
            [{"partner_id": lawyer.id, "commercial_partner_id": self.oak.id, "is_waiting": True}],
        )
        self.assertStatus(lawyer, None)

    def test_sms_is_a_contact_and_mass_sms_an_attempt(self):
        self.brandon.phone = "+32 456 00 11 22"
        self.patch(type(self.env["sms.sms"]), "send", lambda *args, **kwargs: None)
        self.brandon.with_user(self.ben)._message_sms("See you at ten")
        self.assertRecordValues(
            self._history(self.oak),
            [{"channel": "sms", "direction": "out", "is_attempt": False, "user_id": self.ben.id}],
        )
        self.env["sms.composer"].with_user(self.ben).create(
            {
                "composition_mode": "mass",
                "res_model": "res.partner",
                "res_ids": repr(self.nina.ids),
                "body": "Sale!",
                "mass_keep_log": True,
            }
        ).action_send_sms()
        self.assertEqual(
            self._history(self.nina).filtered(lambda row: row.partner_id == self.nina).is_attempt,
            True,
        )

    def test_feedback_of_an_activity_is_the_note(self):
        self.oak.activity_schedule("mail.mail_activity_data_call").action_feedback(
            feedback="Wants 12 desks, call in May"
        )
        self.assertEqual(self._history(self.oak).summary, "Wants 12 desks, call in May")

    def test_message_is_looked_at_again_once_it_has_recipients(self):
        lead = self._create_lead(self.brandon)
        lead.message_subscribe(self.brandon.ids)

        def flush_early(thread, *args, **kwargs):
            thread.env.cr.flush()
            return original(thread, *args, **kwargs)

        original = type(lead)._message_post_after_hook
        self.patch(type(lead), "_message_post_after_hook", flush_early)
        with self.mock_mail_gateway():
            lead.with_user(self.ben).message_post(
                body="News.", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        self.assertEqual(len(self._history(self.oak)), 1)

    def test_meetings_of_several_clients_at_the_border_of_a_batch(self):
        self.patch(calendar_event, "BATCH_SIZE", 1)
        zoe = self.env["res.partner"].create({"name": "Zoe", "email": "zoe@far.example.com"})
        self._create_meeting(self.brandon, self.lumen, zoe)
        self._create_meeting(self.brandon, hours_ago=5)
        self._run_cron("ir_cron_meetings")
        self.assertEqual(len(self._history(self.oak)), 2)
        self.assertEqual(len(self._history(self.lumen, zoe)), 2)

    def test_held_meeting_is_not_taken_out_of_the_history(self):
        meeting = self._create_meeting(self.lumen)
        self._run_cron("ir_cron_meetings")
        interaction = self._history(self.lumen)
        with self.assertRaisesRegex(UserError, "archive"):
            interaction.unlink()
        meeting.active = False
        interaction.unlink()
        self._run_cron("ir_cron_meetings")
        self.assertFalse(self._history(self.lumen))

    def test_corrected_answer_lets_the_inquiry_wait_again(self):
        self._receive(self.lumen, self.lumen)
        inquiry = self._history(self.lumen)
        inquiry.date -= timedelta(hours=1)
        call = self._create_interaction(self.lumen)
        self._refresh_clients()
        self.assertEqual(inquiry.reply_id, call)
        call.with_user(self.ben).outcome_id = self.env.ref("crm_relationship.outcome_no_answer")
        self.assertTrue(call.is_attempt)
        self._refresh_clients()
        self.assertTrue(inquiry.is_waiting)
        call.with_user(self.ben).outcome_id = self.env.ref("crm_relationship.outcome_agreed")
        self.assertFalse(call.is_attempt)
        self._refresh_clients()
        self.assertEqual(inquiry.reply_id, call)
        call.sudo().unlink()
        self.assertTrue(inquiry.is_waiting)
        self.assertEqual(inquiry.response_hours, 0)

    def test_nobody_waits_for_what_is_deleted(self):
        lead = self._create_lead(email_from="spam@far.example.com")
        self._receive(lead, None)
        self._receive(self.lumen, self.lumen)
        self._end_transaction()
        spam, inquiry = lead.interaction_ids, self._history(self.lumen)
        lead.unlink()
        self.lumen.unlink()
        # What a stranger asked is counted still, without a word of it.
        self.assertTrue(spam.exists())
        self.assertFalse(any(spam.exists().mapped("subject")))
        self.assertFalse((spam.exists() | inquiry).filtered("is_waiting"))
