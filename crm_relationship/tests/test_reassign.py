from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from .common_handover import NOW, HandoverCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestReassign(HandoverCommon):
    """What somebody is behind with goes to a colleague: exactly what was counted."""

    @classmethod
    @freeze_time(NOW)
    def setUpClass(cls):
        super().setUpClass()
        cls._create_open_work()
        yesterday = fields.Date.today() - timedelta(days=1)
        cls.activity.date_deadline = yesterday
        cls.promise.date_due = yesterday
        cls.env.flush_all()

    def _open(self, user=None, **context):
        wizards = self.env["crm.reassign"].with_user(user or self.anna).with_context(**context)
        values = wizards.default_get(["from_user_id", "line_ids"])
        return (
            self.env["crm.reassign"]
            .with_user(user or self.anna)
            .create({**values, "to_user_id": self.ben.id})
        )

    def _open_monday(self, user=None):
        monday = self.env["crm.monday"].with_user(user or self.anna)
        return self._open(user, **monday.get_reassign_action(self.carla.id)["context"])

    @freeze_time(NOW)
    def test_the_dialog_counts_what_monday_counts(self):
        data = self.env["crm.monday"].with_user(self.anna).get_monday()
        [row] = [row for row in data["people"] if row["id"] == self.carla.id]
        labels = {column["key"]: column["label"] for column in data["columns"]}
        expected = {labels[key]: count for key, count in row["counts"].items() if count}
        wizard = self._open_monday()
        self.assertEqual({line.name: line.count for line in wizard.line_ids}, expected)
        self.assertEqual(expected["Waiting"], 1)

    @freeze_time(NOW)
    def test_exactly_what_was_counted_goes(self):
        wizard = self._open_monday()
        later = self.lead.activity_schedule(
            "mail.mail_activity_data_todo", "2026-03-01", summary="New", user_id=self.carla.id
        )
        ahead = self.lead.activity_schedule(
            "mail.mail_activity_data_todo", "2026-03-30", summary="Ahead", user_id=self.carla.id
        )
        wizard.action_reassign()
        self.assertEqual(
            (self.activity.user_id, self.promise.user_id, self.inquiry.user_id),
            (self.ben, self.ben, self.ben),
        )
        self.assertEqual((later.user_id, ahead.user_id), (self.carla, self.carla))
        self.assertEqual((self.oak.user_id, self.lead.user_id), (self.carla, self.carla))

    @freeze_time(NOW)
    def test_only_what_is_chosen_goes(self):
        wizard = self._open_monday()
        wizard.line_ids.filtered(lambda line: line.res_model == "crm.promise").is_chosen = False
        wizard.action_reassign()
        self.assertEqual((self.promise.user_id, self.inquiry.user_id), (self.carla, self.ben))
        wizard.line_ids.is_chosen = False
        with self.assertRaisesRegex(UserError, "What: choose"):
            wizard.action_reassign()

    @freeze_time(NOW)
    def test_marked_in_a_list(self):
        other = self._create_lead(self.oak, user_id=self.carla.id)
        wizard = self._open(active_model="crm.lead", active_ids=self.lead.ids)
        self.assertEqual(wizard.line_ids.count, 1)
        wizard.action_reassign()
        self.assertEqual((self.lead.user_id, other.user_id), (self.ben, self.carla))
        traces = self.lead.message_ids.filtered(lambda message: "Reassigned to" in message.body)
        self.assertEqual(len(traces), 1)
        self.assertEqual(traces.author_id, self.anna.partner_id)

    @freeze_time(NOW)
    def test_nobodys_lead_counts_as_assigned_now(self):
        lead = self._create_lead(self.oak, user_id=False)
        self.assertFalse(lead.date_open)
        self._open(active_model="crm.lead", active_ids=(lead + self.lead).ids).action_reassign()
        self.assertEqual((lead.user_id, self.lead.user_id), (self.ben, self.ben))
        self.assertTrue(lead.date_open)

    @freeze_time(NOW)
    def test_the_colleague_is_told_once(self):
        self._end_transaction()
        last = self._last_message()
        self._open_monday().action_reassign()
        told = self._messages_since(last)
        self.assertEqual((len(told), told.partner_ids), (1, self.ben.partner_id))
        self.assertIn("rel_anna", told.body)

    @freeze_time(NOW)
    def test_who_may(self):
        self.assertFalse(self.env["crm.reassign"].with_user(self.carla).has_access("create"))
        with self.assertRaises(AccessError):
            self._open(self.carla, active_model="crm.lead", active_ids=self.lead.ids)
        private = self._create_interaction(self.oak, user_id=self.carla.id, is_private=True)
        wizard = self._open(self.ben, active_model="crm.interaction", active_ids=private.ids)
        with self.assertRaises(AccessError):
            wizard.action_reassign()

    @freeze_time(NOW)
    def test_impossible_takers_are_refused(self):
        wizard = self._open_monday()
        wizard.to_user_id = False
        with self.assertRaisesRegex(UserError, "To: choose"):
            wizard.action_reassign()
        wizard.to_user_id = self.insider
        with self.assertRaisesRegex(UserError, "does not work in sales"):
            wizard.action_reassign()
        company = self.env["res.company"].create({"name": "Second"})
        self.anna.company_ids = [Command.link(company.id)]
        self.carla.company_ids = [Command.link(company.id)]
        self.lumen.company_id = company
        wizard = self._open(active_model="res.partner", active_ids=self.lumen.ids)
        with self.assertRaisesRegex(UserError, "does not work for Second"):
            wizard.action_reassign()
        wizard.line_ids.res_model = "res.users"
        with self.assertRaisesRegex(UserError, "can't be reassigned"):
            wizard.action_reassign()

    @freeze_time(NOW)
    def test_statements_do_not_grow_with_rows(self):
        def reassign(number):
            partners = self.env["res.partner"].create(
                [{"name": f"Many {index}", "user_id": self.carla.id} for index in range(number)]
            )
            self._end_transaction()
            wizard = self._open(active_model="res.partner", active_ids=partners.ids)
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            wizard.action_reassign()
            self._end_transaction()
            self.assertEqual(partners.user_id, self.ben)
            return self.env.cr.sql_log_count - start

        reassign(3)
        few = reassign(5)
        self.assertEqual(reassign(50), few)
