from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestInteractionLog(RelationshipCommon):
    """The dialog that logs a contact with a client."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.oak)
        cls.env.ref("base.group_partner_manager").user_ids += cls.carla

    def _open(self, record):
        """The dialog as `record` opens it for a salesperson."""
        action = record.with_user(self.carla).action_log_interaction()
        log = self.env[action["res_model"]].with_user(self.carla)
        return Form(log.with_context(**action["context"]))

    def _save(self, form):
        log = form.save()
        self.assertEqual(log.action_save()["type"], "ir.actions.act_window_close")
        return self.interactions.search([("create_uid", "=", self.carla.id)])

    def test_nothing_to_fill_but_a_note(self):
        form = self._open(self.brandon)
        form.summary = "Wants oak"
        interaction = self._save(form)
        self.assertRecordValues(
            interaction,
            [
                {
                    "partner_id": self.brandon.id,
                    "commercial_partner_id": self.oak.id,
                    "user_id": self.carla.id,
                    "channel": "phone",
                    "direction": "out",
                    "summary": "Wants oak",
                    "is_attempt": False,
                    "needs_reply": False,
                }
            ],
        )
        self.assertFalse(self.env["crm.promise"].search([("partner_id", "=", self.brandon.id)]))
        self.assertFalse(self.brandon.activity_ids)

    def test_all_that_can_be_said(self):
        form = self._open(self.oak)
        form.partner_id = self.nina
        form.channel = "visit"
        form.direction = "in"
        form.purpose_id = self.env.ref("crm_relationship.purpose_order")
        form.offered = "12 oak desks"
        form.outcome_id = self.env.ref("crm_relationship.outcome_agreed")
        self.assertRecordValues(
            self._save(form),
            [
                {
                    "partner_id": self.nina.id,
                    "channel": "visit",
                    "direction": "in",
                    "purpose_id": self.env.ref("crm_relationship.purpose_order").id,
                    "offered": "12 oak desks",
                    "outcome_result": "success",
                }
            ],
        )

    def test_who_wrote_waits(self):
        form = self._open(self.brandon)
        form.direction = "in"
        self.assertFalse(form.needs_reply, "who called was spoken to")
        form.channel = "sms"
        form.summary = "When do the desks come?"
        self.assertTrue(form.needs_reply)
        inquiry = self._save(form)
        self.assertTrue(inquiry.needs_reply)
        self.assertTrue(inquiry.is_waiting)
        self.assertEqual(inquiry.with_user(self.carla).first_line, "When do the desks come?")

    def test_whether_who_wrote_waits_is_for_people_to_say(self):
        form = self._open(self.brandon)
        form.direction = "in"
        form.needs_reply = True
        form.summary = "Left a message"
        inquiry = self._save(form)
        self.assertTrue(inquiry.is_waiting)
        inquiry.unlink()
        form = self._open(self.brandon)
        form.direction = "in"
        form.channel = "letter"
        form.outcome_id = self.env.ref("crm_relationship.outcome_agreed")
        self.assertFalse(form.needs_reply, "it is told how it ended")
        form.needs_reply = True
        form.direction = "out"
        self.assertFalse(self._save(form).needs_reply, "we wrote")

    def test_nobody_reached_is_an_attempt(self):
        form = self._open(self.lumen)
        form.outcome_id = self.env.ref("crm_relationship.outcome_no_answer")
        self.assertTrue(self._save(form).is_attempt)

    def test_our_next_step_is_a_promise_and_something_to_do(self):
        form = self._open(self.brandon)
        form.next_step = "Send a sample"
        form.next_date = self.today + timedelta(days=3)
        interaction = self._save(form)
        self.assertRecordValues(
            interaction.promise_ids,
            [
                {
                    "name": "Send a sample",
                    "by": "us",
                    "partner_id": self.brandon.id,
                    "date_due": self.today + timedelta(days=3),
                    "user_id": self.carla.id,
                    "state": "open",
                }
            ],
        )
        self.assertRecordValues(
            self.brandon.activity_ids,
            [
                {
                    "summary": "Send a sample",
                    "user_id": self.carla.id,
                    "date_deadline": self.today + timedelta(days=3),
                }
            ],
        )

    def test_their_next_step_is_to_be_asked_for(self):
        form = self._open(self.brandon)
        form.next_step = "Send the plan"
        form.next_date = self.today
        form.next_by = "them"
        self.assertEqual(self._save(form).promise_ids.by, "them")
        self.assertEqual(self.brandon.activity_ids.summary, "They promised: Send the plan")

    def test_next_step_needs_a_day(self):
        log = self.env["crm.interaction.log"].with_user(self.carla)
        with self.assertRaises(ValidationError):
            log.create({"partner_id": self.oak.id, "next_step": "Send a sample"})

    def test_from_a_lead(self):
        lead = self._create_lead(self.brandon, user_id=self.carla.id)
        form = self._open(lead)
        self.assertEqual(form.partner_id, self.brandon)
        form.next_step = "Send a sample"
        form.next_date = self.today
        interaction = self._save(form)
        self.assertEqual(interaction.lead_id, lead)
        self.assertEqual(interaction.team_id, lead.team_id)
        self.assertEqual(lead.activity_ids.summary, "Send a sample")

    def test_from_the_lead_of_a_stranger(self):
        lead = self._create_lead(user_id=self.carla.id)
        form = self._open(lead)
        form.next_step = "Send a sample"
        form.next_date = self.today
        interaction = self._save(form)
        self.assertEqual(interaction.lead_id, lead)
        self.assertFalse(interaction.partner_id)
        self.assertFalse(interaction.promise_ids)
        self.assertEqual(lead.activity_ids.summary, "Send a sample")

    def test_save_and_plan_the_next_call(self):
        action = self._open(self.brandon).save().action_save_and_plan()
        self.assertEqual(action["res_model"], "mail.activity.schedule")
        schedule = self.env[action["res_model"]].with_user(self.carla)
        plan = Form(schedule.with_context(**action["context"])).save()
        plan.action_schedule_activities()
        self.assertEqual(
            self.brandon.activity_ids.activity_type_id,
            self.env.ref("mail.mail_activity_data_call"),
        )
        self.assertEqual(len(self._history(self.brandon)), 1)

    def test_from_the_history_of_a_client(self):
        action = self.oak.with_user(self.carla).action_open_interactions()
        history = self.interactions.with_user(self.carla).with_context(**action["context"])
        self.assertEqual(history.action_log()["context"]["default_partner_id"], self.oak.id)
        self.assertFalse(
            self.interactions.with_user(self.carla).action_log()["context"]["default_partner_id"]
        )

    def test_contacts_on_offer_are_those_of_the_client(self):
        form = self._open(self.nina)
        self.assertEqual(form.commercial_partner_id, self.oak)
        log = self.env["crm.interaction.log"].new({})
        self.assertFalse(log.commercial_partner_id)

    def test_outside_sales_it_is_refused(self):
        with self.assertRaises(AccessError):
            self.env["crm.interaction.log"].with_user(self.insider).create(
                {"partner_id": self.oak.id}
            )
