from datetime import date, timedelta

from odoo.tests import tagged

from .common_source_report import SourceReportCase

SUMS = ("leads", "won", "customers", "cost", "expected_revenue")
SUMS += ("won_value", "revenue", "profit")
RATIOS = {
    "cost_per_lead": ("cost", "leads"),
    "acquisition_cost": ("cost", "customers"),
    "conversion": ("won", "leads"),
    "roas": ("revenue", "cost"),
    "roi": ("profit", "cost"),
}


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceReport(SourceReportCase):
    def figures(self, domain=(), groupby=(), **kwargs):
        """`{group: {column: figure}}` as the report tells it."""
        aggregates = [f"{name}:sum" for name in SUMS] + [f"{name}:avg" for name in RATIOS]
        rows = self.env["crm.source.report"]._read_group(
            list(domain), list(groupby), aggregates, **kwargs
        )
        size = len(groupby)
        names = [*SUMS, *RATIOS]
        return {
            (row[0] if size == 1 else tuple(row[:size])): dict(zip(names, row[size:], strict=True))
            for row in rows
        }

    def total(self, *domain):
        return self.figures(domain)[()]

    def test_days_of_a_cost_add_up_to_the_amount(self):
        self.make_cost(self.google, 100, "2026-01-01", "2026-01-31")
        self.make_cost(self.banner, 0.01, "2026-01-01", "2026-12-31")
        self.make_cost(self.fair, 1000, "2026-03-05", "2026-03-05")
        costs = self.figures(groupby=["source_id"])
        self.assertEqual(round(costs[self.google]["cost"], 9), 100.0)
        self.assertEqual(round(costs[self.banner]["cost"], 9), 0.01)
        self.assertEqual(round(costs[self.fair]["cost"], 9), 1000.0)
        slices = self.env["crm.source.report"].search([("source_id", "=", self.google.id)])
        self.assertEqual(
            sorted(slices.mapped("date")), [date(2026, 1, 1) + timedelta(n) for n in range(31)]
        )
        self.assertEqual(len(set(slices.ids)), 31)

    def test_any_part_of_the_period_has_its_part_of_the_cost(self):
        self.make_cost(self.google, 900, "2026-01-17", "2026-04-16")  # 90 days, 10 a day
        months = self.figures(groupby=["date:month"])
        self.assertEqual(
            [round(row["cost"], 6) for row in months.values()], [150.0, 280.0, 310.0, 160.0]
        )
        part = self.total(("date", ">=", "2026-01-20"), ("date", "<=", "2026-01-22"))
        self.assertAlmostEqual(part["cost"], 30.0)

    def test_unknown_source_has_its_own_row_in_words(self):
        self.make_lead(None)
        self.make_lead(self.google)
        rows = self.figures(groupby=["source_id"])
        self.assertEqual(rows[self.env["utm.source"]]["leads"], 1)
        field = self.env["crm.source.report"].fields_get(["source_id"])["source_id"]
        self.assertEqual(field["falsy_value_label"], "Unknown source")

    def test_missing_cost_is_empty_and_never_zero_or_infinite(self):
        self.make_lead(self.google, won="2026-01-20 12:00:00", expected_revenue=500)
        row = self.figures(groupby=["source_id"])[self.google]
        for name in ("cost", "cost_per_lead", "acquisition_cost", "roas", "roi"):
            self.assertIs(row[name], False, name)
        self.assertEqual(row["conversion"], 1.0)

    def test_cost_without_lead_is_shown_and_has_no_cost_per_lead(self):
        self.make_cost(self.banner, 100, "2026-01-01", "2026-01-10")
        row = self.figures(groupby=["source_id"])[self.banner]
        self.assertEqual((row["leads"], row["customers"], row["won"]), (0, 0, 0))
        for name in ("cost_per_lead", "acquisition_cost", "conversion"):
            self.assertIs(row[name], False, name)
        self.assertAlmostEqual(row["roi"], -1.0)
        self.assertAlmostEqual(row["roas"], 0.0)

    def test_lost_and_archived_leads_count_and_merged_ones_are_gone(self):
        self.make_lead(self.google, lost=True, expected_revenue=100)
        lead = self.make_lead(self.google, expected_revenue=10)
        lead.active = False
        twins = self.make_lead(self.google, email_from="a@example.com")
        twins |= self.make_lead(self.google, email_from="a@example.com")
        row = self.total(("source_id", "=", self.google.id))
        self.assertEqual((row["leads"], row["expected_revenue"]), (4, 10.0))
        twins.merge_opportunity()
        self.assertEqual(self.total(("source_id", "=", self.google.id))["leads"], 3)

    def test_client_of_an_earlier_deal_is_not_new_in_a_later_period(self):
        oak = self.env["res.partner"].create({"name": "Oak Interiors", "is_company": True})
        ann, ben = self.env["res.partner"].create(
            [{"name": name, "parent_id": oak.id} for name in ("Ann", "Ben")]
        )
        for person, month in ((ann, 1), (ben, 6), (oak, 7)):
            self.make_lead(
                self.google,
                f"2026-{month:02}-10 12:00:00",
                won=f"2026-{month:02}-20 12:00:00",
                partner_id=person.id,
                expected_revenue=100,
            )
        # somebody writes that it first came after its first deal
        oak.acquisition_date = date(2026, 5, 5)
        self.env.flush_all()
        for field in ("date", "deal_date"):
            with self.subTest(field=field):
                whole = self.total()
                self.assertEqual((whole["customers"], whole["revenue"]), (1, 300))
                later = self.total((field, ">=", "2026-05-01"))
                self.assertEqual((later["customers"], later["revenue"]), (0, 200))
                first = self.total((field, ">", "2026-01-09"), (field, "<", "2026-01-11"))
                self.assertEqual((first["customers"], first["revenue"]), (1, 100))

    def test_deal_won_later_belongs_to_the_month_the_lead_came(self):
        self.make_lead(
            self.google, "2026-01-10 12:00:00", won="2026-03-02 12:00:00", expected_revenue=70
        )
        rows = self.figures(groupby=["date:month"])
        self.assertEqual({day: row["won"] for day, row in rows.items()}, {date(2026, 1, 1): 1})
        rows = self.figures([("fact", "=", "won")], groupby=["event_date:month"])
        self.assertEqual({day: row["won"] for day, row in rows.items()}, {date(2026, 3, 1): 1})
        rows = self.figures([("fact", "=", "value")], groupby=["event_date:month"])
        self.assertEqual(
            {day: row["revenue"] for day, row in rows.items()}, {date(2026, 3, 1): 70.0}
        )

    def test_days_are_those_of_the_company(self):
        self.company.resource_calendar_id.tz = "Asia/Tokyo"
        self.make_lead(self.google, "2026-01-31 15:30:00")  # half past midnight in Tokyo
        self.make_lead(self.google, "2026-01-31 14:30:00")
        rows = self.figures(groupby=["date:month"])
        self.assertEqual(
            {day: row["leads"] for day, row in rows.items()},
            {date(2026, 1, 1): 1, date(2026, 2, 1): 1},
        )

    def make_client(self, name, deals, **touch):
        """A company whose contact won `deals`: `(source, came, won, value)`."""
        client = self.env["res.partner"].create({"name": name, "is_company": True})
        contact = self.env["res.partner"].create({"name": "Ann", "parent_id": client.id})
        for source, came, won, value in deals:
            self.make_lead(source, came, won, expected_revenue=value, partner_id=contact.id)
        client.write({f"acquisition_{key}": value for key, value in touch.items()})
        return client

    def test_client_is_new_once_where_it_first_came_from(self):
        client = self.make_client(
            "Azure",
            [
                (self.banner, "2026-02-01 12:00:00", "2026-02-20 12:00:00", 10),
                (self.banner, "2026-03-01 12:00:00", "2026-03-20 12:00:00", 20),
            ],
            date=date(2026, 1, 5),
            source_id=self.google.id,
        )
        row = self.env["crm.source.report"].search([("fact", "=", "customer")])
        self.assertEqual(len(row), 1)
        self.assertEqual(row.partner_id, client)
        self.assertEqual(row.source_id, self.google)
        self.assertEqual((row.date, row.event_date), (date(2026, 1, 5), date(2026, 2, 20)))
        names = ("won", "customers", "won_value", "revenue", "profit")

        def tell(groupby):
            rows = self.figures(groupby=groupby).items()
            return {group: tuple(row[name] for name in names) for group, row in rows}

        self.assertEqual(
            tell(["source_id"]), {self.banner: (2, 0, 0, 0, 0), self.google: (0, 1, 30, 30, 30)}
        )
        self.assertEqual(tell(["deal_source_id"]), {self.banner: (2, 1, 30, 30, 30)})
        january, february, march = (date(2026, month, 1) for month in (1, 2, 3))
        self.assertEqual(
            tell(["date:month"]),
            {january: (0, 1, 30, 30, 30), february: (1, 0, 0, 0, 0), march: (1, 0, 0, 0, 0)},
        )
        self.assertEqual(
            tell(["deal_date:month"]),
            {february: (1, 1, 10, 10, 10), march: (1, 0, 20, 20, 20)},
        )

    def test_client_whose_first_touch_is_not_known_yet_is_not_lost(self):
        self.make_client(
            "New", [(self.banner, "2026-02-01 12:00:00", "2026-02-20 12:00:00", 10)], date=False
        )
        row = self.env["crm.source.report"].search([("fact", "=", "customer")])
        self.assertEqual((row.source_id, row.date), (self.banner, date(2026, 2, 1)))

    def test_client_without_won_deal_is_no_customer(self):
        partner = self.env["res.partner"].create({"name": "Cold", "acquisition_date": "2026-01-01"})
        self.make_lead(self.google, partner_id=partner.id)
        self.assertEqual(self.total()["customers"], 0)

    def test_every_figure_opens_its_rows(self):
        self.make_cost(self.google, 100, "2026-01-01", "2026-01-10")
        self.make_client("Azure", [(self.google, "2026-01-02 12:00:00", "2026-01-20 12:00:00", 10)])
        self.make_lead(None)
        Report = self.env["crm.source.report"]
        groups = Report.formatted_read_group(
            [], ["source_id", "fact"], ["__count", "cost:sum", "leads:sum"]
        )
        self.assertEqual(len(groups), 6)
        for group in groups:
            rows = Report.search(group["__extra_domain"])
            self.assertEqual(len(rows), group["__count"])
            self.assertEqual(sum(rows.mapped("leads")), group["leads:sum"])
            self.assertAlmostEqual(sum(rows.mapped("cost")), group["cost:sum"] or 0.0)
        opened = {row.fact: row.action_open_origin()["res_model"] for row in Report.search([])}
        self.assertEqual(
            opened,
            {
                "cost": "crm.source.cost",
                "lead": "crm.lead",
                "won": "crm.lead",
                "value": "crm.lead",
                "customer": "res.partner",
            },
        )

    def test_example_by_hand(self):
        """The tables of docs/roi.md."""
        self.make_cost(self.banner, 600, "2026-06-01", "2026-06-30")
        self.make_cost(self.google, 310, "2026-07-01", "2026-07-31")
        for source, came, won, value in (
            (self.banner, "2026-06-03", "2026-07-10", 1000),
            (self.banner, "2026-06-20", "lost", 400),
            (self.banner, "2026-07-02", None, 500),
            (self.google, "2026-07-05", "2026-07-09", 775),
            (None, "2026-07-06", "2026-07-30", 200),
        ):
            client = self.env["res.partner"].create({"name": "Client"})
            lost = won == "lost"
            self.make_lead(
                source,
                f"{came} 12:00:00",
                None if lost or not won else f"{won} 12:00:00",
                lost,
                expected_revenue=value,
                partner_id=client.id,
            )
        names = ("cost", "leads", "cost_per_lead", "won", "customers", "acquisition_cost")
        names += ("revenue", "profit", "roi")

        def tell(*domain, groupby=("source_id",)):
            rows = self.figures(domain, groupby)
            return {
                group: tuple(row[name] and round(row[name], 2) for name in names)
                for group, row in rows.items()
            }

        self.assertEqual(
            tell(),
            {
                self.google: (310.0, 1, 310.0, 1, 1, 310.0, 775.0, 465.0, 1.5),
                self.banner: (600.0, 3, 200.0, 1, 1, 600.0, 1000.0, 400.0, 0.67),
                self.env["utm.source"]: (False, 1, False, 1, 1, False, 200.0, 200.0, False),
            },
        )
        self.assertEqual(
            tell(groupby=()), {(): (910.0, 5, 182.0, 3, 3, 303.33, 1975.0, 1065.0, 1.17)}
        )
        june = ("date", ">=", "2026-06-01"), ("date", "<=", "2026-06-30")
        self.assertEqual(
            tell(*june), {self.banner: (600.0, 2, 300.0, 1, 1, 600.0, 1000.0, 400.0, 0.67)}
        )
        paid_back = self.env["crm.source.report"]._read_group(
            [("source_id", "=", self.banner.id)], [], ["payback:max"]
        )
        self.assertEqual(paid_back, [(2,)])
        days = ("date", ">=", "2026-06-01"), ("date", "<=", "2026-06-10")
        self.assertEqual(
            tell(*days), {self.banner: (200.0, 1, 200.0, 1, 1, 200.0, 1000.0, 800.0, 4.0)}
        )

    def test_first_day_of_a_period_begins_where_the_company_is(self):
        """In Auckland the 10th begins at noon of the 9th in UTC."""
        self.company.resource_calendar_id.tz = "Pacific/Auckland"
        clients = self.env["res.partner"].create([{"name": "Early"}, {"name": "Late"}])
        for client, came in zip(
            clients, ("2026-07-09 11:59:00", "2026-07-09 12:00:00"), strict=True
        ):
            self.make_lead(
                self.google,
                came=came,
                won="2026-07-20 12:00:00",
                expected_revenue=100,
                partner_id=client.id,
            )
        for name in ("date", "deal_date"):
            total = self.total((name, ">=", "2026-07-10"))
            self.assertEqual((total["won_value"], total["customers"]), (100.0, 1), name)

    def test_list_ranks_by_return_and_puts_sources_without_cost_last(self):
        for source, cost, value in ((self.fair, 100, 150), (self.banner, 10, 50)):
            self.make_cost(source, cost, "2026-01-01", "2026-01-10")
            self.make_lead(source, won="2026-01-20 12:00:00", expected_revenue=value)
        self.make_lead(self.google, won="2026-01-20 12:00:00", expected_revenue=1000)
        self.make_lead(None)
        result = self.env["crm.source.report"].web_read_group(
            [], ["source_id"], ["roi:avg", "profit:sum"], order="roi DESC"
        )
        self.assertEqual(
            [group["source_id"] and group["source_id"][0] for group in result["groups"]],
            [self.banner.id, self.fair.id, self.google.id, False],
        )

    def test_facts_come_as_they_go_unless_another_order_is_asked_for(self):
        self.make_cost(self.google, 10, "2026-01-01", "2026-01-10")
        self.make_lead(self.google)
        self.make_client("Azure", [(self.google, "2026-01-02 12:00:00", "2026-01-20 12:00:00", 50)])
        natural = ["cost", "lead", "won", "value", "customer"]
        for order, wanted in (
            (None, natural),
            ("fact", natural),
            ("fact DESC", natural[::-1]),
            ("roi DESC", natural),  # the list's own; a fact has no ratio
            ("roi DESC, leads DESC", ["lead", "cost", "won", "value", "customer"]),
            ("profit DESC", ["value", "lead", "won", "customer", "cost"]),
            ("cost DESC", natural),
            ("won DESC, fact DESC", ["won", "customer", "value", "lead", "cost"]),
        ):
            result = self.env["crm.source.report"].web_read_group(
                [],
                ["fact"],
                ["roi:avg", "profit:sum", "cost:sum", "leads:sum", "won:sum"],
                order=order,
            )
            self.assertEqual([group["fact"] for group in result["groups"]], wanted, order)
        by_both = self.figures(groupby=["source_id", "fact"])
        self.assertEqual([fact for _source, fact in by_both], natural)

    def test_pivot_ratios_are_right_in_every_set_of_groups(self):
        self.make_cost(self.google, 310, "2026-01-01", "2026-01-31")
        self.make_cost(self.banner, 100, "2026-02-01", "2026-02-28")
        for source in (self.google, self.google, self.banner):
            self.make_lead(source)
        total, by_source = self.env["crm.source.report"]._read_grouping_sets(
            [], [[], ["source_id"]], ["cost_per_lead:avg", "cost_per_lead:sum_currency"]
        )
        self.assertAlmostEqual(total[0][0], 410 / 3)
        self.assertAlmostEqual(total[0][1], 410 / 3)
        self.assertEqual(
            {source: round(ratio, 6) for source, ratio, _same in by_source},
            {self.google: 155.0, self.banner: 100.0},
        )

    def test_figures_take_the_same_queries_for_few_and_many(self):
        def count():
            self.env.invalidate_all()
            self.env.flush_all()
            before = self.cr.sql_log_count
            self.figures(groupby=["source_id"])
            return self.cr.sql_log_count - before

        self.make_lead(self.google)
        self.make_cost(self.google, 10, "2026-01-01", "2026-01-31")
        count()
        few = count()
        for source in (self.google, self.banner, self.fair) * 10:
            self.make_lead(source)
            self.make_cost(source, 10, "2026-01-01", "2026-01-31")
        self.assertEqual(count(), few)
        self.assertLessEqual(few, 6)
