from odoo.tests import HttpCase, new_test_user, tagged


@tagged("crm_relationship", "post_install", "-at_install")
class TestTourComplaint(HttpCase):
    def test_from_the_contact_to_closed(self):
        groups = "base.group_user,base.group_partner_manager,sales_team.group_sale_salesman"
        user = new_test_user(self.env, "rel_tour", groups=groups, email="tour@test.example.com")
        client = self.env["res.partner"].create({"name": "Oak Interiors", "is_company": True})
        self.start_tour(
            f"/odoo/res.partner/{client.id}", "crm_relationship_complaint", login=user.login
        )
        complaint = self.env["crm.complaint"].search([("partner_id", "=", client.id)])
        self.assertEqual((complaint.state, complaint.user_id), ("resolved", user))
        self.assertEqual(complaint.resolution, "Brought a new desk")
        self.assertEqual(complaint.told_interaction_id.channel, "phone")
        self.assertTrue(complaint.date_acknowledged)
        self.assertEqual(complaint.amends_promise_id.name, "Voucher of 50")
