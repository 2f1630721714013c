from datetime import timedelta

from odoo import fields
from odoo.tests import HttpCase, new_test_user, tagged


@tagged("crm_relationship", "post_install", "-at_install")
class TestTourOutcome(HttpCase):
    """How it ended, asked in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,base.group_partner_manager,sales_team.group_sale_salesman"
        cls.user = new_test_user(cls.env, "rel_tour", groups=groups, email="tour@test.example.com")
        cls.client = cls.env["res.partner"].create({"name": "Oak Interiors", "is_company": True})

    def test_activity(self):
        plan = {"First call": "call", "Second call": "call", "Draw the plan": "todo"}
        for summary, kind in plan.items():
            self.client.activity_schedule(
                f"mail.mail_activity_data_{kind}", summary=summary, user_id=self.user.id
            )
        self.start_tour(
            f"/odoo/res.partner/{self.client.id}",
            "crm_relationship_activity_outcome",
            login=self.user.login,
        )
        first, second = self.env["crm.interaction"].search(
            [("partner_id", "=", self.client.id), ("activity_id", "!=", False)], order="id"
        )
        self.assertRecordValues(
            first | second,
            [
                {
                    "outcome_id": self.env.ref("crm_relationship.outcome_think").id,
                    "summary": "3 desks, asks the partner",
                    "offered": "3 oak desks",
                    "is_outcome_skipped": False,
                },
                {
                    "outcome_id": False,
                    "summary": False,
                    "offered": False,
                    "is_outcome_skipped": True,
                },
            ],
        )
        self.assertEqual(first.promise_ids.name, "Send a sample")

    def test_meetings(self):
        for number, name in enumerate(("Showroom", "Workshop", "Dinner"), start=1):
            start = fields.Datetime.now() - timedelta(days=number)
            self.env["calendar.event"].with_context(no_mail_to_attendees=True).create(
                {
                    "name": name,
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "user_id": self.user.id,
                    "partner_ids": (self.user.partner_id | self.client).ids,
                }
            )
        self.env.ref("crm_relationship.ir_cron_meetings").method_direct_trigger()
        self.start_tour(
            "/odoo/meeting-outcomes", "crm_relationship_meeting_outcome", login=self.user.login
        )
        rows = self.env["crm.interaction"].search([("partner_id", "=", self.client.id)])
        self.assertEqual(
            {row.subject: (row.outcome_result, row.is_outcome_skipped) for row in rows},
            {"Showroom": ("success", False), "Workshop": (False, True)},
        )
