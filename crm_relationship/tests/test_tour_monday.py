from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("crm_relationship", "post_install", "-at_install")
class TestTourMonday(HttpCase):
    def setUp(self):
        super().setUp()
        groups = "base.group_user,base.group_partner_manager,sales_team."
        self.manager, self.mona, self.tara = (
            new_test_user(
                self.env,
                login,
                name=name,
                groups=groups + group,
                email=f"{login}@test.example.com",
            )
            for login, name, group in (
                ("rel_tour", "Tour Manager", "group_sale_manager"),
                ("rel_mona", "Mona Late", "group_sale_salesman"),
                ("rel_tara", "Tara Takes", "group_sale_salesman"),
            )
        )
        self.client = self.env["res.partner"].create(
            {"name": "Oak Interiors", "is_company": True, "user_id": self.mona.id}
        )
        self.promises = self.env["crm.promise"].create(
            [
                {
                    "name": name,
                    "partner_id": self.client.id,
                    "date_due": fields.Date.today() - timedelta(days=3),
                    "user_id": self.mona.id,
                }
                for name in ("Samples", "A drawing")
            ]
        )

    def test_monday(self):
        self.start_tour("/odoo/monday", "crm_relationship_monday", login=self.manager.login)
        self.assertEqual(self.promises.user_id, self.tara)

    def test_handover(self):
        self.start_tour("/odoo/handovers", "crm_relationship_handover", login=self.manager.login)
        handover = self.env["crm.handover"].search([("from_user_id", "=", self.mona.id)])
        self.assertEqual((handover.state, handover.reason), ("returned", "At a fair"))
        self.assertEqual(set(handover.line_ids.mapped("state")), {"returned"})
        self.assertEqual((self.client.user_id, self.promises.user_id), (self.mona, self.mona))
