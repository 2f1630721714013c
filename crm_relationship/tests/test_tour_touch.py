from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("crm_relationship", "post_install", "-at_install")
class TestTourTouch(HttpCase):
    def test_keep_in_touch(self):
        groups = "base.group_user,base.group_partner_manager,sales_team.group_sale_salesman"
        user = new_test_user(self.env, "rel_tour", groups=groups, email="tour@test.example.com")
        self.env["res.company"].search(
            [("resource_calendar_id", "!=", False)]
        ).resource_calendar_id = False
        self.env["res.partner"].search([("user_id", "=", user.id)]).user_id = False
        oak, lucy = self.env["res.partner"].create(
            [
                {"name": "Oak Interiors", "is_company": True, "user_id": user.id},
                {"name": "Lucy Lumen", "user_id": user.id},
            ]
        )
        nina = self.env["res.partner"].create({"name": "Nina", "parent_id": oak.id})
        now = fields.Datetime.now()
        self.env["crm.interaction"].create(
            [
                {
                    "partner_id": partner.id,
                    "date": fields.Datetime.subtract(now, days=days),
                    "channel": "phone",
                }
                for partner, days in (
                    *((nina, days) for days in (80, 100, 120, 140)),
                    (lucy, 70),
                )
            ]
        )
        status = self.env.ref("crm_relationship.status_regular")
        status.write({"cadence_days": 20, "cadence_max_days": 45})
        lucy.keep_in_touch_days = 60
        (oak | lucy).relationship_status_id = status
        (oak | lucy)._refresh_relationship()
        (oak | lucy).relationship_status_id = status
        # 80 days of a rhythm of 20: 0.5 ** 2
        self.assertEqual(oak.relationship_health, 25)
        self.start_tour("/odoo/keep-in-touch", "crm_relationship_touch", login=user.login)
        self.assertEqual(lucy.keep_in_touch_pause_reason, "on parental leave")
        until = fields.Date.add(fields.Date.context_today(lucy), days=30)
        self.assertEqual(lucy.keep_in_touch_pause_until, until)
