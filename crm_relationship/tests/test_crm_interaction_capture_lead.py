from odoo import SUPERUSER_ID
from odoo.tests import tagged, users

from odoo.addons.mail.tests.common import MailCommon

from .common import RelationshipCommon

INQUIRY = {"direction": "in", "needs_reply": True, "is_attempt": False}
HISTORY_ONLY = {"direction": "in", "needs_reply": False, "is_attempt": True}


@tagged("crm_relationship", "post_install", "-at_install")
class TestCaptureLead(MailCommon, RelationshipCommon):
    """With each lead somebody came to us, by whatever path."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["mail.alias"].create(
            {
                "alias_name": "sales",
                "alias_domain_id": cls.mail_alias_domain.id,
                "alias_model_id": cls.env["ir.model"]._get_id("crm.lead"),
                "alias_contact": "everyone",
            }
        )

    def _add_lead(self, user, **vals):
        vals = {"name": "Desks", "type": "lead", "user_id": False, **vals}
        lead = self.env["crm.lead"].with_user(user).sudo().create(vals)
        self._end_transaction()
        return lead.with_env(self.env)

    def assertCame(self, lead, **expected):
        self.assertRecordValues(
            lead.interaction_ids, [{"origin_key": f"lead:{lead.id}", **expected}]
        )

    def test_lead_by_hand_for_a_colleague_waits(self):
        lead = self._add_lead(self.ben, partner_id=self.brandon.id, user_id=self.carla.id)
        self.assertCame(
            lead,
            **INQUIRY,
            date=lead.create_date,
            partner_id=self.brandon.id,
            commercial_partner_id=self.oak.id,
            user_id=self.carla.id,
            channel="other",
            subject="Desks",
            summary=False,
            res_model="crm.lead",
            res_id=lead.id,
        )
        self._refresh_clients()
        self.assertStatus(self.oak, self.status_cold)

    def test_lead_by_hand_for_nobody_waits(self):
        lead = self._add_lead(self.ben, email_from="stranger@far.example.com")
        self.assertCame(lead, **INQUIRY, partner_id=False, user_id=False)

    def test_lead_for_oneself_and_of_the_system_is_history_only(self):
        self.assertCame(self._add_lead(self.ben, user_id=self.ben.id), **HISTORY_ONLY)
        robot = self.env["res.users"].browse(SUPERUSER_ID)
        self.assertCame(self._add_lead(robot, user_id=self.ben.id), **HISTORY_ONLY)

    def test_lead_that_is_decided_already_is_history_only(self):
        won = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        self.assertCame(self._add_lead(self.ben, stage_id=won.id), **HISTORY_ONLY)
        self.assertCame(self._add_lead(self.ben, active=False, probability=0), **HISTORY_ONLY)

    def test_lead_of_a_visitor_came_by_the_website(self):
        visitor = self.env.ref("base.public_user")
        self.assertCame(
            self._add_lead(visitor, email_from="stranger@far.example.com"),
            **INQUIRY,
            channel="website",
        )

    def test_medium_says_the_channel(self):
        for name in ("email", "phone", "website"):
            medium = self.env.ref(f"utm.utm_medium_{name}")
            lead = self._add_lead(self.ben, medium_id=medium.id)
            with self.subTest(medium=name):
                self.assertCame(lead, channel=name)
        other = self.env["utm.medium"].create({"name": "Trade fair"})
        self.assertCame(self._add_lead(self.ben, medium_id=other.id), channel="other")

    @users("rel_anna")
    def test_imported_leads_are_history_only(self):
        fields = ["name", "partner_id/.id"]
        rows = [[f"Desks {number}", str(self.lumen.id)] for number in range(3)]
        leads = self.env["crm.lead"].with_context(import_file=True, default_user_id=False)
        result = leads.load(fields, rows)
        self.assertFalse(result["messages"])
        self.assertRecordValues(self._full_history(self.lumen), [HISTORY_ONLY] * 3)

    @users("rel_anna")
    def test_copied_lead_is_history_only(self):
        lead = self._create_lead(self.lumen).with_user(self.env.user)
        copy = lead.copy({"user_id": False})
        self.assertNotIn("crm_relationship_copy", copy.env.context)
        self._end_transaction()
        self.assertCame(copy.sudo(), **HISTORY_ONLY)

    def _receive(self, sender, message_id="<hello@far.example.com>"):
        return self.env["mail.thread"].message_process(
            "crm.lead",
            f"From: {sender}\nTo: sales@{self.alias_domain}\nSubject: Desks\n"
            f"Message-Id: {message_id}\nDate: Mon, 02 Mar 2026 10:00:00 +0000\n\nPrice?",
        )

    def test_mail_that_makes_a_lead_is_the_event(self):
        with self.mock_mail_gateway():
            lead = self.env["crm.lead"].browse(self._receive(self.brandon.email_formatted))
        self._end_transaction()
        self.assertEqual(lead.partner_id, self.brandon)
        self.assertRecordValues(
            lead.interaction_ids,
            [{**INQUIRY, "channel": "email", "origin_key": f"message:{lead.message_ids[-1].id}"}],
        )

    def test_mail_of_a_colleague_that_makes_a_lead_is_an_inquiry_of_somebody(self):
        with self.mock_mail_gateway():
            lead = self.env["crm.lead"].browse(self._receive(self.ben.email_formatted))
        self._end_transaction()
        self.assertEqual(lead.partner_id, self.ben.partner_id)
        self.assertFalse(lead.interaction_ids, "a colleague is no client")

    def test_lead_is_captured_once(self):
        lead = self._add_lead(self.ben, partner_id=self.lumen.id)
        self.interactions._capture("lead", lead.ids)
        self._end_transaction()
        self.assertEqual(len(lead.interaction_ids), 1)

    def test_lead_that_is_gone_before_the_commit_leaves_nothing(self):
        self.env["crm.lead"].create({"name": "Mistake", "partner_id": self.lumen.id}).unlink()
        self.assertFalse(self._full_history(self.lumen))

    def test_creating_leads_adds_one_statement(self):
        self._add_lead(self.ben)
        for count in (1, 20):
            self.env["crm.lead"].create(
                [{"name": "Desks", "partner_id": self.lumen.id} for __ in range(count)]
            )
            self.env.flush_all()
            with self.subTest(count=count), self.assertQueryCount(1):
                self.env.cr.flush()
