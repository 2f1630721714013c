from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, new_test_user, tagged

NOW = "2026-06-30 12:00:00"


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestPurchaseReport(TransactionCase):
    """Scores by fifths of all clients who have bought."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.partner"].search([("purchase_count", "!=", 0)]).purchase_count = 0
        cls.company = cls.env["res.company"].create({"name": "Oak"})
        cls.seller = new_test_user(
            cls.env,
            "seller",
            groups="base.group_user,sales_team.group_sale_salesman",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def make_clients(self, *facts):
        clients = self.env["res.partner"]
        for number, (last, count, value) in enumerate(facts):
            client = clients.create({"name": f"Client {number}"})
            client.write(
                {
                    "purchase_count": count,
                    "purchase_first_date": "2026-01-01",
                    "purchase_last_date": last,
                    "purchase_value": value,
                }
            )
            clients |= client
        self.env.flush_all()
        return clients

    def scores(self, clients, user=None):
        report = self.env["crm.purchase.report"].with_user(user or self.env.user)
        rows = {row.partner_id.id: row.score for row in report.search([])}
        return [rows.get(client.id) for client in clients]

    def test_five_clients_are_five_fifths(self):
        clients = self.make_clients(
            ("2026-06-05", 1, 50),
            ("2026-06-04", 2, 40),
            ("2026-06-03", 3, 30),
            ("2026-06-02", 4, 20),
            ("2026-06-01", 5, 10),
        )
        self.assertEqual(self.scores(clients), ["515", "424", "333", "242", "151"])

    def test_who_is_alike_has_the_same_score(self):
        """Of ten clients eight bought once: they outdo nobody, the others four fifths."""
        clients = self.make_clients(
            *[("2026-06-01", 1, 10)] * 8, ("2026-06-02", 2, 20), ("2026-06-02", 2, 30)
        )
        self.assertEqual(self.scores(clients), ["111"] * 8 + ["555", "555"])

    def test_fewer_than_five_clients_have_no_score(self):
        clients = self.make_clients(*[("2026-06-01", 1, 10)] * 4)
        self.assertEqual(self.scores(clients), [False] * 4)
        self.assertFalse(any(self.env["crm.purchase.report"].search([]).mapped("segment")))

    def test_who_is_archived_or_never_bought_is_not_compared(self):
        clients = self.make_clients(*[(f"2026-06-0{day}", day, day) for day in range(1, 7)])
        clients[5].active = False
        self.env.flush_all()
        self.make_clients(("2026-06-09", 0, 0))
        self.assertEqual(self.scores(clients), ["111", "222", "333", "444", "555", None])

    def test_segments(self):
        report = self.env["crm.purchase.report"]
        for score, segment in {
            "555": "best",
            "444": "best",
            "543": "faithful",
            "353": "faithful",
            "251": "slipping",
            "125": "slipping",
            "515": "new",
            "423": "new",
            "223": "lost",
            "111": "lost",
            "333": "other",
            "534": "other",
            "315": "other",
        }.items():
            rows = self.env.execute_query(
                report._query_segment_of(*(int(digit) for digit in score))
            )
            self.assertEqual(rows, [(segment,)], score)

    def test_days_and_rhythm(self):
        client = self.make_clients(("2026-05-01", 4, 100))
        client.purchase_rhythm_days = 35
        row = self.env["crm.purchase.report"].search([("partner_id", "=", client.id)])
        self.assertEqual((row.days_since, row.rhythm_days, row.days_late), (60, 35, 25))
        self.assertEqual((row.first_date, row.last_date), (date(2026, 1, 1), date(2026, 5, 1)))
        client.purchase_rhythm_days = 60
        self.assertFalse(row.search([("days_late", ">", 0)]))

    def test_grouped_by_score_the_money_is_all_there(self):
        self.make_clients(*[(f"2026-06-0{day}", day, 100 * day) for day in range(1, 6)])
        groups = self.env["crm.purchase.report"]._read_group(
            [], ["recency"], ["clients:sum", "value:sum"]
        )
        self.assertEqual(groups, [(score, 1, 100.0 * score) for score in range(1, 6)])

    def test_selected_rows_open_as_contacts(self):
        clients = self.make_clients(*[("2026-06-01", 1, 10)] * 3)
        rows = self.env["crm.purchase.report"].search([("partner_id", "in", clients[:2].ids)])
        action = rows.action_open_clients()
        self.assertEqual(self.env[action["res_model"]].search(action["domain"]), clients[:2])

    def test_seller_sees_clients_of_the_own_company_and_their_scores_do_not_change(self):
        clients = self.make_clients(*[(f"2026-06-0{day}", day, day) for day in range(1, 7)])
        clients[5].company_id = self.env["res.company"].create({"name": "Elm"})
        clients[4].company_id = self.company
        self.env.flush_all()
        all_of_them = self.scores(clients)
        self.assertEqual(all_of_them, ["111", "111", "222", "333", "444", "555"])
        self.assertEqual(self.scores(clients, self.seller), [*all_of_them[:5], None])

    def test_others_do_not_see_it_and_nobody_writes_it(self):
        clerk = new_test_user(self.env, "clerk", groups="base.group_user")
        report = self.env["crm.purchase.report"]
        with self.assertRaises(AccessError):
            report.with_user(clerk).search([])
        self.make_clients(("2026-06-01", 1, 10))
        with self.assertRaises(AccessError):
            report.with_user(self.seller).search([]).write({"purchases": 2})

    def test_statements_do_not_grow_with_clients(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["crm.purchase.report"].search([]).mapped("score")
            return self.env.cr.sql_log_count - before

        self.make_clients(("2026-06-01", 1, 10))
        count()
        few = count()
        self.make_clients(*[("2026-06-01", 1, 10)] * 30)
        self.assertEqual(count(), few)
