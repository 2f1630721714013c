from datetime import date, timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, new_test_user, tagged, users

from ..report.crm_source_report import RATIOS
from .common_source_report import SourceReportCase


class OverviewCase(SourceReportCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = new_test_user(
            cls.env,
            "overview_manager",
            groups="sales_team.group_sale_manager",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        new_test_user(cls.env, "overview_seller", groups="sales_team.group_sale_salesman_all_leads")
        cls.report = (
            cls.env["crm.source.report"]
            .with_user(cls.manager)
            .with_context(allowed_company_ids=cls.company.ids)
        )

    def make_client(self, source, value, came, won, touch=None):
        """A client with one won deal, which first came by `touch` a month before."""
        client = self.env["res.partner"].create({"name": "Client"})
        if touch:
            client.write({"acquisition_date": "2026-01-05", "acquisition_source_id": touch.id})
        self.make_lead(
            source,
            f"{came} 12:00:00",
            f"{won} 12:00:00",
            expected_revenue=value,
            partner_id=client.id,
        )
        return client


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time("2026-08-01 10:00:00")
class TestSourcePayback(OverviewCase):
    def payback(self, *domain, groupby=()):
        rows = self.report._read_group(list(domain), list(groupby), ["payback:max"])
        return {row[0]: row[1] for row in rows} if groupby else rows[0][0]

    def test_month_in_which_the_money_was_back(self):
        self.make_cost(self.banner, 600, "2026-01-20", "2026-02-18")  # 20 a day
        self.make_client(self.banner, 100, "2026-01-25", "2026-02-03")
        self.make_client(self.banner, 499, "2026-01-25", "2026-04-01")
        self.assertIs(self.payback(), False)  # 599 of 600
        self.make_client(self.banner, 1, "2026-01-25", "2026-05-31")
        self.assertEqual(self.payback(), 5)  # January is the first
        # The leads of January cost but 240, which April brought back.
        self.assertEqual(self.payback(("date", "<=", "2026-01-31")), 4)

    def test_what_came_before_the_first_cost_pays_nothing_back(self):
        self.make_client(self.banner, 1000, "2026-01-10", "2026-01-20")
        self.make_cost(self.banner, 300, "2026-03-01", "2026-03-30")
        self.assertIs(self.payback(), False)
        self.make_client(self.banner, 300, "2026-03-02", "2026-03-03")
        self.assertEqual(self.payback(), 1)

    def test_the_first_month_counts_even_if_a_later_one_loses_again(self):
        self.make_cost(self.banner, 10, "2025-12-31", "2025-12-31")
        self.make_client(self.banner, 10, "2026-01-10", "2026-01-20")
        self.make_cost(self.banner, 500, "2026-03-01", "2026-03-01")
        self.assertEqual(self.payback(), 2)

    def test_each_group_by_itself_and_none_without_cost(self):
        self.make_cost(self.banner, 10, "2026-01-01", "2026-01-03")
        self.make_cost(self.google, 100, "2026-01-01", "2026-01-03")
        self.make_cost(self.fair, 0, "2026-02-01", "2026-02-03")
        self.make_client(self.banner, 90, "2026-01-10", "2026-01-20")
        self.make_client(None, 90, "2026-01-10", "2026-01-20")
        self.assertEqual(
            self.payback(groupby=["source_id"]),
            {self.banner: 1, self.google: False, self.fair: 1, self.env["utm.source"]: False},
        )
        self.assertEqual(self.payback(), 1)  # 180 for 110


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time("2026-08-01 10:00:00")
class TestSourceMaturity(OverviewCase):
    def make_won(self, *days):
        """Deals of last year that took so many days."""
        for number in days:
            came = date(2025, 9, 1)
            self.make_client(self.fair, 1, came, came + timedelta(number))

    def maturity(self, *domain, **kwargs):
        return self.report._read_group(list(domain), [], ["maturity:avg"], **kwargs)[0][0]

    def test_share_of_deals_won_at_the_age_of_the_lead(self):
        self.make_won(*range(1, 21))  # one a day for twenty days
        for came, share in (("2026-07-31", 0.05), ("2026-07-25", 0.35), ("2026-07-12", 1.0)):
            lead = self.make_lead(self.google, f"{came} 12:00:00")
            row = ("lead_id", "=", lead.id)
            self.assertAlmostEqual(self.maturity(row), share, 6, came)
        # of a group the average over its leads, whatever other facts there are
        self.make_cost(self.google, 10, "2026-07-01", "2026-07-31")
        self.assertAlmostEqual(
            self.maturity(("source_id", "=", self.google.id)), (0.05 + 0.35 + 1.0) / 3, 6
        )

    def test_too_few_or_too_old_deals_tell_nothing(self):
        self.make_won(*range(1, 20))
        self.make_client(self.fair, 1, "2024-07-01", "2024-07-31")  # won more than two years ago
        self.make_lead(self.google, "2026-07-31 12:00:00")
        self.assertIs(self.maturity(), False)
        self.assertEqual(self.report._get_usual_time(), {"cases": 19, "half": 10, "most": 18})
        self.make_won(20)
        self.assertEqual(self.report._get_usual_time(), {"cases": 20, "half": 10, "most": 18})
        self.assertAlmostEqual(self.maturity(("source_id", "=", self.google.id)), 0.05, 6)

    def test_deals_of_another_company_tell_nothing(self):
        other = self.env["res.company"].create({"name": "Elm"})
        self.make_won(*range(1, 20))
        self.make_lead(self.fair, "2025-09-01 12:00:00", "2025-09-02 12:00:00", company_id=other.id)
        self.assertEqual(self.report._get_usual_time()["cases"], 19)


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time("2026-08-01 10:00:00")
class TestSourceOverview(OverviewCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.mailings = cls.env["crm.source.group"].create({"name": "Test mailings"})
        cls.mail_1, cls.mail_2 = cls.env["utm.source"].create(
            [{"name": f"Test mail {n}", "relationship_group_id": cls.mailings.id} for n in (1, 2)]
        )

    def setUp(self):
        super().setUp()
        self.make_cost(self.banner, 100, "2026-02-01", "2026-02-10")
        self.make_cost(self.mail_1, 30, "2026-03-01", "2026-03-03")
        self.make_client(self.banner, 500, "2026-02-02", "2026-02-20", touch=self.google)
        self.make_client(self.banner, 150, "2026-02-03", "2026-02-21")
        self.make_client(self.mail_1, 60, "2026-03-02", "2026-03-05")
        self.make_client(self.mail_2, 70, "2026-03-03", "2026-03-06")
        self.make_client(None, 5, "2026-03-03", "2026-03-06")

    def tell(self, *names, model="first_touch", domain=()):
        lines = self.report.get_overview(list(domain), model)["lines"]
        return [(line["label"], *(line[name] for name in names)) for line in lines]

    def test_sources_by_profit_groups_as_one_line_unknown_always(self):
        self.assertEqual(
            self.tell("cost", "leads", "customers", "profit", "payback"),
            [
                ("Test Google", False, 0, 1, 500.0, False),
                ("Test mailings", 30.0, 2, 2, 100.0, 1),
                ("Test Banner", 100.0, 2, 1, 50.0, 1),
                (False, False, 1, 1, 5.0, False),
            ],
        )
        self.assertEqual(
            self.tell("cost", "leads", "customers", "profit", model="deal"),
            [
                ("Test Banner", 100.0, 2, 2, 550.0),
                ("Test mailings", 30.0, 2, 2, 100.0),
                (False, False, 1, 1, 5.0),
            ],
        )

    def test_each_line_says_where_it_stands_by_the_other_model(self):
        names = ("rank", "other_rank", "other_profit")
        self.assertEqual(
            self.tell(*names),
            [
                ("Test Google", 1, None, 0.0),
                ("Test mailings", 2, 2, 100.0),
                ("Test Banner", 3, 1, 550.0),
                (False, 4, 3, 5.0),
            ],
        )

    def test_rows_behind_what_the_other_model_says(self):
        for model in ("first_touch", "deal"):
            lines = self.report.get_overview([], model)["lines"]
            for line in lines:
                if line["other_domain"] is None:
                    self.assertEqual((line["other_rank"], line["other_profit"]), (None, 0))
                    continue
                rows = self.report.search(line["other_domain"])
                self.assertAlmostEqual(sum(rows.mapped("profit")), line["other_profit"], 6)

    def test_period_is_read_by_the_model(self):
        january = [("date", "<=", "2026-01-31")]
        self.assertEqual(self.tell("profit", domain=january), [("Test Google", 500.0)])
        self.assertEqual(self.tell("profit", domain=january, model="deal"), [])
        google = [("source_id", "=", self.google.id)]
        self.assertEqual(self.tell("customers", domain=google), [("Test Google", 1)])
        self.assertEqual(self.tell("customers", domain=google, model="deal"), [])

    def test_rows_behind_each_line_and_month(self):
        for model in ("first_touch", "deal"):
            overview = self.report.get_overview([("date", ">=", "2026-01-01")], model)
            for line in (*overview["lines"], *overview["months"], overview["total"]):
                rows = self.report.search(line["domain"])
                for name in ("leads", "won", "customers", "profit"):
                    self.assertAlmostEqual(sum(rows.mapped(name)), line[name], 6)
                for column in overview["columns"]:
                    self.assertTrue(set(column["sums"]) <= set(rows._fields))

    def test_months_in_which_they_came(self):
        months = self.report.get_overview([])["months"]
        self.assertEqual(
            [(month["label"], month["cost"], month["leads"], month["profit"]) for month in months],
            [
                ("January 2026", False, 0, 500.0),
                ("February 2026", 100.0, 2, 50.0),
                ("March 2026", 30.0, 3, 105.0),
            ],
        )

    def test_every_column_is_explained(self):
        columns = self.report.get_overview([])["columns"]
        self.assertEqual(
            [column["name"] for column in columns if not column["help"] or not column["label"]], []
        )
        self.assertEqual(len({column["label"] for column in columns}), len(columns))
        helps = {column["name"]: column["help"] for column in columns}
        for name in RATIOS:
            self.assertIn(" / ", helps[name], f"{name} says its formula")

    def test_the_same_queries_for_few_and_many(self):
        def count():
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.report.get_overview([])
            return self.cr.sql_log_count - before

        count()
        few = count()
        for number in range(20):
            source = self.env["utm.source"].create({"name": f"Test many {number}"})
            self.make_cost(source, 10, "2026-01-01", "2026-01-31")
            self.make_lead(source)
        self.assertEqual(count(), few)

    @users("overview_seller")
    def test_who_does_not_see_money_is_refused(self):
        with self.assertRaises(AccessError):
            self.env["crm.source.report"].get_overview([])
