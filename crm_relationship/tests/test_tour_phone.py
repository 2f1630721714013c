from odoo.tests import HttpCase, new_test_user, tagged


@tagged("crm_relationship", "post_install", "-at_install")
class TestTourPhone(HttpCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_board_of_clients(self):
        """The first status is folded: it would be an empty screen."""
        user = new_test_user(
            self.env, "rel_tour", groups="base.group_user,sales_team.group_sale_salesman"
        )
        statuses = self.env["crm.relationship.status"].search([])
        statuses.fold = True
        cold, prospect = statuses[:2]
        prospect.fold = False
        for status in (cold, prospect):
            client = self.env["res.partner"].create({"name": f"Client of {status.name}"})
            client.relationship_status_id = status
        self.assertEqual((cold.name, prospect.name), ("Cold", "Prospect"))
        self.start_tour("/odoo/clients", "crm_relationship_phone", login=user.login)
