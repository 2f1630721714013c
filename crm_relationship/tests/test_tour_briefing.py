from odoo.tests import HttpCase, new_test_user, tagged


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
