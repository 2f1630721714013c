from datetime import date

from freezegun import freeze_time

from odoo.tests import tagged
from odoo.tools import SQL

from .common import RelationshipCommon

NOW = "2026-06-30 12:00:00"


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestPurchase(RelationshipCommon):
    """What a client has bought is worked out from its won deals, by sets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.main = cls.env["res.company"]._get_main_company()
        cls.main.resource_calendar_id.tz = "Europe/Brussels"

    def _win(self, partner, moment, revenue=1000.0, **vals):
        lead = self._create_lead(partner, expected_revenue=revenue, **vals)
        lead.action_set_won()
        lead.date_closed = moment
        return lead

    def assertBought(self, client, *expected):
        self._refresh_clients()
        self.assertEqual(
            (
                client.purchase_count,
                client.purchase_first_date,
                client.purchase_last_date,
                client.purchase_value,
                client.purchase_rhythm_days,
            ),
            expected,
        )

    def test_of_a_company_all_its_people_buy(self):
        self._win(self.brandon, "2026-01-10 10:00:00", 1000)
        self._win(self.nina, "2026-03-01 10:00:00", 250.5)
        self.assertBought(self.oak, 2, date(2026, 1, 10), date(2026, 3, 1), 1250.5, 0)
        self.assertBought(self.brandon, 0, False, False, 0, 0)

    def test_rhythm_is_the_middle_gap_between_days(self):
        for day in (1, 1, 11, 31):
            self._win(self.lumen, f"2026-01-{day:02} 10:00:00", 10)
        self.assertBought(self.lumen, 4, date(2026, 1, 1), date(2026, 1, 31), 40, 15)

    def test_two_days_are_no_rhythm_yet(self):
        self._win(self.lumen, "2026-01-01 10:00:00")
        self._win(self.lumen, "2026-01-01 11:00:00")
        self._win(self.lumen, "2026-01-11 10:00:00")
        self.assertBought(self.lumen, 3, date(2026, 1, 1), date(2026, 1, 11), 3000, 0)

    def test_deal_opened_again_leaves_nothing(self):
        lead = self._win(self.lumen, "2026-01-10 10:00:00")
        self.assertBought(self.lumen, 1, date(2026, 1, 10), date(2026, 1, 10), 1000, 0)
        lead.stage_id = self.env["crm.stage"].search([("is_won", "=", False)], limit=1)
        self.assertBought(self.lumen, 0, False, False, 0, 0)

    def test_deal_deleted_leaves_nothing(self):
        deal = self._win(self.lumen, "2026-01-10 10:00:00", 100)
        self.assertBought(self.lumen, 1, date(2026, 1, 10), date(2026, 1, 10), 100, 0)
        deal.unlink()
        self.assertBought(self.lumen, 0, False, False, 0, 0)

    def test_amount_or_day_corrected_afterwards(self):
        deal = self._win(self.lumen, "2026-01-10 10:00:00", 100)
        self._refresh_clients()
        deal.expected_revenue = 90
        self.assertBought(self.lumen, 1, date(2026, 1, 10), date(2026, 1, 10), 90, 0)
        deal.date_closed = "2026-01-12 10:00:00"
        self.assertBought(self.lumen, 1, date(2026, 1, 12), date(2026, 1, 12), 90, 0)

    def test_deal_of_another_client_after_all(self):
        deal = self._win(self.lumen, "2026-01-10 10:00:00", 100)
        self._refresh_clients()
        deal.partner_id = self.brandon
        self.assertBought(self.lumen, 0, False, False, 0, 0)
        self.assertBought(self.oak, 1, date(2026, 1, 10), date(2026, 1, 10), 100, 0)

    def test_person_who_changes_the_company_takes_the_purchases_along(self):
        self._win(self.brandon, "2026-01-10 10:00:00", 100)
        self._refresh_clients()
        elm = self.env["res.partner"].create({"name": "Elm", "is_company": True})
        self.brandon.parent_id = elm
        self.assertBought(self.oak, 0, False, False, 0, 0)
        self.assertBought(elm, 1, date(2026, 1, 10), date(2026, 1, 10), 100, 0)

    def test_deal_without_amount_is_a_purchase(self):
        self._win(self.lumen, "2026-01-10 10:00:00", 0)
        self.assertBought(self.lumen, 1, date(2026, 1, 10), date(2026, 1, 10), 0, 0)

    def test_day_is_that_of_the_company(self):
        self._win(self.lumen, "2026-01-10 23:30:00")
        self.assertBought(self.lumen, 1, date(2026, 1, 11), date(2026, 1, 11), 1000, 0)

    def test_amounts_of_other_companies_at_the_rate_of_the_day(self):
        currency = self.env["res.currency"].create(
            {
                "name": "OAK",
                "symbol": "O",
                "rate_ids": [
                    (0, 0, {"name": "2026-01-01", "rate": 2, "company_id": self.main.id}),
                    (0, 0, {"name": "2026-02-01", "rate": 4, "company_id": self.main.id}),
                ],
            }
        )
        company = self.env["res.company"].create({"name": "Abroad", "currency_id": currency.id})
        self.env.user.company_ids |= company
        user = {"company_id": company.id, "user_id": False, "team_id": False}
        self._win(self.lumen, "2025-12-10 10:00:00", 100, **user)  # before the first rate
        self._win(self.lumen, "2026-01-10 10:00:00", 100, **user)
        self._win(self.lumen, "2026-02-01 10:00:00", 100, **user)
        self._win(self.lumen, "2026-03-01 10:00:00", 100)
        self.assertBought(self.lumen, 4, date(2025, 12, 10), date(2026, 3, 1), 225, 28)

    def test_salespeople_see_it(self):
        self._win(self.lumen, "2026-01-10 10:00:00")
        self._refresh_clients()
        for user in (self.carla, self.ben, self.anna):
            self.assertEqual(self.lumen.with_user(user).purchase_value, 1000)

    def test_others_do_not(self):
        fields = self.lumen.with_user(self.insider).fields_get()
        self.assertFalse([name for name in fields if name.startswith("purchase_")])

    def test_only_what_changes_is_written(self):
        self._win(self.lumen, "2026-01-10 10:00:00")
        self._refresh_clients()
        clients = self.lumen | self.oak

        def places():
            return self.env.execute_query(
                SQL("SELECT id, ctid::text FROM res_partner WHERE id IN %s", tuple(clients.ids))
            )

        before = dict(places())
        clients._set_purchases()
        self.assertEqual(dict(places()), before)
        self._win(self.lumen, "2026-02-10 10:00:00")
        clients._set_purchases()
        self.assertNotEqual(dict(places())[self.lumen.id], before[self.lumen.id])
        self.assertEqual(dict(places())[self.oak.id], before[self.oak.id])

    def test_statements_do_not_grow_with_clients(self):
        clients = self.env["res.partner"].create([{"name": f"C{n}"} for n in range(20)])
        for client in clients:
            self._win(client, "2026-01-10 10:00:00")
        self._end_transaction()
        counts = []
        for some in (clients[:1], clients[:1], clients):  # the first one warms up
            before = self.env.cr.sql_log_count
            some._set_purchases()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_merge_adds_up(self):
        other = self.env["res.partner"].create({"name": "Lucy L.", "email": self.lumen.email})
        self._win(self.lumen, "2026-01-10 10:00:00")
        self._win(other, "2026-02-10 10:00:00")
        self._refresh_clients()
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [other.id, self.lumen.id], self.lumen
        )
        self._end_transaction()
        self.lumen._refresh_relationship()
        self.assertBought(self.lumen, 2, date(2026, 1, 10), date(2026, 2, 10), 2000, 0)
