from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("crm_relationship", "post_install", "-at_install")
class TestTourWaiting(HttpCase):
    def test_answer_and_set_aside(self):
        groups = "base.group_user,base.group_partner_manager,sales_team.group_sale_salesman"
        user = new_test_user(self.env, "rel_tour", groups=groups, email="tour@test.example.com")
        inquiries = self.env["crm.interaction"]
        inquiries.search([("needs_reply", "=", True)]).needs_reply = False
        now = fields.Datetime.now()
        brandon, lucy = self.env["res.partner"].create(
            [
                {"name": "Brandon", "email": "brandon@oak.example.com", "user_id": user.id},
                {"name": "Lucy Lumen", "email": "lucy@lumen.example.com", "user_id": user.id},
            ]
        )
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
