from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged, users

from .common import RelationshipCommon

NOW = "2026-06-30 12:00:00"


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestPurchaseProfile(RelationshipCommon):
    """What a client has bought, as the contact and the briefing show it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.main = cls.env["res.company"]._get_main_company()

    def _win(self, partner, day, revenue):
        lead = self._create_lead(partner, expected_revenue=revenue)
        lead.action_set_won()
        lead.date_closed = f"{day} 10:00:00"
        return lead

    @users("rel_carla")
    def test_briefing_tells_purchases_of_all_its_people(self):
        for day, revenue in (("2026-01-01", 100), ("2026-02-05", 50.5), ("2026-05-03", 10)):
            self._win(self.brandon, day, revenue)
        oak, nina, lumen = (
            (self.oak | self.nina | self.lumen).with_user(self.env.user).get_briefing()
        )
        self.assertEqual(
            oak["purchases"],
            {
                "count": 3,
                "first": "2026-01-01",
                "last": "2026-05-03",
                "rhythm_days": 61,
                "value": 160.5,
                "currency_id": self.main.currency_id.id,
                "days_since": 58,
            },
        )
        self.assertEqual(nina["purchases"], oak["purchases"])
        self.assertNotIn("purchases", lumen)

    def test_one_purchase_has_no_rhythm(self):
        self._win(self.lumen, "2026-06-30", 0)
        [briefing] = self.lumen.get_briefing()
        self.assertEqual(
            briefing["purchases"],
            {
                "count": 1,
                "first": "2026-06-30",
                "last": "2026-06-30",
                "value": 0,
                "currency_id": self.main.currency_id.id,
                "days_since": 0,
            },
        )

    def test_rhythm_in_words(self):
        for day in ("2026-01-01", "2026-02-05", "2026-03-12"):
            self._win(self.lumen, day, 10)
        self._refresh_clients()
        self.assertEqual(self.lumen.purchase_rhythm_words, "every 35 days, now 110")
        self.assertFalse(self.oak.purchase_rhythm_words)

    def test_page_on_paper_says_it_in_a_line(self):
        for day in ("2026-01-01", "2026-02-05", "2026-03-12"):
            self._win(self.lumen, day, 10)
        pages = self.env["crm.briefing.page"]
        [briefing] = self.lumen.get_briefing()
        self.assertEqual(
            pages._get_purchase_line(briefing["purchases"]),
            "Purchases: 3, the last on 03/12/2026, $\xa030.00 in all, every 35 days, now 110",
        )

    def test_figures_open_the_purchases_behind_them(self):
        won = self._win(self.brandon, "2026-01-01", 100) | self._win(self.oak, "2026-01-02", 5)
        self._create_lead(self.oak, expected_revenue=7)
        self._win(self.lumen, "2026-01-01", 100)
        action = self.nina.action_open_purchases()
        found = self.env[action["res_model"]].with_context(**action["context"])
        self.assertEqual(found.search(action["domain"]), won)

    def test_statements_do_not_grow_with_clients(self):
        partners = self.env["res.partner"].create([{"name": f"Buyer {n}"} for n in range(20)])
        for partner in partners:
            self._win(partner, "2026-01-01", 10)
        self.env.flush_all()
        partners[:1]._brief_purchases(partners)  # what is read once and kept
        counts = []
        for some in (partners[:1], partners):
            before = self.env.cr.sql_log_count
            self.assertEqual(len(some._brief_purchases(partners)), len(some))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])

    def test_who_sells_nothing_reads_none_of_it(self):
        user = self.env["res.users"].create(
            {"name": "Clerk", "login": "clerk", "group_ids": [(4, self.ref("base.group_user"))]}
        )
        with self.assertRaises(AccessError):
            self.lumen.with_user(user).read(["purchase_rhythm_words"])

    def test_whose_currency_is_looked_up_once(self):
        company = self.lumen._get_purchase_company()
        self.assertEqual(company, self.main)
        with self.assertQueryCount(0):
            self.assertEqual(self.nina._get_purchase_company(), company)
