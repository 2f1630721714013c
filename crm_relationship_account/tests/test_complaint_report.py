from datetime import date, timedelta
from random import Random

from freezegun import freeze_time

from odoo.tests import tagged

from .common import InvoiceCase

NOW = "2026-12-31 12:00:00"


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestComplaintRevenue(InvoiceCase):
    """What clients bought before a complaint and after it, worked out by hand.

    Oak Interiors complained on 10 March and was content on 20 March: before is from 11 September
    to 9 March, after from 21 March to 16 September.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.late, cls.broken = cls.env["crm.complaint.cause"].create(
            [{"name": "Too late"}, {"name": "Broken"}]
        )
        cls.complaint = cls.make_complaint(cls.ann, "2026-03-10", "2026-03-20")
        cls.oak_buys("2025-09-10", 1)
        cls.oak_buys("2025-09-11", 200)
        cls.oak_buys("2026-03-09", 300)
        cls.oak_buys("2026-03-10", 2)
        cls.oak_buys("2026-03-20", 4)
        cls.oak_buys("2026-03-21", 400)
        invoice = cls.oak_buys("2026-09-16", 50)
        cls.oak_buys("2026-09-17", 8)
        cls.make_refund(invoice, "2026-09-16", 30)
        cls.make_invoice(cls.oak, "2026-04-01", 16, post=False)
        cls.make_invoice(cls.agency, "2026-04-01", 32)

    @classmethod
    def oak_buys(cls, day, amount):
        return cls.make_invoice(cls.ann, day, amount)

    @classmethod
    def make_complaint(cls, partner, opened, resolved, cause=None, **vals):
        return cls.env["crm.complaint"].create(
            {
                "name": "Chairs",
                "partner_id": partner.id,
                "company_id": cls.company.id,
                "cause_id": (cause or cls.late).id,
                "date_open": f"{opened} 12:00:00",
                **(
                    {
                        "state": "resolved",
                        "resolution": "New ones",
                        "untold_reason": "They know",
                        "date_resolved": f"{resolved} 12:00:00",
                    }
                    if resolved
                    else {}
                ),
                **vals,
            }
        )

    def told(self, *groupby):
        names = [f"{name}:sum" for name in ("revenue_before", "revenue_after")]
        rows = self.env["crm.complaint.report"]._read_group(
            [("company_id", "=", self.company.id)], groupby, [*names, "revenue_kept:avg"]
        )
        return {row[:-3]: row[-3:] for row in rows} if groupby else rows[0]

    def test_180_days_before_and_after(self):
        self.assertEqual(self.told(), (500.0, 420.0, 0.84))

    def test_both_are_empty_until_the_days_after_are_over(self):
        self.make_complaint(self.oak, "2026-06-20", "2026-07-04", self.broken)  # ends today
        self.make_complaint(self.oak, "2026-06-21", False, self.broken)
        self.assertEqual(self.told("cause_id")[(self.broken,)], (False, False, False))
        self.assertEqual(self.told(), (500.0, 420.0, 0.84))
        with freeze_time("2027-01-01 12:00:00"):
            # before: 22 December to 19 June; after: 5 July to 31 December
            self.assertEqual(
                self.told("cause_id")[(self.broken,)], (300 + 2 + 4 + 400, 50 + 8 - 30, 28 / 706)
            )

    def test_by_cause_sums_give_the_share(self):
        self.make_complaint(self.agency, "2026-03-10", "2026-03-20", self.broken)
        self.assertEqual(
            self.told("cause_id"),
            {(self.late,): (500.0, 420.0, 0.84), (self.broken,): (0.0, 32.0, False)},
        )
        self.assertEqual(self.told(), (500.0, 452.0, 0.904))

    def test_a_cancelled_complaint_and_one_of_nobody_say_nothing(self):
        self.complaint.state = "cancelled"
        self.assertEqual(self.told(), (False, False, False))

    def test_money_of_other_companies_does_not_count(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.load_chart(other)
        self.make_invoice(self.oak, "2026-04-01", 1000, company=other)
        self.assertEqual(self.told(), (500.0, 420.0, 0.84))

    def test_against_a_calculation_of_its_own(self):
        """Sixty invoices and refunds at any time around fifteen complaints."""
        chance = Random(7)
        self.complaint.unlink()
        posted = [("company_id", "=", self.company.id), ("state", "=", "posted")]
        self.env["account.move"].search(posted).button_draft()
        first, today = date(2025, 6, 1), date(2026, 12, 31)
        clients = {self.ann: self.oak, self.oak: self.oak, self.agency: self.agency}
        moves, complaints = [], []
        for __ in range(60):
            buyer, amount = chance.choice([*clients]), chance.randrange(1, 500)
            day = first + timedelta(days=chance.randrange((today - first).days))
            is_refund = chance.random() < 0.2
            kind = "out_refund" if is_refund else "out_invoice"
            self.make_move(kind, buyer, day, amount)
            moves.append((clients[buyer], day, -amount if is_refund else amount))
        for __ in range(15):
            buyer = chance.choice([*clients])
            opened = date(2025, 12, 1) + timedelta(days=chance.randrange(250))
            resolved = opened + timedelta(days=chance.randrange(1, 60))
            cause = chance.choice([self.late, self.broken])
            self.make_complaint(buyer, opened, resolved, cause)
            complaints.append((clients[buyer], cause, opened, resolved))

        def invoiced(client, start, days):
            return sum(
                amount
                for buyer, day, amount in moves
                if buyer == client and 0 <= (day - start).days < days
            )

        expected = {}
        for client, cause, opened, resolved in complaints:
            if resolved + timedelta(days=180) < today:
                before, after = expected.get((cause,), (0, 0))
                before += invoiced(client, opened - timedelta(days=180), 180)
                after += invoiced(client, resolved + timedelta(days=1), 180)
                expected[(cause,)] = before, after
        self.assertEqual(len(expected), 2)
        told = self.told("cause_id")
        self.assertEqual(told.keys(), expected.keys())
        for cause, (before, after) in expected.items():
            self.assertEqual(told[cause][:2], (before, after))
            self.assertAlmostEqual(told[cause][2], after / before)
