from odoo.tests import tagged

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestLeadMatch(RelationshipCommon):
    """Which client an inquiry is linked with, or proposed to come from."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.be")
        cls.brandon.phone = "+32 456 11 22 33"
        cls.maple = cls.env["res.partner"].create(
            {"name": "Maple Homes", "is_company": True, "email": "office@maple.test"}
        )
        cls.paul = cls.env["res.partner"].create(
            {
                "name": "Paul Maple",
                "parent_id": cls.maple.id,
                "email": "paul@maple.test",
                "phone": "+32 456 99 88 77",
            }
        )

    def _inquire(self, **vals):
        return self.env["crm.lead"].create({"name": "Twelve desks", "user_id": False, **vals})

    def assertLinked(self, lead, partner, reason):
        self.assertEqual(lead.partner_id, partner)
        self.assertEqual(lead.match_reason, reason)
        self.assertFalse(lead.match_ids)

    def assertProposed(self, lead, *expected):
        self.assertFalse(lead.partner_id)
        self.assertFalse(lead.match_reason)
        proposed = [(match.partner_id, match.reason) for match in lead.match_proposal_ids]
        self.assertEqual(proposed, list(expected))

    # ---- certain ----

    def test_same_email_however_written(self):
        lead = self._inquire(email_from='"B. F." <Brandon@OAK.example.com>')
        self.assertLinked(lead, self.brandon, "Same e-mail as Brandon (Oak Interiors)")

    def test_same_phone_however_written(self):
        for number in ("0456/11 22 33", "0032 456 112233", "+32456112233"):
            with self.subTest(number=number):
                lead = self._inquire(phone=number)
                self.assertLinked(
                    lead, self.brandon, "Same phone number as Brandon (Oak Interiors)"
                )

    def test_phone_is_read_by_the_country_of_the_lead(self):
        self.brandon.phone = "+33 1 44 55 66 77"
        abroad = self._inquire(phone="01 44 55 66 77", country_id=self.env.ref("base.fr").id)
        self.assertEqual(abroad.partner_id, self.brandon)
        self.assertFalse(self._inquire(phone="01 44 55 66 77").partner_id)

    def test_somebody_else_with_the_number_is_the_company(self):
        lead = self._inquire(phone="+32456112233", contact_name="Olga")
        self.assertLinked(lead, self.oak, "Same phone number as Oak Interiors")
        self.assertEqual(lead.contact_name, "Olga")

    def test_private_person(self):
        lead = self._inquire(email_from="lucy@lumen.example.com")
        self.assertLinked(lead, self.lumen, "Same e-mail as Lucy Lumen")

    def test_role_mailbox_is_the_company(self):
        self.nina.email = "sales@oak.example.com"
        lead = self._inquire(email_from="sales@oak.example.com")
        self.assertLinked(lead, self.oak, "Same e-mail as Oak Interiors")

    def test_shared_number_and_email_of_one_of_them(self):
        self.paul.phone = self.brandon.phone
        lead = self._inquire(email_from="brandon@oak.example.com", phone="+32456112233")
        self.assertLinked(
            lead, self.brandon, "Same e-mail and phone number as Brandon (Oak Interiors)"
        )

    def test_shared_number_and_name_or_domain_of_one_of_them(self):
        self.paul.phone = self.brandon.phone
        for more in (
            {"partner_name": "MAPLE HOMES."},
            {"contact_name": "paul maple"},
            {"email_from": "new@maple.test"},
        ):
            with self.subTest(**more):
                lead = self._inquire(phone="+32456112233", **more)
                self.assertEqual(lead.partner_id.commercial_partner_id, self.maple)

    # ---- what is kept ----

    def test_neither_overwrites_the_other(self):
        self.oak.write({"website": "https://oak.example.com", "city": "Ghent"})
        self.brandon.write({"function": "Buyer"})
        lead = self._inquire(
            phone="+32456112233",
            email_from="brandon.private@mail.example.net",
            contact_name="Brandon",
            partner_name="Brandon's own firm",
            function=False,
        )
        self.env.flush_all()
        self.assertLinked(lead, self.brandon, "Same phone number as Brandon (Oak Interiors)")
        self.assertRecordValues(
            lead,
            [
                {
                    "email_from": "brandon.private@mail.example.net",
                    "phone": "+32456112233",
                    "contact_name": "Brandon",
                    "partner_name": "Brandon's own firm",
                    "function": "Buyer",
                }
            ],
        )
        self.assertEqual(self.brandon.email, "brandon@oak.example.com")
        self.assertEqual(self.brandon.phone, "+32 456 11 22 33")
        self.assertFalse(lead.partner_email_update)
        self.brandon.email = "new@oak.example.com"
        self.assertEqual(lead.email_from, "brandon.private@mail.example.net")
        # What is corrected by hand goes to the contact as ever.
        lead.email_from = "b@oak.example.com"
        self.assertEqual(self.brandon.email, "b@oak.example.com")

    def test_client_given_is_left_alone(self):
        lead = self._inquire(partner_id=self.lumen.id, email_from="brandon@oak.example.com")
        self.assertEqual(lead.partner_id, self.lumen)
        self.assertFalse(lead.match_reason)
        self.assertFalse(lead.match_ids)

    def test_client_chosen_by_hand_later(self):
        lead = self._inquire(email_from="brandon@oak.example.com")
        lead.partner_id = self.lumen
        self.assertFalse(lead.match_reason)
        self.assertEqual(lead.email_from, "lucy@lumen.example.com")

    def test_client_written_as_a_record(self):
        """Odoo's `write` takes records as well as ids."""
        lead = self._inquire(email_from="brandon@oak.example.com")
        lead.write({"partner_id": self.lumen})
        self.assertEqual(lead.partner_id, self.lumen)
        self.assertFalse(lead.match_reason)

    # ---- proposed ----

    def test_company_domain(self):
        lead = self._inquire(email_from="new@maple.test")
        self.assertProposed(lead, (self.maple, "Same company domain as Maple Homes: maple.test"))

    def test_domain_of_the_website(self):
        self.oak.website = "https://www.oak-interiors.test/contact"
        lead = self._inquire(email_from="new@oak-interiors.test")
        self.assertEqual(lead.match_proposal_ids.partner_id, self.oak)

    def test_free_mail_is_no_domain(self):
        self.lumen.email = "lucy@gmail.com"
        self.assertFalse(self._inquire(email_from="somebody@gmail.com").match_ids)

    def test_two_families_with_the_address(self):
        self.lumen.email = "brandon@oak.example.com"
        lead = self._inquire(email_from="brandon@oak.example.com")
        self.assertProposed(
            lead,
            (self.oak, "Same e-mail as Oak Interiors"),
            (self.lumen, "Same e-mail as Lucy Lumen"),
        )

    def test_address_of_one_and_number_of_another(self):
        lead = self._inquire(email_from="lucy@lumen.example.com", phone="+32456112233")
        self.assertEqual(lead.match_proposal_ids.partner_id, self.lumen | self.oak)
        self.assertFalse(lead.partner_id)

    def test_number_of_everybody_tells_nothing(self):
        self.env["res.partner"].create(
            [{"name": f"Tenant {number}", "phone": "+32456112233"} for number in range(5)]
        )
        lead = self._inquire(phone="+32456112233")
        self.assertFalse(lead.partner_id)
        self.assertFalse(lead.match_ids)

    def test_archived_contact_is_only_proposed(self):
        self.lumen.active = False
        lead = self._inquire(email_from="lucy@lumen.example.com")
        self.assertProposed(
            lead, (self.lumen, "Lucy Lumen is archived and had lucy@lumen.example.com")
        )

    def test_our_own_people_are_no_clients(self):
        self.assertFalse(self._inquire(email_from=self.ben.email).partner_id)
        self.env.company.partner_id.email = "we@ourselves.test"
        lead = self._inquire(email_from="we@ourselves.test")
        self.assertFalse(lead.partner_id or lead.match_ids)

    def test_one_click_links(self):
        lead = self._inquire(email_from="new@maple.test", contact_name="Petra", user_id=self.ben.id)
        lead.match_proposal_ids.with_user(self.ben).action_link()
        self.assertEqual(lead.partner_id, self.maple)
        self.assertEqual(lead.match_reason, "Same company domain as Maple Homes: maple.test")
        self.assertEqual(lead.contact_name, "Petra")
        self.assertEqual(lead.email_from, "new@maple.test")
        self.assertEqual(self.maple.email, "office@maple.test")
