from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("crm_relationship", "post_install", "-at_install")
class TestTourRules(HttpCase):
    def test_make_see_try_and_switch_on(self):
        groups = "base.group_user,base.group_partner_manager,sales_team.group_sale_manager"
        user = new_test_user(self.env, "rel_tour", groups=groups, email="tour@test.example.com")
        self.env["crm.relationship.rule"].search([]).active = False
        lucy, brandon = self.env["res.partner"].create(
            [
                {"name": "Lucy Tour", "email": "lucy@tour.example.com", "comment": "tour"},
                {"name": "Brandon Tour", "comment": "tour"},
            ]
        )
        day = fields.Date.today() + timedelta(days=5)
        self.env["crm.important.date"].create(
            [
                {
                    "partner_id": partner.id,
                    "kind_id": self.env.ref("crm_relationship.date_kind_birthday").id,
                    "month": day.month,
                    "day": day.day,
                }
                for partner in lucy + brandon
            ]
        )
        self.env["mail.template"].create(
            {
                "name": "Tour Greeting",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "subject": "All the best, {{ object.name }}",
                "body_html": "<p>Dear <t t-out='object.name'/></p>",
                "use_default_to": True,
            }
        )
        self.start_tour(
            "/odoo/relationship-rules", "crm_relationship_rules", login=user.login, timeout=180
        )
        rule = self.env["crm.relationship.rule"].search([("name", "=", "Tour birthday")])
        self.assertTrue(rule.active)
        self.assertTrue(rule.date_start)
        self.assertFalse(rule.run_ids)
        self.assertFalse(self.env["mail.mail"].search([("recipient_ids", "in", lucy.ids)]))
        test = self.env["mail.mail"].search([("email_to", "ilike", user.email)])
        self.assertEqual(test.subject, "[Test] All the best, Lucy Tour")
