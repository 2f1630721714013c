from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged, users

from .common_briefing import BriefingCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestBriefingDialog(BriefingCommon):
    """The briefing as it is opened from meetings and activities."""

    def _create_event(self, partners, **vals):
        return self.env["calendar.event"].create(
            {
                "name": "Showroom",
                "start": self._moment(days=1),
                "stop": self._moment(days=1, hours=1),
                "partner_ids": [Command.set((partners | self.carla.partner_id).ids)],
                "user_id": self.carla.id,
                **vals,
            }
        )

    def _shown(self, record):
        action = record.with_user(self.carla).action_briefing()
        self.assertEqual(action["tag"], "crm_relationship.briefing_dialog")
        return [(tab["resModel"], tab["resId"]) for tab in action["params"]["records"]]

    def test_meeting_with_several_clients_has_a_tab_each(self):
        event = self._create_event(self.brandon | self.nina | self.lumen)
        shown = self._shown(event)
        self.assertEqual(len(shown), 2, "people of one company are one client")
        self.assertIn(("res.partner", self.lumen.id), shown)

    def test_meeting_about_the_lead_of_a_stranger(self):
        lead = self._create_lead(user_id=self.carla.id)
        event = self._create_event(self.env["res.partner"], opportunity_id=lead.id)
        self.assertEqual(self._shown(event), [("crm.lead", lead.id)])
        lead.partner_id = self.brandon
        event = self._create_event(self.brandon, opportunity_id=lead.id)
        self.assertEqual(self._shown(event), [("res.partner", self.brandon.id)])

    def test_meeting_among_colleagues_says_so(self):
        event = self._create_event(self.ben.partner_id)
        with self.assertRaisesRegex(UserError, "Attendees"):
            self._shown(event)

    def test_private_meeting_of_a_colleague_tells_no_guests(self):
        event = self._create_event(self.lumen, user_id=self.ben.id, privacy="private")
        event.partner_ids = self.lumen | self.ben.partner_id
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(UserError):
            self._shown(event)

    def test_activity_is_about_the_client_of_its_document(self):
        lead = self._create_lead(self.brandon, user_id=self.carla.id)
        for document in (self.nina, lead):
            activity = document.activity_schedule(
                "mail.mail_activity_data_call", self.today, user_id=self.carla.id
            )
            self.assertEqual(self._shown(activity), [(document._name, document.id)])

    def test_activity_of_a_meeting_is_about_its_guests(self):
        event = self._create_event(self.lumen)
        activity = self.oak.activity_schedule(
            "mail.mail_activity_data_meeting",
            self.today,
            user_id=self.carla.id,
            calendar_event_id=event.id,
        )
        self.assertEqual(self._shown(activity), [("res.partner", self.lumen.id)])

    @users("rel_carla")
    def test_personal_activity_says_that_it_has_no_client(self):
        activity = self.env["mail.activity"].create({"summary": "Tidy up", "user_id": self.env.uid})
        with self.assertRaisesRegex(UserError, "no client"):
            activity.action_briefing()
