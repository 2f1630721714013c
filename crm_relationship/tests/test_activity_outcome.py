from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tools.discuss import Store

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestActivityOutcome(RelationshipCommon):
    """Marking an activity done asks how the contact ended."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.oak)
        cls.agreed = cls.env.ref("crm_relationship.outcome_agreed")
        cls.no_answer = cls.env.ref("crm_relationship.outcome_no_answer")
        cls.order = cls.env.ref("crm_relationship.purpose_order")
        cls.lead = cls._create_lead(cls.brandon, user_id=cls.carla.id)

    def _plan(self, record, kind="call", user=None, **vals):
        return record.activity_schedule(
            f"mail.mail_activity_data_{kind}",
            date_deadline=self.today,
            summary="Discuss the offer",
            user_id=(user or self.carla).id,
            **vals,
        )

    def _ask(self, activity, user=None):
        """The dialog as the web client opens it."""
        action = activity.with_user(user or self.carla).action_ask_outcome()
        log = self.env[action["res_model"]].with_user(user or self.carla)
        return Form(log.with_context(**action["context"]), view=action["views"][0][0])

    def _row(self, activity):
        return self.interactions.search([("origin_key", "=", f"activity:{activity.id}")])

    # ---- the answer ----

    def test_two_clicks(self):
        call = self._plan(self.lead)
        form = self._ask(call)
        form.outcome_id = self.agreed
        self.assertEqual(form.save().action_tell()["type"], "ir.actions.act_window_close")
        self.assertFalse(call.active)
        self.assertRecordValues(
            self._history(self.oak).filtered("activity_id"),
            [
                {
                    "origin_key": f"activity:{call.id}",
                    "partner_id": self.brandon.id,
                    "lead_id": self.lead.id,
                    "user_id": self.carla.id,
                    "channel": "phone",
                    "outcome_id": self.agreed.id,
                    "outcome_result": "success",
                    "is_attempt": False,
                    "is_outcome_skipped": False,
                }
            ],
        )

    def test_all_that_can_be_said(self):
        call = self._plan(self.oak)
        form = self._ask(call)
        self.assertEqual(form.about, "Call · Discuss the offer · Oak Interiors")
        form.outcome_id = self.agreed
        form.summary = "Wants light oak"
        form.purpose_id = self.order
        form.offered = "12 oak desks, 5% off"
        form.next_step = "Send a sample"
        form.next_date = self.today + timedelta(days=3)
        form.save().action_tell()
        self.assertEqual(call.feedback, "Wants light oak")
        self.assertIn("Wants light oak", self.oak.message_ids[0].body)
        row = self._row(call)
        self.assertRecordValues(
            row,
            [
                {
                    "summary": "Wants light oak",
                    "purpose_id": self.order.id,
                    "offered": "12 oak desks, 5% off",
                }
            ],
        )
        self.assertRecordValues(
            row.promise_ids,
            [
                {
                    "name": "Send a sample",
                    "partner_id": self.oak.id,
                    "by": "us",
                    "user_id": self.carla.id,
                    "date_due": self.today + timedelta(days=3),
                }
            ],
        )
        self.assertEqual(self.oak.activity_ids, row.promise_ids.activity_id)
        self.assertEqual(self._history(self.oak).filtered("activity_id"), row)

    def test_nobody_answered(self):
        call = self._plan(self.lead)
        form = self._ask(call)
        form.outcome_id = self.no_answer
        form.save().action_tell()
        self.assertTrue(self._row(call).is_attempt)

    def test_without_an_answer_it_stays_open(self):
        call = self._plan(self.lead)
        with self.assertRaisesRegex(UserError, "Ended: .* Skip"):
            self._ask(call).save().action_tell()
        self.assertTrue(call.active)

    def test_skipping_is_counted(self):
        call, second = self._plan(self.lead), self._plan(self.lead)
        form = self._ask(call)
        form.summary = "Spoke with the porter"
        form.save().action_skip()
        self.assertFalse(call.active)
        self.assertRecordValues(
            self._row(call),
            [
                {
                    "is_outcome_skipped": True,
                    "outcome_id": False,
                    "summary": "Spoke with the porter",
                }
            ],
        )
        form = self._ask(second)
        form.outcome_id = self.agreed
        form.save().action_tell()
        counts = self.interactions._read_group(
            [("activity_id", "in", (call | second).ids)],
            ["user_id", "is_outcome_skipped"],
            ["__count"],
        )
        self.assertCountEqual(counts, [(self.carla, True, 1), (self.carla, False, 1)])
        self._row(call).with_user(self.carla).outcome_id = self.agreed
        self.assertFalse(self._row(call).is_outcome_skipped, "told after all")

    def test_done_and_schedule_next(self):
        call = self._plan(self.lead)
        form = self._ask(call)
        form.outcome_id = self.agreed
        form.summary = "Call again"
        action = form.save().action_tell_and_schedule()
        self.assertEqual(action["res_model"], "mail.activity")
        self.assertEqual(action["context"]["default_res_id"], self.lead.id)
        self.assertFalse(call.active)
        self.assertEqual(self._row(call).outcome_id, self.agreed)
        self.assertEqual(self._row(call).summary, "Call again")

    def test_a_next_activity_that_follows_by_itself(self):
        kind = self.env.ref("mail.mail_activity_data_call").copy(
            {
                "chaining_type": "trigger",
                "triggered_next_type_id": self.env.ref("mail.mail_activity_data_todo").id,
            }
        )
        call = self._plan(self.lead, activity_type_id=kind.id)
        call.activity_type_id = kind
        form = self._ask(call)
        self.assertFalse(form.can_schedule_next)
        form.outcome_id = self.agreed
        form.save().action_tell()
        self.assertEqual(
            self.lead.activity_ids.activity_type_id,
            self.env.ref("mail.mail_activity_data_todo"),
        )

    def test_lead_of_a_stranger(self):
        lead = self._create_lead(user_id=self.carla.id)
        call = self._plan(lead)
        form = self._ask(call)
        form.outcome_id = self.agreed
        form.next_step = "Send a sample"
        form.next_date = self.today
        form.save().action_tell()
        self.assertEqual(self._row(call).outcome_id, self.agreed)
        self.assertFalse(self._row(call).promise_ids)
        self.assertEqual(lead.activity_ids.summary, "Send a sample")

    # ---- who is asked ----

    def test_nothing_to_ask(self):
        employee = self.insider.partner_id
        cases = {
            "no channel": self._plan(self.lead, kind="todo"),
            "a colleague, no client": self._plan(employee),
            "nobody's document": self.env["mail.activity"].create(
                {
                    "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                    "user_id": self.carla.id,
                }
            ),
        }
        for case, activity in cases.items():
            with self.subTest(case):
                self.assertIs(activity.with_user(self.carla).action_ask_outcome(), False)

    def test_outside_sales_nobody_is_asked(self):
        call = self._plan(self.oak, user=self.insider)
        self.assertIs(call.with_user(self.insider).action_ask_outcome(), False)
        call.with_user(self.insider).with_context(ask_outcome=True).action_done()
        self.assertFalse(call.active)
        self._end_transaction()
        self.assertEqual(len(self._row(call)), 1)

    def test_buttons_of_lists(self):
        calls = self._plan(self.lead) | self._plan(self.lead)
        asking = calls.with_user(self.carla).with_context(ask_outcome=True)
        self.assertEqual(asking[0].action_done()["res_model"], "crm.interaction.log")
        self.assertTrue(calls[0].active)
        asking.action_done()
        self.assertEqual(calls.mapped("active"), [False, False], "several: as Odoo does")

    def test_planned_and_done_at_once(self):
        def mark_done(kind, record):
            wizard = self.env["mail.activity.schedule"].with_user(self.carla)
            return wizard.create(
                {
                    "res_model": record._name,
                    "res_ids": repr(record.ids),
                    "activity_type_id": self.env.ref(f"mail.mail_activity_data_{kind}").id,
                    "activity_user_id": self.carla.id,
                    "summary": "They called",
                }
            ).action_schedule_activities_done()

        action = mark_done("call", self.brandon)
        call = self.brandon.activity_ids
        self.assertEqual(action["context"]["default_activity_id"], call.id)
        self.assertFalse(mark_done("todo", self.nina))
        self.assertFalse(self.nina.activity_ids)
        self.assertFalse(mark_done("call", self.nina | self.lumen), "several: as Odoo does")
        self.assertFalse((self.nina | self.lumen).activity_ids)

    def test_activity_of_a_colleague(self):
        call = self._plan(self.oak, user=self.ben)
        form = self._ask(call)
        form.outcome_id = self.agreed
        form.save().action_tell()
        self.assertRecordValues(
            self._row(call), [{"user_id": self.carla.id, "outcome_id": self.agreed.id}]
        )

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_lead_of_a_colleague(self):
        """By hand one can't close what one may not see, nor rewrite what a colleague told."""
        call = self._plan(self._create_lead(self.brandon), user=self.ben)
        self.assertIs(call.with_user(self.carla).action_ask_outcome(), False)
        forged = self.env["crm.interaction.log"].with_user(self.carla)
        vals = {"activity_id": call.id, "outcome_id": self.agreed.id}
        with self.assertRaises(AccessError):
            forged.create(vals).action_tell()
        form = self._ask(call, user=self.ben)
        form.outcome_id = self.no_answer
        form.save().action_tell()
        with self.assertRaisesRegex(UserError, "colleague has marked"):
            forged.create(vals).action_tell()
        self.assertEqual(self._row(call).outcome_id, self.no_answer)

    def test_colleague_was_faster(self):
        """What one wanted to tell is not lost without a word."""
        call = self._plan(self.oak)
        form = self._ask(call)
        form.outcome_id = self.agreed
        form.summary = "They will take it"
        call.with_user(self.ben).action_feedback()
        with self.assertRaisesRegex(UserError, "colleague has marked"):
            form.save().action_tell()

    def test_activity_whose_mail_was_sent(self):
        """The mail is in the history, so it says how the activity ended."""
        mail = self._plan(self.lead, kind="email")
        self.lead.with_user(self.carla).message_post(
            body="Our offer",
            partner_ids=self.brandon.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        form = self._ask(mail)
        form.outcome_id = self.agreed
        form.save().action_tell()
        self.assertFalse(self._row(mail))
        written = self._history(self.oak).filtered(lambda row: row.channel == "email")
        self.assertEqual(written.outcome_id, self.agreed)

    def test_two_companies(self):
        company = self.env["res.company"].create({"name": "Oak Abroad"})
        self.carla.company_ids += company
        lead = self._create_lead(
            self.brandon, user_id=self.carla.id, company_id=company.id, team_id=False
        )
        call = self._plan(lead)
        form = self._ask(call.with_context(allowed_company_ids=company.ids))
        form.outcome_id = self.agreed
        form.save().action_tell()
        self.assertRecordValues(
            self._row(call), [{"company_id": company.id, "outcome_id": self.agreed.id}]
        )

    # ---- cost ----

    def test_web_client_knows_where_to_ask(self):
        call, todo = self._plan(self.oak), self._plan(self.oak, kind="todo")
        types = Store().add(call | todo).get_result()["mail.activity.type"]
        channels = {values["id"]: values["interaction_channel"] for values in types}
        self.assertEqual(channels[call.activity_type_id.id], "phone")
        self.assertFalse(channels[todo.activity_type_id.id])

    def test_no_statement_more_without_promises(self):
        """An activity says itself whether it is of a promise: nothing is looked for otherwise."""

        def done(count):
            calls = self.env["mail.activity"].union(*(self._plan(self.oak) for __ in range(count)))
            self._end_transaction()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            calls.with_user(self.carla).action_feedback()
            self._end_transaction()
            return self.cr.sql_log_count - before

        def done_without(count):
            promises = self.env.registry["crm.promise"]
            with patch.object(promises, "_find_open_of", lambda promise, __: promise):
                return done(count)

        done(1)
        for count in (1, 20):
            with self.subTest(count=count):
                self.assertEqual(done(count) - done_without(count), 0)
