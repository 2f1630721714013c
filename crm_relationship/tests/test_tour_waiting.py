from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("crm_relationship", "post_install", "-at_install")
class TestTourWaiting(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,base.group_partner_manager,sales_team.group_sale_salesman"
        user = new_test_user(cls.env, "rel_tour", groups=groups, email="tour@test.example.com")
        cls.user = user
        cls.inquiries = cls.env["crm.interaction"]
        cls.inquiries.search([("needs_reply", "=", True)]).needs_reply = False
        cls.brandon, cls.lucy = cls.env["res.partner"].create(
            [
                {"name": "Brandon", "email": "brandon@oak.example.com", "user_id": user.id},
                {"name": "Lucy Lumen", "email": "lucy@lumen.example.com", "user_id": user.id},
            ]
        )

    def test_answer_and_set_aside(self):
        now = fields.Datetime.now()
        user, inquiries, brandon, lucy = self.user, self.inquiries, self.brandon, self.lucy
        first = brandon.message_post(
            body="What is one desk?",
            subject="Price of the desk?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=brandon.id,
            email_from=brandon.email,
        )
        first.date = fields.Datetime.subtract(now, days=9)
        self.env.cr.flush()
        inquiry = inquiries.search([("partner_id", "=", brandon.id)])
        inquiry.write({"response_deadline": fields.Datetime.subtract(now, days=8)})
        inquiry.date = first.date
        other = inquiries.create(
            {
                "partner_id": lucy.id,
                "user_id": user.id,
                "channel": "email",
                "direction": "in",
                "needs_reply": True,
                "subject": "Buy our links",
            }
        )
        self.start_tour("/odoo/waiting", "crm_relationship_waiting", login=user.login)
        self.assertFalse(inquiry.is_waiting)
        reply = inquiries.search([("partner_id", "=", brandon.id), ("direction", "=", "out")])
        self.assertEqual(reply.message_id.parent_id, first)
        self.assertTrue(other.is_waiting)
        self.assertFalse(other.no_reply_reason)

    def test_without_the_mouse(self):
        now = fields.Datetime.now()
        first, second = self.inquiries.create(
            [
                {
                    "partner_id": partner.id,
                    "user_id": self.user.id,
                    "date": fields.Datetime.subtract(now, hours=hours),
                    "channel": "email",
                    "direction": "in",
                    "needs_reply": True,
                    "subject": "Price of the desk?",
                }
                for partner, hours in ((self.brandon, 3), (self.lucy, 2))
            ]
        )
        self.start_tour("/odoo/waiting", "crm_relationship_waiting_keys", login=self.user.login)
        self.assertEqual(first.no_reply_reason, "thanks")
        self.assertTrue(second.is_waiting)

    def test_answer_that_did_not_arrive(self):
        now = fields.Datetime.now()
        self.inquiries.create(
            [
                {
                    "partner_id": partner.id,
                    "user_id": self.user.id,
                    "date": fields.Datetime.subtract(now, hours=3),
                    "channel": "email",
                    "direction": "in",
                    "needs_reply": True,
                    "subject": "Price of the desk?",
                }
                for partner in (self.brandon, self.lucy)
            ]
        )
        message = self.brandon.with_user(self.user).message_post(
            body="890 each.",
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            partner_ids=self.brandon.ids,
        )
        self.env.cr.flush()
        message.sudo().notification_ids.write(
            {"notification_status": "bounce", "failure_type": "mail_bounce"}
        )
        self.env.cr.flush()
        self.start_tour(
            "/odoo/waiting", "crm_relationship_waiting_undelivered", login=self.user.login
        )
