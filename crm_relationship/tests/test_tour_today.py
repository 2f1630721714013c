from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("crm_relationship", "post_install", "-at_install")
class TestTourToday(HttpCase):
    def test_a_morning(self):
        groups = "base.group_user,base.group_partner_manager,sales_team.group_sale_salesman"
        user = new_test_user(self.env, "rel_tour", groups=groups, email="tour@test.example.com")
        user.tz = "UTC"
        today = self.env["crm.today"].with_user(user)
        day = today._get_day(user, fields.Datetime.now())
        oak, lumen = self.env["res.partner"].create(
            [
                {"name": "Oak Interiors", "is_company": True, "user_id": user.id},
                {"name": "Lucy Lumen", "user_id": user.id},
            ]
        )
        promise = self.env["crm.promise"].create(
            {
                "name": "send a sample",
                "partner_id": oak.id,
                "date_due": day.date - timedelta(days=1),
                "user_id": user.id,
            }
        )
        activity = oak.activity_schedule(
            "mail.mail_activity_data_todo",
            day.date,
            summary="Look it up",
            user_id=user.id,
        )
        self.env["calendar.event"].with_context(dont_notify=True).create(
            {
                "name": "Visit",
                "start": fields.Datetime.to_datetime(day.next_date) + timedelta(hours=9),
                "stop": fields.Datetime.to_datetime(day.next_date) + timedelta(hours=10),
                "user_id": user.id,
                "partner_ids": [(6, 0, (user.partner_id | oak).ids)],
            }
        )
        # Due as the refresh of a client would leave it.
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET keep_in_touch_date = %s WHERE id = %s", (day.date, lumen.id)
        )
        self.start_tour("/odoo/today", "crm_relationship_today", login=user.login)
        self.assertEqual(promise.state, "late")
        self.assertFalse(activity.active)
        postponed = self.env["crm.today.postponement"].search([("user_id", "=", user.id)])
        self.assertEqual(
            (postponed.partner_id, postponed.reason, postponed.date_until),
            (lumen, "Nobody there", day.next_date),
        )
