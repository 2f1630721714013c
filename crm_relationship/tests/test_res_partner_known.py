from odoo import Command
from odoo.tests import Form, tagged, users

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestPartnerKnown(RelationshipCommon):
    """Who has an address or a number: shown while one types, found when somebody calls."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.be")
        cls.brandon.phone = "+32 456 11 22 33"
        cls.carla.group_ids = [Command.link(cls.env.ref("base.group_partner_manager").id)]

    @users("rel_carla")
    def test_new_contact(self):
        form = Form(self.env["res.partner"])
        form.name = "Brandon F."
        self.assertFalse(form.known_partner_id)
        form.email = "Brandon@OAK.example.com"
        self.assertEqual((form.known_by, form.known_partner_id), ("email", self.brandon))
        form.email = "another@oak.example.com"
        self.assertFalse(form.known_partner_id)
        form.phone = "0456/11.22.33"
        self.assertEqual((form.known_by, form.known_partner_id), ("phone", self.brandon))
        # A colleague at the same desk is nothing to be warned of.
        form.parent_id = self.oak
        self.assertFalse(form.known_partner_id)
        self.assertTrue(form.save())

    @users("rel_carla")
    def test_changed_contact(self):
        self.lumen.phone = self.brandon.phone
        with Form(self.lumen.with_env(self.env)) as form:
            self.assertFalse(form.known_partner_id)
            form.function = "Painter"
            self.assertFalse(form.known_partner_id)
            form.email = "nina@oak.example.com"
            self.assertEqual(form.known_partner_id, self.nina)

    def test_contact_of_another_company_is_not_shown(self):
        other = self.env["res.company"].create({"name": "Other"})
        (self.oak | self.brandon | self.nina).company_id = other
        form = Form(self.env["res.partner"].with_user(self.carla))
        form.email = "brandon@oak.example.com"
        self.assertFalse(form.known_partner_id)

    def test_opening_a_contact_looks_for_nobody(self):
        self.brandon.read(["email", "phone"])
        with self.assertQueryCount(0):
            self.assertFalse(self.brandon.known_partner_id)

    def test_who_calls(self):
        partners = self.env["res.partner"].with_user(self.carla)
        for number in ("0456 11 22 33", "+32456112233", "0032 456/11.22.33", "tel:+32456112233"):
            with self.subTest(number=number):
                self.assertEqual(partners.find_by_phone(number), self.brandon)
        self.oak.phone = self.brandon.phone
        self.assertEqual(partners.find_by_phone("0456112233"), self.brandon + self.oak)
        for nothing in (False, "", "12", "anonymous"):
            self.assertFalse(partners.find_by_phone(nothing))

    def test_who_calls_a_branch_abroad(self):
        branch = self.env["res.company"].create(
            {"name": "Branch", "country_id": self.env.ref("base.fr").id}
        )
        self.carla.company_ids = [Command.link(branch.id)]
        self.brandon.phone = "+33 1 44 55 66 77"
        partners = self.env["res.partner"].with_user(self.carla)
        here = partners.with_context(allowed_company_ids=self.env.company.ids)
        self.assertFalse(here.find_by_phone("01 44 55 66 77"))
        both = partners.with_context(allowed_company_ids=[self.env.company.id, branch.id])
        self.assertEqual(both.find_by_phone("01 44 55 66 77"), self.brandon)

    def test_who_may_be_found(self):
        other = self.env["res.company"].create({"name": "Other"})
        (self.oak | self.brandon | self.nina).company_id = other
        partners = self.env["res.partner"].with_user(self.carla)
        self.assertFalse(partners.find_by_phone("+32456112233"))
        self.assertFalse(partners.find_by_email("Brandon <brandon@oak.example.com>"))
        self.assertEqual(partners.find_by_email("LUCY@lumen.example.com"), self.lumen)
