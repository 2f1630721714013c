from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestLeadMatchSecurity(RelationshipCommon):
    """Who is shown which possible client, and who decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.matches = cls.env["crm.lead.match"]
        cls.oak.email = "info@oak.test"

    def _inquire(self, **vals):
        return self.env["crm.lead"].create(
            {"name": "Desks", "email_from": "new@oak.test", "user_id": False, **vals}
        )

    def _visible(self, lead, user):
        return self.matches.with_user(user).search([("lead_id", "=", lead.id)]).sudo()

    def test_proposal_is_read_as_its_lead(self):
        of_ben, of_nobody = self._inquire(user_id=self.ben.id), self._inquire()
        for user, leads in (
            (self.anna, of_ben | of_nobody),
            (self.ben, of_ben | of_nobody),
            (self.carla, of_nobody),
        ):
            with self.subTest(user=user.login):
                visible = self._visible(of_ben, user) | self._visible(of_nobody, user)
                self.assertEqual(visible.lead_id, leads)
        with self.assertRaises(AccessError):
            self._visible(of_nobody, self.insider)

    def test_who_decides(self):
        of_ben, of_nobody = self._inquire(user_id=self.ben.id), self._inquire()
        hidden = of_ben.match_proposal_ids
        for action in ("action_link", "action_reject"):
            with self.subTest(action=action), self.assertRaises(AccessError):
                getattr(hidden.with_user(self.carla), action)()
        proposal = of_nobody.match_proposal_ids.with_user(self.carla)
        with self.assertRaises(AccessError):
            proposal.partner_id = self.lumen
        proposal.action_reject()
        self.assertEqual(proposal.state, "rejected")
        of_nobody.match_ids.with_user(self.carla).action_link()
        self.assertEqual(of_nobody.partner_id, self.oak)

    def test_clients_of_another_company_are_not_shown(self):
        (self.oak | self.brandon | self.nina).company_id = self.other
        for email in ("new@oak.test", "brandon@oak.example.com"):
            lead = self._inquire(email_from=email, company_id=self.env.company.id)
            self.assertFalse(lead.partner_id or lead.match_ids)
        theirs = self._inquire(email_from="brandon@oak.example.com", company_id=self.other.id)
        self.assertEqual(theirs.partner_id, self.brandon)

    def test_lead_of_no_company_has_clients_of_no_company(self):
        (self.oak | self.brandon | self.nina).company_id = self.other
        lead = self._inquire(email_from="brandon@oak.example.com", team_id=False)
        self.assertFalse(lead.partner_id or lead.match_ids)
        (self.oak | self.brandon | self.nina).company_id = False
        lead = self._inquire(email_from="brandon@oak.example.com", team_id=False)
        self.assertEqual(lead.partner_id, self.brandon)

    def test_client_that_moved_to_another_company_later(self):
        lead = self._inquire(email_from="brandon@oak.example.com")
        proposed = self._inquire()
        (self.oak | self.brandon | self.nina).with_context(
            active_test=False
        ).company_id = self.other
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertFalse(self._visible(proposed, self.anna))
        self.assertFalse(proposed.with_user(self.anna).match_proposal_ids)
        self.assertEqual(lead.with_user(self.anna).match_reason, "Same e-mail")
        self.anna.company_ids = [Command.link(self.other.id)]
        both = lead.with_user(self.anna).with_context(
            allowed_company_ids=(self.env.company | self.other).ids
        )
        self.assertEqual(both.match_reason, "Same e-mail as Brandon (Oak Interiors)")

    def test_owner_of_another_company_gets_nothing(self):
        stranger = self._create_user("rel_stranger", "sales_team.group_sale_salesman")
        self.oak.user_id = stranger
        stranger.write({"company_id": self.other.id, "company_ids": [Command.set(self.other.ids)]})
        lead = self._inquire(email_from="nina@oak.example.com", company_id=self.env.company.id)
        self.assertEqual(lead.partner_id, self.nina)
        self.assertFalse(lead.user_id)

    def test_only_managers_name_shared_addresses(self):
        shared = self.env["crm.lead.match.shared"]
        with self.assertRaises(AccessError):
            shared.with_user(self.ben).create({"name": "oak.test"})
        rows = shared.with_user(self.anna).create(
            [{"name": "Oak.test"}, {"name": "+32 456 11 22 33"}, {"name": "brandon@"}]
        )
        self.assertEqual(rows.mapped("value"), ["oak.test", "+32456112233", "brandon"])
        self.assertFalse(self._inquire().match_ids)
        self.lumen.phone = "+32 456 11 22 33"
        self.assertFalse(self._inquire(email_from=False, phone="+32456112233").partner_id)
        self.assertEqual(self._inquire(email_from="brandon@oak.example.com").partner_id, self.oak)
        rows.unlink()
        self.assertTrue(self._inquire().match_ids)
        with self.assertRaisesRegex(ValidationError, "country code"):
            shared.with_user(self.anna).create({"name": "12"})

    def test_history_of_who_it_was_not(self):
        lead = self._inquire(email_from="brandon@oak.example.com", user_id=self.carla.id)
        self._end_transaction()
        mail = lead.message_post(
            body="And chairs?",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=self.brandon.id,
        )
        self._end_transaction()
        rows = self.env["crm.interaction"].search([("lead_id", "=", lead.id)])
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows.commercial_partner_id, self.oak)
        self.assertEqual(rows.message_id, mail)
        lead.with_user(self.carla).action_reject_client()
        self._end_transaction()
        self.assertFalse(rows.partner_id | rows.commercial_partner_id)
        lead.with_user(self.carla).partner_id = self.lumen
        self._end_transaction()
        self.assertEqual(rows.partner_id, self.lumen)

    def test_number_of_who_it_was_not(self):
        self.brandon.phone = "+32470112233"
        by_mail = self._inquire(email_from="brandon@oak.example.com", phone=False)
        by_phone = self._inquire(email_from=False, phone="+32 470 11 22 33")
        by_both = self._inquire(email_from="brandon@oak.example.com", phone="+32470112233")
        leads = by_mail + by_phone + by_both
        self.assertEqual(leads.partner_id, self.brandon)
        self.assertEqual(by_mail.phone, "+32470112233")
        self.assertEqual(by_phone.email_from, "brandon@oak.example.com")
        for lead in leads:
            lead.action_reject_client()
        self.assertEqual(
            leads.mapped(lambda lead: (lead.email_from, lead.phone)),
            [
                ("brandon@oak.example.com", False),
                (False, "+32 470 11 22 33"),
                ("brandon@oak.example.com", "+32470112233"),
            ],
        )
        self.assertEqual(self.brandon.phone, "+32470112233")
        self.assertEqual(self.brandon.email, "brandon@oak.example.com")

    def test_not_them_after_all(self):
        self.oak.write({"street": "1 Oak Lane", "website": "https://oak.example.com"})
        lead = self._inquire(
            email_from="brandon@oak.example.com",
            contact_name="Brandon",
            function="Buyer",
            user_id=self.carla.id,
        )
        self.assertEqual(lead.partner_id, self.brandon)
        self.assertEqual(lead.partner_name, "Oak Interiors")
        lead.with_user(self.carla).action_reject_client()
        self.assertEqual(lead.function, "Buyer", "said by themselves")
        self.assertRecordValues(
            lead,
            [
                {
                    "partner_id": False,
                    "match_reason": False,
                    "contact_name": "Brandon",
                    "email_from": "brandon@oak.example.com",
                    "partner_name": False,
                    "street": False,
                }
            ],
        )
        lead.email_from = "nina@oak.example.com"
        self.assertFalse(lead.partner_id)
        self.assertFalse(lead.match_proposal_ids)

    def test_merged_lead_takes_along_what_was_said(self):
        self.oak.email = "info@oak.test"
        head, tail = self._inquire(type="opportunity"), self._inquire(type="opportunity")
        head.match_proposal_ids.partner_id = self.lumen
        tail.match_proposal_ids.action_reject()
        merged = (head | tail).merge_opportunity()
        self.assertEqual(
            sorted(merged.match_ids.mapped(lambda match: (match.partner_id.id, match.state))),
            sorted([(self.lumen.id, "proposed"), (self.oak.id, "rejected")]),
        )
