from urllib.parse import parse_qs, urlsplit

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .common_briefing import BriefingCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestBriefingPhone(BriefingCommon):
    """Whose briefing a telephone asks for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.be")

    def _find(self, number, user=None):
        self.env.flush_all()
        found = self.env["res.partner"].with_user(user or self.carla).find_briefing_by_phone(number)
        return [(choice["res_model"], choice["res_id"]) for choice in found["choices"]]

    def test_however_it_is_written(self):
        self.brandon.phone = "0456 00 11 22"
        for number in ("+32456001122", "0032 456/00.11.22", "(0456) 00-11-22", "tel:+32456001122"):
            self.assertEqual(self._find(number), [("res.partner", self.brandon.id)], number)
        found = self.env["res.partner"].with_user(self.carla).find_briefing_by_phone("0456001122")
        self.assertEqual(found["number"], "+32 456 00 11 22")
        self.assertEqual(found["choices"][0]["detail"], "Oak Interiors")

    def test_people_with_the_number_of_their_company_are_the_company(self):
        (self.oak | self.brandon | self.nina).phone = "+32456001122"
        self.assertEqual(self._find("+32456001122"), [("res.partner", self.oak.id)])

    def test_several_clients_and_strangers_are_a_choice(self):
        (self.brandon | self.lumen).phone = "+32456001122"
        stranger = self._create_lead(phone="+32456001122", user_id=self.carla.id)
        lost = self._create_lead(phone="+32456001122", user_id=self.carla.id)
        lost.action_set_lost()
        won = self._create_lead(phone="+32456001122", user_id=self.carla.id)
        won.action_set_won()
        self._create_lead(phone="+32456001122", user_id=self.ben.id)
        self.assertCountEqual(
            self._find("+32456001122"),
            [
                ("res.partner", self.brandon.id),
                ("res.partner", self.lumen.id),
                ("crm.lead", stranger.id),
            ],
        )

    def test_nobody_has_it(self):
        self.assertEqual(self._find("+32456998877"), [])
        self.assertEqual(self._find("204"), [])

    def test_client_of_another_company_is_nobody(self):
        self.lumen.phone = "+32456001122"
        self.lumen.company_id = self.env["res.company"].create({"name": "Second company"})
        self.assertEqual(self._find("+32456001122"), [])

    def test_what_is_no_number_is_refused(self):
        for number in ("", None, "anonymous", "12", "//evil.example.com", "+32<script>", "1" * 60):
            with self.assertRaisesRegex(UserError, "Phone"):
                self._find(number)

    def test_outside_sales_it_is_refused(self):
        with self.assertRaises(AccessError):
            self._find("+32456001122", self.insider)


@tagged("crm_relationship", "post_install", "-at_install")
class TestBriefRoute(HttpCase):
    """`/crm_relationship/brief?phone=...` of a softphone."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,base.group_partner_manager,sales_team.group_sale_salesman"
        new_test_user(cls.env, "rel_tour", groups=groups, email="tour@test.example.com")
        new_test_user(cls.env, "rel_insider", groups="base.group_user")
        new_test_user(cls.env, "rel_portal", groups="base.group_portal")
        cls.client = cls.env["res.partner"].create(
            {"name": "Oak Interiors", "is_company": True, "phone": "+32456001122"}
        )

    def _get(self, query):
        return self.url_open(f"/crm_relationship/brief?{query}", allow_redirects=False)

    def _get_location(self, query):
        response = self._get(query)
        self.assertIn(response.status_code, (302, 303))
        url = urlsplit(response.headers["Location"])
        self.assertIn(url.netloc, ("", urlsplit(self.base_url()).netloc))
        return url.path, parse_qs(url.query)

    def test_one_client_opens_at_once(self):
        self.authenticate("rel_tour", "rel_tour")
        path, query = self._get_location("phone=%2B32%20456%20001122")
        self.assertEqual((path, query), (f"/odoo/briefing/{self.client.id}", {}))

    def test_plus_as_telephones_write_it(self):
        self.env.company.country_id = self.env.ref("base.de")
        self.authenticate("rel_tour", "rel_tour")
        path, __ = self._get_location("phone=+32456001122")
        self.assertEqual(path, f"/odoo/briefing/{self.client.id}")

    def test_stranger_opens_the_lead(self):
        lead = self.env["crm.lead"].create(
            {"name": "Terrace", "phone": "+32456554433", "user_id": False}
        )
        self.authenticate("rel_tour", "rel_tour")
        path, query = self._get_location("phone=%2B32456554433")
        self.assertEqual((path, query), ("/odoo/briefing", {"lead": [str(lead.id)]}))

    def test_several_or_nobody_lead_to_the_page_that_asks(self):
        self.env["res.partner"].create(
            [{"name": name, "phone": "+32456778899"} for name in ("Ann", "Bob")]
        )
        self.authenticate("rel_tour", "rel_tour")
        for number in ("+32 456 77 88 99", "+32 456 99 99 99"):
            path, query = self._get_location(f"phone={number.replace('+', '%2B')}")
            self.assertEqual((path, query), ("/odoo/briefing", {"phone": [f"tel:{number}"]}))

    def test_it_leads_nowhere_else(self):
        self.authenticate("rel_tour", "rel_tour")
        for number in ("", "anonymous", "//evil.example.com", "https://evil.example.com"):
            response = self._get(f"phone={number}")
            self.assertEqual(response.status_code, 400)
            self.assertIn("no telephone number", response.text)
            self.assertNotIn("Location", response.headers)

    def test_others_are_told_why_not(self):
        self.authenticate("rel_insider", "rel_insider")
        response = self._get("phone=%2B32456001122")
        self.assertEqual(response.status_code, 403)
        self.assertIn("The briefing is for salespeople", response.text)
        self.assertNotIn("Oak Interiors", response.text)
        self.authenticate("rel_portal", "rel_portal")
        self.assertEqual(self._get("phone=%2B32456001122").status_code, 403)

    def test_who_is_logged_out_logs_in_and_comes_back(self):
        path, query = self._get_location("phone=%2B32456001122")
        self.assertEqual(path, "/web/login")
        back = urlsplit(query["redirect"][0])
        self.assertEqual(back.path, "/crm_relationship/brief")
        self.assertEqual(parse_qs(back.query), {"phone": ["+32456001122"]})

    def test_it_only_reads(self):
        self.authenticate("rel_tour", "rel_tour")
        response = self.url_open("/crm_relationship/brief", data={"phone": "+32456001122"})
        self.assertEqual(response.status_code, 405)
