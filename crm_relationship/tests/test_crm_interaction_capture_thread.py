from odoo import Command
from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

from .common import RelationshipCommon

MODEL = "x_repair"


@tagged("crm_relationship", "post_install", "-at_install")
class TestCaptureThread(MailCommon, RelationshipCommon):
    """Documents of any app, here one made by an administrator, whose client Odoo knows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        many2one = {"ttype": "many2one", "state": "manual"}
        cls.env["ir.model"].create(
            {
                "name": "Repair",
                "model": MODEL,
                "state": "manual",
                "is_mail_thread": True,
                "is_mail_activity": True,
                "field_id": [
                    Command.create({"name": "x_name", "ttype": "char"}),
                    Command.create({**many2one, "name": "x_client_id", "relation": "res.partner"}),
                ],
                "access_ids": [
                    Command.create(
                        {
                            "name": "Repairs",
                            "group_id": cls.env.ref("sales_team.group_sale_manager").id,
                            **dict.fromkeys(
                                ("perm_read", "perm_write", "perm_create", "perm_unlink"), True
                            ),
                        }
                    )
                ],
            }
        )
        cls.repair = cls._create_repair(cls.brandon)

    @classmethod
    def _create_repair(cls, client):
        return cls.env[MODEL].create(
            {"x_name": "Wobbling desk", "x_client_id": client.id if client else False}
        )

    def _post(self, record, author, **vals):
        with self.mock_mail_gateway():
            return record.message_post(
                body="The left leg.",
                subject="Your wobbling desk",
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                author_id=author.id,
                **vals,
            )

    def test_models_come_from_the_registry(self):
        known = self.interactions._get_capture_models()
        self.assertEqual(known[MODEL], "x_client_id")
        self.assertEqual(known["crm.lead"], "partner_id")
        self.assertEqual(known["res.partner"], "id")
        for name in ("calendar.event", "discuss.channel", "crm.team", "crm.relationship.rule"):
            self.assertNotIn(name, known)

    def test_mails_on_any_document_are_history(self):
        asked = self._post(self.repair, self.brandon)
        answered = self._post(self.repair, self.anna.partner_id, partner_ids=self.brandon.ids)
        common = {
            "partner_id": self.brandon.id,
            "commercial_partner_id": self.oak.id,
            "lead_id": False,
            "channel": "email",
            "is_attempt": False,
            "res_model": MODEL,
            "res_id": self.repair.id,
        }
        self.assertRecordValues(
            self._history(self.oak),
            [
                {**common, "direction": "in", "needs_reply": True, "message_id": asked.id},
                {**common, "direction": "out", "needs_reply": False, "message_id": answered.id},
            ],
        )

    def test_nothing_of_a_document_is_told_that_not_everybody_may_read(self):
        self._post(self.repair, self.brandon)
        self.repair.with_user(self.anna).activity_schedule(
            "mail.mail_activity_data_call", summary="About the secret"
        ).action_feedback(feedback="Promised a new desk")
        history = self._history(self.oak)
        self.assertEqual(len(history), 2)
        self.assertFalse(any(history.mapped("subject")))
        self.assertFalse(any(history.mapped("summary")))
        self.assertEqual(len(history.with_user(self.carla).read(["date", "channel"])), 2)

    def test_document_without_client_or_of_our_own_is_none(self):
        self._post(self._create_repair(None), self.lumen)
        self._post(self._create_repair(self.insider.partner_id), self.lumen)
        self.assertFalse(self._history(self.lumen, self.insider.partner_id))

    def test_note_on_a_document_is_none(self):
        self.repair.with_user(self.anna).message_post(body="Third time!", message_type="comment")
        self.assertFalse(self._history(self.oak))

    def test_activity_on_any_document(self):
        activity = self.repair.with_user(self.anna).activity_schedule(
            "mail.mail_activity_data_call"
        )
        activity.date_deadline = "2199-01-01"
        self._end_transaction()
        activity.action_done()
        postponed = self.env.ref("crm_relationship.outcome_postponed")
        self.assertRecordValues(
            self._history(self.oak),
            [
                {"channel": "phone", "is_attempt": True, "outcome_id": postponed.id},
                {"channel": "phone", "is_attempt": False, "outcome_id": False},
            ],
        )

    def test_all_models_of_a_transaction_need_one_statement(self):
        lead = self._create_lead(self.brandon)
        self._end_transaction()
        for count in (1, 20):
            for record in (lead, self.repair, self.oak):
                for __ in range(count):
                    self._post(record, self.brandon)
            activities = self.env["mail.activity"]
            for record in (lead, self.repair, self.oak) * count:
                activities |= record.activity_schedule("mail.mail_activity_data_call")
            activities.action_done()
            self._create_lead(self.lumen)
            self.env.flush_all()
            with self.subTest(count=count), self.assertQueryCount(1):
                self.env.cr.flush()
        self.assertEqual(len(self._history(self.oak)), 126)
