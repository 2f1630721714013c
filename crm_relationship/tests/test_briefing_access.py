from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..models.briefing import crm_interaction_briefing
from .common_briefing import BriefingCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestBriefingAccess(BriefingCommon):
    """Who is told what: facts for all salespeople, texts by Odoo's ordinary rights."""

    def test_outside_sales_it_is_refused(self):
        for record in (self.oak, self._create_lead(self.oak), self.env["res.partner"]):
            with self.assertRaises(AccessError):
                record.with_user(self.insider).get_briefing()

    def test_private_text_is_hidden_and_counted(self):
        self._create_interaction(self.oak, days_ago=1, is_private=True, summary="A secret")
        self._create_interaction(self.oak, days_ago=9, is_private=True, summary="A secret")
        briefing = self._brief(self.oak, self.carla)
        self.assertEqual(
            briefing["last_contact"],
            {
                "date": briefing["last_contact"]["date"],
                "channel": "phone",
                "channel_name": "Phone",
                "direction": "out",
                "is_hidden": True,
                "user": {"id": self.ben.id, "name": self.ben.name},
            },
        )
        self.assertEqual(briefing["hidden"], 2)
        self.assertNotIn("secret", str(briefing))
        for user in (self.ben, self.anna):
            briefing = self._brief(self.oak, user)
            self.assertEqual(briefing["last_contact"]["summary"], "A secret")
            self.assertEqual(briefing["hidden"], 0)

    def test_how_a_private_talk_ended_is_a_fact(self):
        self._create_interaction(
            self.oak, is_private=True, summary="A secret", outcome_id=self.think.id
        )
        last = self._brief(self.oak, self.carla)["last_contact"]
        self.assertTrue(last["is_hidden"])
        self.assertEqual((last["outcome"], last["result"]), ("Must think", "neutral"))
        self.assertNotIn("secret", str(last))

    def test_subject_of_a_mail_needs_the_right_to_read_it(self):
        lead = self._create_lead(self.oak, user_id=self.ben.id)
        message = lead.message_post(body="Text", subject="Only for Ben", message_type="comment")
        self._create_interaction(
            self.oak, user_id=self.carla.id, lead_id=lead.id, message_id=message.id
        )
        self.assertNotIn("Only for Ben", str(self._brief(self.oak, self.carla)))
        self.assertEqual(self._brief(self.oak, self.ben)["last_contact"]["subject"], "Only for Ben")

    def test_hidden_rows_are_counted_up_to_a_bound(self):
        for days_ago in range(4):
            self._create_interaction(self.oak, days_ago=days_ago, is_private=True)
        self.assertEqual(self._brief(self.oak, self.carla)["hidden"], 4)
        self.patch(crm_interaction_briefing, "MAX_COUNTED", 3)
        self.assertEqual(self._brief(self.oak, self.carla)["hidden"], 3)

    def test_leads_of_others_are_counted(self):
        lead = self._create_lead(self.oak, user_id=self.ben.id, expected_revenue=500)
        self._create_interaction(self.oak, lead_id=lead.id, subject="On the lead of Ben")
        lead.activity_schedule("mail.mail_activity_data_todo", self._day(1), user_id=self.ben.id)
        briefing = self._brief(self.oak, self.carla)
        self.assertTrue(briefing["last_contact"]["is_hidden"])
        self.assertEqual((briefing["deals"], briefing["deal_count"]), ([], 0))
        self.assertEqual(briefing["planned"], [])
        self.assertEqual(briefing["hidden"], 2)
        for user in (self.ben, self.anna):
            briefing = self._brief(self.oak, user)
            self.assertEqual(briefing["last_contact"]["subject"], "On the lead of Ben")
            self.assertEqual(len(briefing["deals"]), 1)
            self.assertEqual(len(briefing["planned"]), 1)
            self.assertEqual(briefing["hidden"], 0)

    def test_own_contact_on_a_lead_that_was_given_away(self):
        lead = self._create_lead(self.oak, user_id=self.ben.id)
        self._create_interaction(
            self.oak, lead_id=lead.id, user_id=self.carla.id, summary="My call"
        )
        last = self._brief(self.oak, self.carla)["last_contact"]
        self.assertEqual(last["summary"], "My call")
        self.assertNotIn("lead", last)

    def test_mail_that_the_caller_may_not_read(self):
        lead = self._create_lead(self.oak, user_id=self.ben.id)
        message = lead.message_post(body="Only for Ben", message_type="comment")
        self._create_interaction(
            self.oak, lead_id=lead.id, user_id=self.carla.id, message_id=message.id
        )
        self.assertNotIn("preview", self._brief(self.oak, self.carla)["last_contact"])
        self.assertEqual(self._brief(self.oak, self.ben)["last_contact"]["preview"], "Only for Ben")

    def test_private_meeting_is_only_time_taken(self):
        self.env["calendar.event"].create(
            {
                "name": "Talk about a new job",
                "privacy": "private",
                "start": self._moment(days=1),
                "stop": self._moment(days=1, hours=1),
                "partner_ids": [Command.set([self.nina.id, self.ben.partner_id.id])],
                "user_id": self.ben.id,
            }
        )
        briefing = self._brief(self.oak, self.carla)
        self.assertNotIn("new job", str(briefing))
        self.assertTrue(briefing["planned"][0]["is_hidden"])
        self.assertEqual(briefing["hidden"], 1)
        briefing = self._brief(self.oak, self.ben)
        self.assertEqual(briefing["planned"][0]["name"], "Talk about a new job")
        self.assertEqual(briefing["hidden"], 0)

    def test_other_company_is_left_out(self):
        other = self.env["res.company"].create({"name": "Second company"})
        self.env.user.company_ids += other
        self._create_interaction(self.oak, subject="In the other", company_id=other.id)
        mine = self._create_interaction(self.oak, days_ago=5, company_id=self.env.company.id)
        self._create_lead(self.oak, company_id=other.id, user_id=False, team_id=False)
        briefing = self._brief(self.oak, self.ben)
        self.assertEqual(briefing["last_contact"]["id"], mine.id)
        self.assertEqual(briefing["hidden"], 0)
        self.assertEqual(briefing["deal_count"], 0)
        self.ben.company_ids += other
        both = self.oak.with_user(self.ben).with_context(
            allowed_company_ids=[self.env.company.id, other.id]
        )
        [briefing] = both.get_briefing()
        self.assertEqual(briefing["last_contact"]["subject"], "In the other")
        self.assertEqual(briefing["deal_count"], 1)

    def test_contact_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Second company"})
        self.lumen.company_id = other
        with self.assertRaises(AccessError):
            self._brief(self.lumen, self.ben)

    def test_lead_whose_client_went_to_another_company(self):
        """The lead is told alone, as if nobody knew the client."""
        leads = self._create_lead(self.lumen) + self._create_lead(self.brandon)
        leads.company_id = False
        other = self.env["res.company"].create({"name": "Second company"})
        (self.lumen + self.oak).company_id = other
        for lead in leads:
            briefing = self._brief(lead, self.ben)
            self.assertEqual(briefing["id"], 0)
            self.assertNotIn("client", briefing)
            lead.with_user(self.ben).get_timeline()
