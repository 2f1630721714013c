from datetime import date, timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged, users

from odoo.addons.mail.tests.common import MailCommon

from .common import RelationshipCommon

CALL = "mail.mail_activity_data_call"
EMAIL = "mail.mail_activity_data_email"
MEETING = "mail.mail_activity_data_meeting"
TODO = "mail.mail_activity_data_todo"


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time("2026-05-04 09:00:00")
class TestCaptureActivity(MailCommon, RelationshipCommon):
    """Activities with a client: done, put off, called off."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.postponed = cls.env.ref("crm_relationship.outcome_postponed")
        cls.cancelled = cls.env.ref("crm_relationship.outcome_cancelled")

    def _schedule(self, record, xmlid=CALL, **vals):
        vals = {"date_deadline": date(2026, 5, 8), "user_id": self.ben.id, **vals}
        return record.with_user(self.ben).activity_schedule(xmlid, **vals)

    def test_types_say_over_which_channel(self):
        channels = {
            CALL: "phone",
            EMAIL: "email",
            MEETING: "meeting",
            TODO: False,
            "mail.mail_activity_data_upload_document": False,
        }
        for xmlid, channel in channels.items():
            with self.subTest(type=xmlid):
                self.assertEqual(self.env.ref(xmlid).interaction_channel, channel)

    def test_type_is_read_as_odoo_reads_it(self):
        """Nobody has to be allowed to read the type of an activity to mark it done."""
        activity = self._schedule(self._create_lead(self.brandon))
        self.env["ir.rule"].create(
            {
                "name": "Types of activities are secret",
                "model_id": self.env["ir.model"]._get_id("mail.activity.type"),
                "domain_force": [(0, "=", 1)],
            }
        )
        self._end_transaction()
        self.env.invalidate_all()
        activity.action_feedback(feedback="He calls back")
        self.assertEqual(self._history(self.oak).mapped("channel"), ["phone"])

    def test_mail_of_an_activity_is_one_event(self):
        lead = self._create_lead(self.brandon)
        activity = self._schedule(lead, EMAIL)
        with self.mock_mail_gateway():
            lead.with_user(self.ben).message_post(
                body="890 each.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.brandon.ids,
            )
        self._end_transaction()
        activity.action_feedback(feedback="Offer sent")
        self.assertEqual(
            self._history(self.oak).mapped("origin_key"),
            [f"message:{lead.message_ids.filtered(lambda m: m.message_type == 'comment').id}"],
        )

    def test_mail_of_last_week_is_not_the_activity_of_today(self):
        lead = self._create_lead(self.brandon)
        with self.mock_mail_gateway():
            message = lead.with_user(self.ben).message_post(
                body="890 each.",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=self.brandon.ids,
            )
        self._end_transaction()
        message.date -= timedelta(days=7)
        activity = self._schedule(lead, EMAIL)
        activity.action_feedback(feedback="Second offer sent")
        self.assertEqual(
            set(self._history(self.oak).mapped("origin_key")),
            {f"message:{message.id}", f"activity:{activity.id}"},
        )

    def test_mail_sent_elsewhere_is_the_activity(self):
        lead = self._create_lead(self.brandon)
        activity = self._schedule(lead, EMAIL)
        with self.mock_mail_gateway():
            lead.with_user(self.ben).message_post(body="A note", message_type="comment")
        activity.action_feedback(feedback="Wrote from my phone")
        self.assertRecordValues(
            self._history(self.oak),
            [{"channel": "email", "direction": "out", "activity_id": activity.id}],
        )

    def test_activities_done_in_batch(self):
        activities = self._schedule(self.oak) | self._schedule(self.lumen)
        activities |= self._schedule(self._create_lead(self.nina))
        activities.action_done()
        history = self._history(self.oak, self.lumen)
        self.assertEqual(history.activity_id, activities)
        self.assertEqual(history.mapped("is_attempt"), [False] * 3)

    def test_activity_without_document_is_none(self):
        activity = (
            self.env["mail.activity"]
            .with_user(self.ben)
            .create(
                {
                    "activity_type_id": self.env.ref(CALL).id,
                    "user_id": self.ben.id,
                    "date_deadline": date(2026, 5, 8),
                }
            )
        )
        before = self.interactions.search_count([])
        activity.date_deadline = date(2026, 5, 9)
        activity.action_done()
        self._end_transaction()
        self.assertEqual(self.interactions.search_count([]), before)

    @users("rel_carla")
    def test_postponed_activity_leaves_a_trace(self):
        lead = self._create_lead(self.brandon, user_id=self.carla.id)
        activity = self._schedule(lead, summary="Ask about the desks").with_user(self.env.user)
        activity.date_deadline = date(2026, 5, 12)
        self.assertRecordValues(
            self._history(self.oak),
            [
                {
                    "date": fields.Datetime.now(),
                    "partner_id": self.brandon.id,
                    "lead_id": lead.id,
                    "user_id": self.carla.id,
                    "channel": "phone",
                    "direction": "out",
                    "is_attempt": True,
                    "needs_reply": False,
                    "subject": "Ask about the desks",
                    "summary": "Postponed from 05/08/2026 to 05/12/2026",
                    "outcome_id": self.postponed.id,
                    "outcome_result": "neutral",
                    "activity_id": activity.id,
                }
            ],
        )

    def test_each_postponing_is_a_row(self):
        activity = self._schedule(self.lumen)
        for hour, day in enumerate((9, 10, 9, 10), start=10):
            with freeze_time(f"2026-05-04 {hour}:00:00"):
                activity.date_deadline = date(2026, 5, day)
                self._end_transaction()
        with freeze_time("2026-05-04 20:00:00"):
            activity.action_reschedule_nextweek()
            self._end_transaction()
        self.assertEqual(
            self._history(self.lumen).mapped("summary"),
            [
                "Postponed from 05/08/2026 to 05/09/2026",
                "Postponed from 05/09/2026 to 05/10/2026",
                # It was moved back in between.
                "Postponed from 05/09/2026 to 05/10/2026",
                "Postponed from 05/10/2026 to 05/11/2026",
            ],
        )

    def test_moved_forward_is_not_postponed(self):
        self._schedule(self.lumen).date_deadline = date(2026, 5, 5)
        self.assertFalse(self._history(self.lumen))

    def test_todo_and_what_is_done_leave_no_trace(self):
        todo = self._schedule(self.lumen, TODO)
        todo.date_deadline = date(2026, 5, 12)
        todo.action_cancel()
        done = self._schedule(self.lumen)
        done.action_done()
        done.date_deadline = date(2026, 5, 12)
        done.unlink()
        self.assertEqual(self._history(self.lumen).mapped("outcome_id"), self.postponed.browse())

    @users("rel_carla")
    def test_cancelled_activity_leaves_a_trace(self):
        activity = self._schedule(self.oak, user_id=self.carla.id, summary="Catalogue")
        activity_id = activity.id
        activity.with_user(self.env.user).action_cancel()
        self.assertFalse(activity.exists())
        self.assertRecordValues(
            self._history(self.oak),
            [
                {
                    "origin_key": f"activity:{activity_id}:cancelled",
                    "partner_id": self.oak.id,
                    "user_id": self.carla.id,
                    "channel": "phone",
                    "is_attempt": True,
                    "subject": "Catalogue",
                    "summary": "Cancelled, was planned for 05/08/2026",
                    "outcome_id": self.cancelled.id,
                    "activity_id": False,
                    "res_model": "res.partner",
                    "res_id": self.oak.id,
                }
            ],
        )
        self._refresh_clients()
        self.assertFalse(self.oak.last_interaction_date, "nobody was reached")

    def test_what_odoo_does_by_itself_is_nobodys_decision(self):
        activity = self._schedule(self.lumen)
        activity.sudo().with_user(self.env.ref("base.user_root")).date_deadline = date(2026, 5, 12)
        self.lumen.with_user(self.ben).activity_reschedule([CALL], date_deadline=date(2026, 5, 20))
        self.assertEqual(activity.date_deadline, date(2026, 5, 20))
        self.lumen.with_user(self.ben).activity_unlink([CALL])
        self.assertFalse(activity.exists())
        self.assertFalse(self._history(self.lumen))

    def test_activity_that_goes_with_its_document_is_not_cancelled(self):
        lead = self._create_lead(self.lumen)
        self._schedule(lead)
        self._end_transaction()
        lead.with_user(self.anna).sudo().unlink()
        self.assertFalse(self._history(self.lumen))

    def test_outcomes_the_history_sets_are_not_offered(self):
        offered = self.env["crm.interaction.outcome"].search([("result", "=", "neutral")])
        self.assertFalse(offered & (self.postponed | self.cancelled))

    def test_twenty_activities_need_as_many_statements_as_one(self):
        for count in (1, 20):
            activities = self.env["mail.activity"].with_user(self.ben).browse()
            for __ in range(3 * count):
                activities |= self._schedule(self.lumen)
            self._end_transaction()
            activities[:count].action_done()
            activities[count : 2 * count].date_deadline = date(2026, 5, 12)
            activities[2 * count :].action_cancel()
            self.env.flush_all()
            with self.subTest(count=count), self.assertQueryCount(1):
                self.env.cr.flush()
        self.assertEqual(len(self._history(self.lumen)), 63)
