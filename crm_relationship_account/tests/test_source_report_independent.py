from collections import defaultdict
from datetime import date, timedelta

from odoo.tests import tagged

from odoo.addons.crm_relationship.tests import test_source_report_independent as core

from .common import InvoiceCase

TAX = 0.15
SUMS = ("paid", "margin", "goods_revenue")


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceReportInvoicesIndependent(core.TestSourceReportIndependent, InvoiceCase):
    """The calculation in plain Python of the core goes on with what its clients were invoiced:
    two companies, two currencies, taxes, receipts, refunds, drafts, payments in parts and in
    full, several deals of a client, clients without any, a merged one, their people, goods of
    unknown cost."""

    allow_inherited_tests_method = True
    revenue_is_of_deals = False
    period_sums = (*core.TestSourceReportIndependent.period_sums, *SUMS)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.desk.with_company(cls.other).standard_price = 33
        cls.taxes = {
            company: cls.env["account.tax"]
            .with_company(company)
            .create({"name": "Tax", "amount": 100 * TAX, "company_id": company.id})
            for company in (cls.company, cls.other)
        }
        clients = sorted({lead["client"] for lead in cls.leads} - {cls.env["res.partner"]})
        stranger = cls.env["res.partner"].create({"name": "Stranger"})
        cls.clients = [*clients, stranger, cls.oak]  # the last two have no lead
        cls.people = cls.env["res.partner"].create(
            [{"name": "Buyer", "parent_id": client.id} for client in cls.clients]
        )
        # what they say of their own first touch is not asked
        cls.people.acquisition_date = date(2026, 2, 10)
        cls.invoices = [cls._make_sale(number) for number in range(52)]
        cls._merge_a_client()
        # Tests before this one have filled these tables and rolled back, so that PostgreSQL may
        # take them for empty, and plan for hours.
        cls.env.flush_all()
        cls.env.cr.execute("ANALYZE account_move, account_move_line, account_partial_reconcile")

    @classmethod
    def _make_costs(cls):
        cls.load_chart(cls.other)
        return super()._make_costs()

    @classmethod
    def _make_sale(cls, number):
        """One document and what there is to know about it."""
        company = (cls.company, cls.other)[number % 3 == 1]
        sale = {
            "company": company,
            "currency": (cls.usd, cls.eur)[number % 2],
            "client": cls.clients[number % len(cls.clients)],
            "type": "out_refund" if number % 7 == 6 else "out_invoice",
            "day": date(2026, 1, 4) + timedelta(number * 3),
            "desks": number % 3,
            # at every rate whole cents: how Odoo rounds an invoice is not asked here
            "price": 100 + 7.8 * number,
            "extra": 31.2 if number % 5 else 0,
            "posted": number % 11 != 10,
            "payments": [],
        }
        if number % 13 == 5:
            sale["type"] = "out_receipt"
        sale["move"] = cls._post_sale(sale)
        if sale["posted"]:
            cls._pay_sale(sale, number)
        return sale

    @classmethod
    def _post_sale(cls, sale):
        tax = {"tax_ids": cls.taxes[sale["company"]].ids}
        lines = [(sale["extra"], tax)]
        if sale["desks"]:
            desks = {"product_id": cls.desk.id, "quantity": sale["desks"], **tax}
            lines.append((sale["price"], desks))
        person = cls.people[cls.clients.index(sale["client"])]
        return cls.make_move(
            sale["type"],
            person if sale["desks"] else sale["client"],
            sale["day"],
            *lines,
            company=sale["company"],
            currency_id=sale["currency"].id,
            post=sale["posted"],
        )

    @classmethod
    def _pay_sale(cls, sale, number):
        total = sale["move"].amount_total
        if not total or number % 4 == 0:
            return
        half = round(total / 2, 2)
        parts = {1: [half], 2: [total], 3: [half, round(total - half, 2)]}[number % 4]
        for place, part in enumerate(parts):
            day = sale["day"] + timedelta(12 * (place + 1))
            cls.pay(sale["move"], day, part, currency_id=sale["currency"].id)
            sale["payments"].append((day, part))

    @classmethod
    def _merge_a_client(cls):
        """What the one that goes was invoiced and what it bought is the other's."""
        gone, kept = cls.clients[-1], cls.clients[0]
        cls.env["base.partner.merge.automatic.wizard"]._merge([gone.id, kept.id], kept)
        for sale in cls.invoices:
            if sale["client"] == gone:
                sale["client"] = kept

    # The calculation

    def _rows(self):
        yield from super()._rows()
        for sale in self.invoices:
            if sale["posted"]:
                yield from self._sale_rows(sale)

    def _value_rows(self):
        for row in super()._value_rows():
            del row["revenue"]
            yield row

    def _in_usd(self, sale, amount):
        """Booked in the currency of the company, to the cent, and told at today's rate."""
        day_rate = self._usd_a_day(self.eur, sale["day"])
        if sale["company"] == self.other:
            in_eur = amount / day_rate if sale["currency"] == self.usd else amount
            return round(in_eur, 2) * 2.0
        return round(amount * day_rate if sale["currency"] == self.eur else amount, 2)

    def _sale_rows(self, sale):
        sign = -1 if sale["type"] == "out_refund" else 1
        desks = round(sale["price"], 2) * sale["desks"]
        known = sign * self._in_usd(sale, desks)
        revenue = known + sign * self._in_usd(sale, sale["extra"])
        a_desk = 66.0 if sale["company"] == self.other else 60.0
        goods = sign * sale["desks"] * a_desk
        row = {**self._client_row(sale), "company_id": sale["company"]}
        yield {
            **row,
            "event": sale["day"],
            "revenue": revenue,
            "goods": goods,
            "goods_revenue": known,
            **({"margin": known - goods} if sale["desks"] else {}),
        }
        total = sum(amount + round(amount * TAX, 2) for amount in (desks, sale["extra"]))
        for day, part in sale["payments"]:
            yield {**row, "event": day, "paid": revenue * part / total}

    def _client_row(self, sale):
        """By the first touch of the client, else by its first won deal; and by the deal."""
        won = next(iter(self._won_by(sale["client"])), None)
        day, source = self.touches.get(sale["client"], (None, self.env["utm.source"]))
        medium, campaign = self.env["utm.medium"], self.env["utm.campaign"]
        if won and not day:
            source, medium, campaign = won["source"], won["medium"], won["campaign"]
        first = min(filter(None, (day, won and self._came_day(won))), default=sale["day"])
        row = {
            "source_id": source,
            "medium_id": medium,
            "campaign_id": campaign,
            "team_id": self.env["crm.team"],
            "date:month": first.replace(day=1),
        }
        deal = self._deal_of(sale)
        if not deal:
            return row
        return row | {
            "deal_source_id": deal["source"],
            "deal_medium_id": deal["medium"],
            "deal_campaign_id": deal["campaign"],
            "deal_date:month": self._came_day(deal).replace(day=1),
        }

    def _won_by(self, client):
        """The first one first."""
        won = (lead for lead in self.leads if lead["fate"] == "won" and lead["client"] == client)
        return sorted(won, key=lambda lead: lead["won"])

    def _deal_of(self, sale):
        deals = self._won_by(sale["client"])
        before = [
            deal for deal in deals if self._local_day(deal["won"], deal["company"]) <= sale["day"]
        ]
        return before[-1] if before else next(iter(deals), None)

    def assert_report(self, groupby):
        expected = defaultdict(lambda: defaultdict(float))
        for row in self._rows():
            group = expected[self._get_key(row, groupby)]
            for name in SUMS:
                if name in row:
                    group[name] += row[name]
        names = [f"{name}:sum" for name in SUMS]
        for row in self.env["crm.source.report"]._read_group([], groupby, names):
            *group, paid, margin, known = row
            wanted = expected[tuple(group)]
            self.assertAlmostEqual(paid, wanted["paid"], 2, (groupby, group))
            self.assertAlmostEqual(known, wanted["goods_revenue"], 2, (groupby, group))
            if "margin" in wanted:
                self.assertAlmostEqual(margin, wanted["margin"], 2, (groupby, group))
            else:
                self.assertIs(margin, False, (groupby, group))
        return super().assert_report(groupby)
