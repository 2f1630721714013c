from datetime import timedelta

from odoo import Command, fields
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger


@tagged("crm_relationship", "post_install", "-at_install")
class TestTourBriefing(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,base.group_partner_manager,sales_team.group_sale_salesman"
        cls.user = new_test_user(cls.env, "rel_tour", groups=groups, email="tour@test.example.com")

    def test_log_and_see_it(self):
        client = self.env["res.partner"].create({"name": "Oak Interiors", "is_company": True})
        self.start_tour(
            f"/odoo/res.partner/{client.id}", "crm_relationship_briefing", login=self.user.login
        )
        call, visit = self.env["crm.interaction"].search([("partner_id", "=", client.id)])
        self.assertEqual((visit.channel, call.channel), ("visit", "phone"))
        self.assertEqual(visit.promise_ids.name, "Send a sample")

    def test_answer_a_stranger(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Terrace furniture",
                "type": "opportunity",
                "contact_name": "Toni",
                "email_from": "Toni <toni@example.org>",
                "user_id": self.user.id,
            }
        )
        self.env["crm.interaction"].create(
            {
                "lead_id": lead.id,
                "user_id": self.user.id,
                "channel": "website",
                "direction": "in",
                "needs_reply": True,
                "subject": "Do you deliver to Ghent?",
            }
        )
        self.start_tour(
            f"/odoo/crm.lead/{lead.id}", "crm_relationship_briefing_lead", login=self.user.login
        )

    def test_from_a_meeting_with_two_clients(self):
        clients = self.env["res.partner"].create(
            [{"name": "Oak Interiors", "is_company": True}, {"name": "Lucy Lumen"}]
        )
        start = fields.Datetime.now() + timedelta(days=1)
        event = self.env["calendar.event"].create(
            {
                "name": "Showroom",
                "start": start,
                "stop": start + timedelta(hours=1),
                "partner_ids": [Command.set((clients | self.user.partner_id).ids)],
                "user_id": self.user.id,
            }
        )
        clients[1].activity_schedule("mail.mail_activity_data_call", user_id=self.user.id)
        self.start_tour(
            f"/odoo/calendar.event/{event.id}",
            "crm_relationship_briefing_meeting",
            login=self.user.login,
        )

    def test_timeline(self):
        client = self.env["res.partner"].create({"name": "Oak Interiors", "is_company": True})
        now = fields.Datetime.now()
        self.env["crm.interaction"].create(
            [
                {
                    "partner_id": client.id,
                    "date": now - timedelta(days=number),
                    "channel": "email" if number == 1 else "phone",
                    "direction": "in" if number == 2 else "out",
                    "user_id": self.user.id if number == 3 else self.env.uid,
                    "subject": f"Talk {number:02}",
                }
                for number in range(1, 46)
            ]
        )
        self.start_tour(
            f"/odoo/res.partner/{client.id}", "crm_relationship_timeline", login=self.user.login
        )

    def test_by_phone(self):
        self.env["res.partner"].create(
            [
                {"name": "Oak Interiors", "is_company": True, "phone": "+32456001122"},
                {"name": "Lucy Lumen", "phone": "+32456001122"},
            ]
        )
        # Odoo's log has a line about what the tour is told: that "0" is no number.
        with mute_logger("odoo.http"):
            self.start_tour(
                "/crm_relationship/brief?phone=%2B32456001122",
                "crm_relationship_briefing_phone",
                login=self.user.login,
            )

    def test_for_who_is_no_salesperson(self):
        client = self.env["res.partner"].create({"name": "Oak Interiors"})
        reader = new_test_user(self.env, "rel_reader", groups="base.group_user")
        with mute_logger("odoo.http"):
            self.start_tour(
                f"/odoo/briefing/{client.id}",
                "crm_relationship_briefing_refused",
                login=reader.login,
            )
