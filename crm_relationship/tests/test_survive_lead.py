from odoo import Command, fields
from odoo.exceptions import AccessError
from odoo.tests import tagged, users

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestSurviveLead(RelationshipCommon):
    """The history of a lead stays when the lead is converted, merged, archived or deleted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Who sees all leads and may delete them.
        cls.anna.group_ids = [Command.link(cls.env.ref("base.group_partner_manager").id)]

    def _talk(self, lead, **vals):
        """A talk about the lead, with all that one writes down."""
        return self._create_interaction(
            lead.partner_id,
            lead_id=lead.id,
            subject="Desks",
            offered="12 desks, -5%",
            summary="Wants oak",
            outcome_id=self.env.ref("crm_relationship.outcome_agreed").id,
            user_id=lead.user_id.id,
            **vals,
        )

    def _readable(self, user, rows):
        domain = [("id", "in", rows.ids)]
        return rows.with_user(user).search(domain).with_env(self.env)

    def test_that_a_lead_came_moves_to_the_client_chosen_later(self):
        lead = self._create_lead(self.lumen)
        self._end_transaction()
        came = self.interactions.search([("origin_key", "=", f"lead:{lead.id}")])
        talk = self._talk(lead)
        reply = self._create_interaction(self.lumen)
        came.write({"needs_reply": True, "reply_id": reply.id})
        self.env["crm.relationship.refresh"]._pop()
        lead.partner_id = self.nina
        self._end_transaction()
        self.assertRecordValues(
            came,
            [
                {
                    "partner_id": self.nina.id,
                    "commercial_partner_id": self.oak.id,
                    "reply_id": False,
                }
            ],
        )
        self.assertEqual(talk.commercial_partner_id, self.lumen, "what was said to her")
        queued = set(self.env["crm.relationship.refresh"]._pop())
        self.assertEqual(queued & {self.oak.id, self.lumen.id}, {self.oak.id, self.lumen.id})

    def test_that_a_lead_came_stays_when_its_person_moves(self):
        lead = self._create_lead(self.brandon)
        self._end_transaction()
        self.brandon.parent_id = False
        lead.source_id = self.env["utm.source"].create({"name": "Fair"})
        self._end_transaction()
        came = self.interactions.search([("origin_key", "=", f"lead:{lead.id}")])
        self.assertEqual(came.commercial_partner_id, self.oak)

    def test_deleted_lead_leaves_its_history(self):
        lead = self._create_lead(self.lumen, user_id=self.carla.id)
        talk = self._talk(lead)
        promise = self.env["crm.promise"].create(
            {"name": "Offer", "partner_id": self.lumen.id, "interaction_id": talk.id}
        )
        lead.with_user(self.anna).unlink()
        self.env.invalidate_all()
        self.assertRecordValues(
            talk,
            [
                {
                    "lead_id": False,
                    "partner_id": self.lumen.id,
                    "subject": "Desks",
                    "offered": "12 desks, -5%",
                    "summary": "Wants oak",
                    "outcome_result": "success",
                    "user_id": self.carla.id,
                    "former_lead_user_id": self.carla.id,
                }
            ],
        )
        self.assertEqual(promise.interaction_id, talk)
        self.assertEqual((promise.state, promise.activity_id.active), ("open", True))
        self.assertEqual(self.lumen.activity_ids, promise.activity_id)

    def test_deleted_lead_of_a_stranger_with_whom_there_was_a_meeting(self):
        lead = self._create_lead(user_id=self.carla.id)
        now = fields.Datetime.now()
        self.env["calendar.event"].create(
            {
                "name": "Showroom",
                "start": fields.Datetime.subtract(now, hours=2),
                "stop": fields.Datetime.subtract(now, hours=1),
                "user_id": self.carla.id,
                "partner_ids": [Command.set(self.carla.partner_id.ids)],
                "opportunity_id": lead.id,
            }
        )
        self._run_cron("ir_cron_meetings")
        rows = self.interactions.search([("lead_id", "=", lead.id)])
        self.assertEqual(rows.mapped("channel"), ["meeting"])
        lead.with_user(self.anna).unlink()
        self.assertFalse(rows.exists())
        self._run_cron("ir_cron_meetings")
        self.assertFalse(self.interactions.search([("subject", "=", "Showroom")]))

    def test_response_times_count_what_strangers_asked_on_deleted_leads(self):
        lead = self._create_lead(
            user_id=self.carla.id, email_from="zoe@far.example.com", contact_name="Zoe"
        )
        self._end_transaction()
        self.interactions.search([("lead_id", "=", lead.id)]).unlink()
        rows = self.interactions.create(
            [
                {
                    "lead_id": lead.id,
                    "subject": "Zoe's desks",
                    "summary": "Zoe wants oak",
                    "channel": "website",
                    "user_id": self.carla.id,
                    **vals,
                }
                for vals in (
                    {"direction": "in", "needs_reply": True, "date": "2026-02-02 08:00:00"},
                    {"direction": "out", "date": "2026-02-02 10:00:00"},
                    {"direction": "in", "needs_reply": True, "date": "2026-02-03 08:00:00"},
                    {"direction": "in", "date": "2026-02-03 08:30:00"},
                )
            ]
        )
        answered, reply, unanswered, told = rows
        self.interactions._link_replies_of_strangers()
        self.assertEqual((rows - told).mapped("reply_id"), reply)
        lead.with_user(self.anna).unlink()
        self._refresh_clients()
        self.assertFalse(told.exists())
        self.assertEqual((answered.reply_id, answered.response_hours), (reply, 2))
        self.assertFalse(any((rows - told).mapped("subject") + (rows - told).mapped("summary")))
        self.assertEqual((rows - told).former_lead_user_id, self.carla)
        report = self.env["crm.response.report"].search([("id", "in", rows.ids)])
        self.assertEqual(
            {row.id: row.state for row in report},
            {answered.id: "in_time", unanswered.id: "not_needed"},
        )

    def test_history_of_a_deleted_lead_is_as_secret_as_before(self):
        of_ben = self._create_lead(self.lumen, user_id=self.ben.id)
        of_carla = self._create_lead(self.lumen, user_id=self.carla.id)
        of_nobody = self._create_lead(self.lumen, user_id=False)
        rows = self.interactions
        for lead in (of_ben, of_carla, of_nobody):
            rows |= self._talk(lead, direction="out").with_env(self.env)
        rows.user_id = self.anna
        promises = self.env["crm.promise"].create(
            [
                {
                    "name": "Offer",
                    "partner_id": self.lumen.id,
                    "interaction_id": row.id,
                    "user_id": self.anna.id,
                }
                for row in rows
            ]
        )
        before = {user: self._readable(user, rows) for user in (self.anna, self.ben, self.carla)}
        promised = {user: self._readable(user, promises) for user in before}
        self.assertEqual(before[self.carla], rows[1:])
        self.assertEqual(promised[self.carla], promises[1:])
        (of_ben | of_carla | of_nobody).with_user(self.anna).unlink()
        self.env.invalidate_all()
        for user, readable in before.items():
            with self.subTest(user=user.login):
                self.assertEqual(self._readable(user, rows), readable)
                self.assertEqual(self._readable(user, promises), promised[user])
        with self.assertRaises(AccessError):
            rows[0].with_user(self.carla).read(["summary"])

    def test_lead_of_a_salesperson_who_is_deleted_is_everybodys(self):
        gone = self._create_user("rel_gone", "sales_team.group_sale_salesman")
        talk = self._talk(self._create_lead(self.lumen, user_id=gone.id))
        talk.lead_id.with_user(self.anna).unlink()
        self.assertFalse(self._readable(self.carla, talk))
        talk.user_id = self.ben
        gone.unlink()
        self.env.invalidate_all()
        self.assertEqual(self._readable(self.carla, talk), talk)

    @users("rel_ben")
    def test_merged_leads_are_one_history(self):
        stranger = self._create_lead(email_from="zoe@far.example.com")
        inquiry = self.interactions.create(
            {"lead_id": stranger.id, "direction": "in", "needs_reply": True, "channel": "website"}
        )
        known = self._create_lead(self.lumen)
        talk = self._talk(known)
        mail = stranger.message_post(
            body="Hello", message_type="email", subtype_xmlid="mail.mt_comment", author_id=False
        )
        self._end_transaction()
        wizard = (
            self.env["crm.merge.opportunity"]
            .with_context(active_ids=(stranger | known).ids)
            .create({"user_id": self.ben.id})
        )
        wizard.action_merge()
        self._end_transaction()
        merged = (stranger | known).exists()
        self.assertEqual(len(merged), 1)
        rows = (inquiry | talk | self.interactions.search([("message_id", "=", mail.id)])).sudo()
        self.assertEqual(len(rows), 3)
        self.assertEqual(rows.lead_id, merged)
        self.assertEqual(rows.commercial_partner_id, self.lumen)
        self.assertEqual(set(rows.filtered("res_model").mapped("res_id")), {merged.id})
        self.assertEqual(talk.summary, "Wants oak")

    def _convert(self, lead, user, **vals):
        wizard = (
            self.env["crm.lead2opportunity.partner"]
            .with_user(user)
            .with_context(active_model="crm.lead", active_id=lead.id, active_ids=lead.ids)
            .create({"name": "convert", "user_id": user.id, **vals})
        )
        wizard.action_apply()
        self._end_transaction()

    def test_converted_with_a_new_customer(self):
        lead = self._create_lead(
            type="lead",
            user_id=self.carla.id,
            contact_name="Zoe Zimmer",
            email_from="zoe@far.example.com",
        )
        inquiry = self.interactions.create(
            {"lead_id": lead.id, "direction": "in", "needs_reply": True, "channel": "website"}
        )
        self._convert(lead, self.carla, action="create")
        self.assertEqual(lead.type, "opportunity")
        self.assertEqual(lead.partner_id.name, "Zoe Zimmer")
        self.assertEqual(inquiry.partner_id, lead.partner_id)
        self.assertTrue(inquiry.is_waiting)
        self._create_interaction(lead.partner_id, user_id=self.carla.id)
        self._refresh_clients()
        self.assertFalse(inquiry.is_waiting)
        # Who was answered is in talks with us.
        self.assertStatus(lead.partner_id, self.env.ref("crm_relationship.status_prospect"))

    def test_converted_with_an_existing_customer(self):
        lead = self._create_lead(type="lead", user_id=self.carla.id)
        inquiry = self.interactions.create(
            {"lead_id": lead.id, "direction": "in", "needs_reply": True, "channel": "website"}
        )
        self._convert(lead, self.carla, action="exist", partner_id=self.brandon.id)
        self.assertEqual(inquiry.partner_id, self.brandon)
        self.assertEqual(inquiry.commercial_partner_id, self.oak)
        self.assertEqual(self._readable(self.carla, inquiry), inquiry)

    def test_lost_archived_and_restored(self):
        lead = self._create_lead(self.lumen, user_id=self.carla.id)
        talk = self._talk(lead)
        before = talk.read()[0]
        mine = lead.with_user(self.carla)
        mine.action_set_lost()
        self.assertFalse(lead.active)
        self.assertEqual(self._readable(self.carla, talk), talk)
        mine.action_restore()
        self.assertTrue(lead.active)
        self.env.invalidate_all()
        self.assertEqual(talk.read()[0], before)
