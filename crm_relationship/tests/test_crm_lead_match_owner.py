from odoo.tests import tagged, users

from odoo.addons.mail.tests.common import MailCommon

from .common import RelationshipCommon

INQUIRY = """From: "Brandon" <brandon@oak.example.com>
To: {to}
Subject: Twelve oak desks
Message-Id: <match-1@oak.example.com>
Content-Type: text/plain; charset=utf-8

What do they cost?
"""


@tagged("crm_relationship", "post_install", "-at_install")
class TestLeadMatchOwner(MailCommon, RelationshipCommon):
    """Who deals with an inquiry of a client, and who is told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.oak.user_id = cls.carla
        cls.nina.user_id = cls.ben
        cls.teams = cls.env["crm.team"]
        cls.teams.search([("user_id", "!=", 0)]).active = False
        cls.team_web, cls.team_carla = cls.teams.create(
            [
                {"name": "Web", "alias_name": "match-web", "sequence": 1, "user_id": cls.anna.id},
                {"name": "Showroom", "sequence": 2},
            ]
        )
        cls.team_carla.member_ids = cls.carla
        cls.env.flush_all()

    def _import(self, vals_list, user=None):
        """Leads as they come in by themselves; the messages that are sent about them."""
        leads = self.env["crm.lead"].with_user(user or self.anna).create(vals_list)
        with self.mock_mail_gateway(), self.mock_mail_app():
            self._end_transaction()
        self.notices = self._new_msgs.filtered(lambda m: m.message_type == "user_notification")
        return leads.sudo()

    def _told(self):
        return [(notice.notified_partner_ids, notice.subject) for notice in self.notices]

    def test_owner_gets_what_nobody_was_chosen_for(self):
        lead = self._import([{"name": "Desks", "email_from": "brandon@oak.example.com"}])
        self.assertEqual(lead.user_id, self.carla)
        self.assertEqual(lead.team_id, self.team_carla)
        self.assertEqual(self._told(), [(self.carla.partner_id, "You have been assigned to Desks")])
        self.assertIn("Same e-mail as Brandon (Oak Interiors)", self.notices.body)

    def test_owner_of_the_person_comes_first(self):
        lead = self._import(
            [{"name": "Desks", "email_from": "nina@oak.example.com", "user_id": False}]
        )
        self.assertEqual(lead.user_id, self.ben)

    def test_owner_who_left_gets_nothing(self):
        self.nina.user_id.active = False
        self.env.flush_all()
        lead = self._import([{"name": "Desks", "email_from": "nina@oak.example.com"}])
        self.assertEqual(lead.user_id, self.carla)

    def test_who_was_chosen_keeps_it_and_the_owner_hears_of_it(self):
        lead = self._import(
            [{"name": "Desks", "email_from": "brandon@oak.example.com", "user_id": self.anna.id}]
        )
        self.assertEqual(lead.user_id, self.anna)
        self.assertEqual(self._told(), [(self.carla.partner_id, "Brandon, your client: Desks")])
        self.assertIn("rel_anna", self.notices.body)
        self.assertNotIn(self.carla.partner_id, lead.message_partner_ids)

    def test_own_inquiry_is_no_news(self):
        self._import([{"name": "Desks", "email_from": "nina@oak.example.com"}], user=self.ben)
        self.assertFalse(self.notices)

    @users("rel_carla")
    def test_who_sees_only_own_leads_keeps_what_they_enter(self):
        lead = self.env["crm.lead"].create({"name": "Desks", "email_from": "nina@oak.example.com"})
        self.assertEqual(lead.user_id, self.carla)
        self.assertEqual(lead.partner_id, self.nina)

    def test_import_is_one_message_for_each_owner(self):
        vals_list = [
            {"name": f"Lead {number}", "email_from": email}
            for number in range(30)
            for email in ("brandon@oak.example.com", "nina@oak.example.com")
        ]
        leads = self._import(vals_list)
        self.assertEqual(leads.user_id, self.carla | self.ben)
        self.assertEqual(
            sorted(self._told(), key=lambda told: told[0].id),
            sorted(
                [
                    (self.carla.partner_id, "30 new inquiries of your clients"),
                    (self.ben.partner_id, "30 new inquiries of your clients"),
                ],
                key=lambda told: told[0].id,
            ),
        )

    def test_mail_goes_to_the_owner_and_not_to_the_team_leader(self):
        with self.mock_mail_gateway(), self.mock_mail_app():
            self.env["mail.thread"].message_process(
                None, INQUIRY.format(to=self.team_web.alias_email)
            )
            self._end_transaction()
        lead = self.env["crm.lead"].search([("email_normalized", "=", "brandon@oak.example.com")])
        self.assertRecordValues(
            lead,
            [
                {
                    "partner_id": self.brandon.id,
                    "user_id": self.carla.id,
                    "team_id": self.team_carla.id,
                    "match_reason": "Same e-mail as Brandon (Oak Interiors)",
                }
            ],
        )
        notices = self._new_msgs.filtered(lambda m: m.message_type == "user_notification")
        self.assertEqual(notices.notified_partner_ids, self.carla.partner_id)

    def test_address_corrected_later(self):
        lead = self._import([{"name": "Desks", "email_from": "brandn@ok.test", "user_id": False}])
        self.assertFalse(lead.partner_id)
        lead.email_from = "brandon@oak.example.com"
        with self.mock_mail_gateway(), self.mock_mail_app():
            self._end_transaction()
        self.assertEqual(lead.partner_id, self.brandon)
        self.assertEqual(lead.user_id, self.carla)
        notices = self._new_msgs.filtered(lambda m: m.message_type == "user_notification")
        self.assertEqual(notices.notified_partner_ids, self.carla.partner_id)

    def test_client_taken_off_by_hand_is_not_found_again(self):
        by_match = self._import(
            [{"name": "Desks", "email_from": "brandon@oak.example.com", "user_id": False}]
        )
        by_hand = self._import([{"name": "Chairs", "partner_id": self.nina.id}])
        for lead in by_match | by_hand:
            with self.subTest(lead=lead.name):
                lead.with_user(self.ben).partner_id = False
                self.assertEqual(
                    lead.match_ids.mapped(lambda match: (match.partner_id, match.state)),
                    [(self.oak, "rejected")],
                )
                lead.with_user(self.ben).email_from = "nina@oak.example.com"
                self.assertFalse(lead.partner_id | lead.match_proposal_ids.partner_id)
                lead.with_user(self.ben).email_from = self.lumen.email
                self.assertEqual(lead.partner_id, self.lumen)
                lead.with_user(self.ben).partner_id = self.nina
                self.assertEqual(lead.partner_id, self.nina)

    def test_proposal_that_was_linked_and_taken_off_is_rejected(self):
        self.oak.email = "info@oak.test"
        lead = self._import([{"name": "Desks", "email_from": "new@oak.test", "user_id": False}])
        proposal = lead.match_proposal_ids
        proposal.with_user(self.ben).action_link()
        lead.with_user(self.ben).partner_id = False
        self.assertEqual(lead.match_ids, proposal)
        self.assertEqual(proposal.state, "rejected")
        self.assertFalse(lead.match_proposal_ids)

    def test_rejected_stays_rejected(self):
        self.oak.email = "info@oak.test"
        lead = self._import([{"name": "Desks", "email_from": "new@oak.test", "user_id": False}])
        lead.match_proposal_ids.with_user(self.ben).action_reject()
        self.assertFalse(lead.match_proposal_ids)
        lead.email_from = "newer@oak.test"
        self.assertFalse(lead.match_proposal_ids)
        lead.email_from = "nina@oak.example.com"
        self.assertFalse(lead.partner_id)
