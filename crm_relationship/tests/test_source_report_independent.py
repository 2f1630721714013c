from collections import defaultdict
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from odoo.fields import Datetime
from odoo.tests import freeze_time, tagged

from .common_source_report import SourceReportCase
from .test_source_report import RATIOS, SUMS

TODAY = date(2026, 4, 20)


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(f"{TODAY} 10:00:00")
class TestSourceReportIndependent(SourceReportCase):
    """The report against a calculation in plain Python that shares nothing with it."""

    period_sums = ("cost", "leads", "won", "customers", "revenue", "profit")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Elm", "currency_id": cls.eur.id})
        cls.env.user.company_ids |= cls.other
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": [cls.company.id, cls.other.id]}
        )
        cls.company.resource_calendar_id.tz = "Europe/Brussels"
        cls.other.resource_calendar_id.tz = "America/New_York"
        cls.mediums = [
            cls.env["utm.medium"].create({"name": f"Test medium {n}"}) for n in range(2)
        ] + [cls.env["utm.medium"]]
        cls.teams = {
            company: cls.env["crm.team"].create({"name": "Team", "company_id": company.id})
            for company in (cls.company, cls.other)
        }
        cls.campaign = cls.env["utm.campaign"].create({"name": "Test campaign"})
        cls.sources = [cls.google, cls.banner, cls.fair, cls.env["utm.source"]]
        group = cls.env["crm.source.group"].create({"name": "Test group"})
        (cls.google | cls.fair).relationship_group_id = group
        cls.costs = [
            # (source, medium, company, currency, amount, from, to)
            (cls.google, 0, cls.company, cls.usd, 1000, date(2026, 1, 1), date(2026, 1, 31)),
            (cls.google, 2, cls.company, cls.eur, 333.33, date(2026, 1, 20), date(2026, 3, 3)),
            (cls.google, 0, cls.other, cls.eur, 77.77, date(2026, 2, 1), date(2026, 2, 28)),
            (cls.banner, 2, cls.other, cls.usd, 500, date(2025, 12, 20), date(2026, 4, 5)),
        ]  # the fair has no cost
        cls.idle = cls.env["utm.source"].create({"name": "Test idle"})  # cost without leads
        cls.costs.append(
            (cls.idle, 2, cls.company, cls.usd, 10, date(2026, 1, 1), date(2026, 3, 1))
        )
        cls._make_costs()
        cls._make_leads()

    @classmethod
    def _make_costs(cls):
        for source, medium, company, currency, amount, start, end in cls.costs:
            cls.make_cost(
                source,
                amount,
                start,
                end,
                currency_id=currency.id,
                company_id=company.id,
                medium_id=cls.mediums[medium].id,
            )

    @classmethod
    def _make_leads(cls):
        """120 leads of 12 clients over four months, every combination of fates."""
        Partner = cls.env["res.partner"]
        clients = Partner.create([{"name": f"C{n}", "is_company": True} for n in range(12)])
        cls.leads = []
        for n in range(120):
            company = (cls.company, cls.other)[n % 3 == 2]
            came = Datetime.to_datetime("2026-01-01 22:40:00") + timedelta(hours=n * 19)
            fate = ("won", "lost", "open", "archived", "won")[n % 5]
            won = came + timedelta(days=n % 40, hours=3) if fate == "won" else None
            lead = {
                "source": cls.sources[n % 4],
                "medium": cls.mediums[n % 3],
                "campaign": cls.campaign if n % 8 < 3 else cls.env["utm.campaign"],
                "company": company,
                "team": cls.teams[company] if n % 2 else cls.env["crm.team"],
                "came": came,
                "fate": fate,
                "won": won,
                "value": 10.35 * n,
                "client": clients[n % 12] if n % 7 else Partner,
            }
            cls.leads.append(lead)
            record = cls.make_lead(
                lead["source"],
                came,
                won,
                fate == "lost",
                company_id=company.id,
                team_id=lead["team"].id,
                medium_id=lead["medium"].id,
                campaign_id=lead["campaign"].id,
                expected_revenue=lead["value"],
                partner_id=lead["client"].id,
            )
            if fate == "archived":
                record.active = False
        cls.touches = {}
        for n, client in enumerate(clients):
            if n % 4:  # the others: not known yet
                cls.touches[client] = (date(2026, 1, 1) + timedelta(n * 5), cls.sources[n % 4])
                client.acquisition_date, client.acquisition_source_id = cls.touches[client]
        cls._merge_clients(clients[6], clients[9])

    @classmethod
    def _merge_clients(cls, gone, stays):
        """Two clients are one: with the deals of both, and new once, by the earlier first touch."""
        wizard = cls.env["base.partner.merge.automatic.wizard"].sudo()
        wizard._merge((gone | stays).ids, stays)
        cls.touches[stays] = cls.touches.pop(gone)
        for lead in cls.leads:
            if lead["client"] == gone:
                lead["client"] = stays

    # The calculation: days and amounts only, no query

    def _rows(self):
        yield from self._cost_rows()
        yield from self._lead_rows()
        yield from self._value_rows()
        yield from self._customer_rows()

    def _usd_a_day(self, currency, day):
        if currency == self.usd:
            return 1.0
        return 1.25 if day < date(2026, 2, 15) else 2.0

    def _cost_rows(self):
        for source, medium, company, currency, amount, start, end in self.costs:
            days = [start + timedelta(n) for n in range((end - start).days + 1)]
            in_usd = sum(amount / len(days) * self._usd_a_day(currency, day) for day in days)
            if company == self.other:  # entered in EUR at the rates of the days, told at today's
                in_eur = sum(
                    amount
                    / len(days)
                    * self._usd_a_day(currency, day)
                    / self._usd_a_day(self.eur, day)
                    for day in days
                )
                in_usd = round(in_eur, 2) * 2.0
            else:
                in_usd = round(in_usd, 2)
            for day in days:
                yield {
                    "source_id": source,
                    "medium_id": self.mediums[medium],
                    "team_id": self.env["crm.team"],
                    "company_id": company,
                    "date:month": day.replace(day=1),
                    "event": day,
                    "cost": in_usd / len(days),
                }

    def _local_day(self, moment, company):
        zone = "Europe/Brussels" if company == self.company else "America/New_York"
        return moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()

    def _lead_row(self, lead):
        return {
            "source_id": lead["source"],
            "medium_id": lead["medium"],
            "campaign_id": lead["campaign"],
            "team_id": lead["team"],
            "company_id": lead["company"],
            "date:month": self._local_day(lead["came"], lead["company"]).replace(day=1),
        }

    def _deal_row(self, lead):
        """By the first touch of the client, and by the deal."""
        row = self._lead_row(lead)
        names = ("source_id", "medium_id", "campaign_id", "date:month")
        first = {f"deal_{name}": row[name] for name in names}
        if lead["client"] in self.touches:
            day, source = self.touches[lead["client"]]
            day = min(day, self._local_day(lead["came"], lead["company"]))
            row |= {
                "date:month": day.replace(day=1),
                "source_id": source,
                "medium_id": self.env["utm.medium"],
                "campaign_id": self.env["utm.campaign"],
            }
        return row | first

    def _value(self, lead):
        return round(lead["value"], 2) * (2.0 if lead["company"] == self.other else 1.0)

    def _lead_rows(self):
        for lead in self.leads:
            yield {
                **self._lead_row(lead),
                "event": self._came_day(lead),
                "leads": 1,
                "expected_revenue": 0.0 if lead["fate"] == "lost" else self._value(lead),
                "maturity": self._maturity(lead),
            }
            if lead["fate"] == "won":
                yield {**self._lead_row(lead), "event": self._won_day(lead), "won": 1}

    def _maturity(self, lead):
        """Share of the deals won by now that were won at the age the lead has now."""
        days = [
            (self._local_day(won["won"], won["company"]) - self._came_day(won)).days
            for won in self.leads
            if won["fate"] == "won" and won["won"].date() <= TODAY
        ]
        age = (TODAY - self._came_day(lead)).days
        return sum(number <= age for number in days) / len(days)

    def _came_day(self, lead):
        return self._local_day(lead["came"], lead["company"])

    def _won_day(self, lead):
        return self._local_day(lead["won"], lead["company"])

    def _value_rows(self):
        for lead in self.leads:
            if lead["fate"] == "won":
                value = self._value(lead)
                yield {
                    **self._deal_row(lead),
                    "event": self._won_day(lead),
                    "won_value": value,
                    "revenue": value,
                }

    def _customer_rows(self):
        first = {}
        for lead in sorted(
            (lead for lead in self.leads if lead["fate"] == "won" and lead["client"]),
            key=lambda lead: lead["won"],
        ):
            first.setdefault(lead["client"], lead)
        for lead in first.values():
            yield {**self._deal_row(lead), "event": self._won_day(lead), "customers": 1}

    def _expect(self, groupby):
        sums = defaultdict(lambda: dict.fromkeys((*SUMS, "slices", "maturity"), 0) | {"events": []})
        for row in self._rows():
            group = sums[self._get_key(row, groupby)]
            for name in (*SUMS, "maturity"):
                group[name] += row.get(name, 0)
            group["slices"] += "cost" in row
            profit = row.get("revenue", 0) - row.get("goods", 0) - row.get("cost", 0)
            group["profit"] += profit
            group["events"].append((row["event"], profit, "cost" in row))
        return sums

    def _get_key(self, row, groupby):
        return tuple(self._get_group(row, name) for name in groupby)

    def _get_group(self, row, name):
        if name == "source_group_id":
            return row["source_id"].relationship_group_id
        if name == "event_date:month":
            return row["event"].replace(day=1)
        # who says nothing of the deal says the same of it
        value = row.get(name, row.get(name.removeprefix("deal_")))
        return self.env["utm.campaign"] if value is None else value

    def _payback(self, events):
        """Day by day, month by month: the first that ends with nothing missing."""
        if not any(is_cost for _day, _profit, is_cost in events):
            return False
        first = min(day for day, _profit, is_cost in events if is_cost).replace(day=1)
        last = max(day for day, _profit, _is_cost in events)
        number, month = 1, first
        while month <= last:
            after = (month + timedelta(32)).replace(day=1)
            if sum(profit for day, profit, _cost in events if first <= day < after) >= -1e-6:
                return number
            number, month = number + 1, after
        return False

    def assert_report(self, groupby):
        expected = self._expect(groupby)
        aggregates = [f"{name}:sum" for name in SUMS] + [f"{name}:avg" for name in RATIOS]
        aggregates += ["maturity:avg", "payback:max"]
        rows = self.env["crm.source.report"]._read_group([], groupby, aggregates)
        size = len(groupby)
        self.assertEqual({row[:size] for row in rows}, set(expected), groupby)
        for row in rows:
            want = expected[row[:size]]
            names = (*SUMS, *RATIOS, "maturity", "payback")
            got = dict(zip(names, row[size:], strict=True))
            self.assertEqual(got["payback"], self._payback(want["events"]), (groupby, row[:size]))
            if want["leads"]:
                self.assertAlmostEqual(got["maturity"], want["maturity"] / want["leads"], 9)
            else:
                self.assertIs(got["maturity"], False)
            for name in SUMS:
                if name == "cost" and not want["slices"]:
                    self.assertIs(got["cost"], False)
                else:
                    self.assertAlmostEqual(got[name], want[name], 2, (groupby, row[:size], name))
            for name, (top, bottom) in RATIOS.items():
                if not want[bottom] or (top == "cost" and not want["slices"]):
                    self.assertIs(got[name], False, (groupby, row[:size], name))
                else:
                    self.assertAlmostEqual(got[name], want[top] / want[bottom], 4)

    def test_report_equals_the_calculation_at_every_grouping(self):
        for groupby in (
            [],
            ["source_id"],
            ["medium_id"],
            ["campaign_id"],
            ["source_group_id"],
            ["team_id"],
            ["company_id"],
            ["date:month"],
            ["event_date:month"],
            ["source_id", "date:month"],
            ["source_group_id", "campaign_id", "event_date:month"],
            ["source_id", "medium_id", "company_id"],
            ["deal_source_id"],
            ["deal_medium_id"],
            ["deal_campaign_id"],
            ["deal_date:month"],
            ["deal_source_id", "deal_date:month"],
            ["source_id", "deal_source_id"],
        ):
            with self.subTest(groupby=groupby):
                self.assert_report(groupby)

    def test_any_period_equals_the_calculation(self):
        """A period reaches the tables below: nothing on its edges is lost or gained."""
        rows = self.env["crm.source.report"].search([])
        first = date(2025, 12, 18)
        for start in (first + timedelta(n * 8) for n in range(16)):
            for domain in (
                [("date", ">=", start)],
                [("date", ">", start), ("date", "<=", start + timedelta(20))],
                ["|", ("date", ">=", start), ("fact", "=", "won")],
                [
                    *("|", ("fact", "=", "won"), "&", ("fact", "=", "lead")),
                    *(("date", ">", start + timedelta(9)), ("date", ">=", start)),
                ],
                ["!", ("date", ">=", start)],
                [("deal_date", ">=", start)],
                [("deal_date", ">=", start + timedelta(9)), ("date", "<", start)],
            ):
                wanted = rows.filtered_domain(domain)
                self.assertEqual(rows.search(domain), wanted, domain)
                self.assertEqual(self._read_sums(domain), self._add_up(wanted), domain)

    def _read_sums(self, domain):
        groups = ("source_id", "medium_id", "deal_source_id", "date:month", "deal_date:month")
        sums = [f"{name}:sum" for name in self.period_sums]
        return {
            row[: len(groups)]: [round(value or 0, 4) for value in row[len(groups) :]]
            for row in self.env["crm.source.report"]._read_group(domain, groups, sums)
        }

    def _add_up(self, rows):
        groups = defaultdict(self.env["crm.source.report"].browse)
        for row in rows:
            month, deal_month = (day.replace(day=1) for day in (row.date, row.deal_date))
            groups[row.source_id, row.medium_id, row.deal_source_id, month, deal_month] += row
        return {
            group: [round(sum(found.mapped(name)), 4) for name in self.period_sums]
            for group, found in groups.items()
        }

    def test_seen_from_the_other_company_all_is_in_its_currency(self):
        ours = self.env["crm.source.report"]._read_group([], [], ["revenue:sum", "roi:avg"])
        theirs = (
            self.env["crm.source.report"]
            .with_company(self.other)
            ._read_group([], [], ["revenue:sum", "roi:avg"])
        )
        self.assertAlmostEqual(ours[0][0], theirs[0][0] * 2.0, 2)
        self.assertAlmostEqual(ours[0][1], theirs[0][1], 6)

    def test_one_company_alone(self):
        report = self.env["crm.source.report"].with_context(allowed_company_ids=self.company.ids)
        user = self.env.ref("base.user_admin")
        user.company_ids |= self.company | self.other
        [[leads]] = report.with_user(user)._read_group([], [], ["leads:sum"])
        self.assertEqual(leads, sum(lead["company"] == self.company for lead in self.leads))
