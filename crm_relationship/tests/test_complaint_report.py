from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common_complaints import ComplaintCommon

# A Monday.
START = datetime(2027, 3, 1, 9, 0)
NOW = datetime(2027, 3, 31, 9, 0)


@freeze_time(NOW)
@tagged("crm_relationship", "post_install", "-at_install")
class TestComplaintReport(ComplaintCommon):
    """Figures of complaints, to the decimal."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.complaints.search([]).unlink()
        cls.report = cls.env["crm.complaint.report"]
        # Acknowledged after 1, 3, 5 hours; resolved after 2, 4, 12 days; promised in 5.
        for hours, days, partner in ((1, 2, cls.brandon), (3, 4, cls.lumen), (5, 12, cls.lumen)):
            cls._complain(
                partner,
                date_open=START,
                date_acknowledged=START + timedelta(hours=hours),
                date_resolved=START + timedelta(days=days),
                date_deadline=date(2027, 3, 6),
                state="resolved",
                resolution="New desk",
                untold_reason="Knows",
                amends_cost=10 * days,
            )
        cls.open_late = cls._complain(
            cls.nina, date_open=START, date_deadline=date(2027, 3, 30), cause_id=cls.late.id
        )
        cls.open_fine = cls._complain(
            date_open=START, date_deadline=date(2027, 3, 31), cause_id=cls.late.id
        )
        cls._complain(date_open=START, state="cancelled")

    def _read(self, *aggregates, user=None, domain=(), groupby=()):
        report = self.report.with_user(user or self.anna)
        return report._read_group(list(domain), list(groupby), [f"{name}" for name in aggregates])

    def test_times(self):
        self.assertEqual(
            self._read(
                "median_acknowledge_hours:avg",
                "p90_acknowledge_hours:avg",
                "median_resolve_days:avg",
                "p90_resolve_days:avg",
                "open_days:max",
            ),
            [(3.0, 4.6, 4.0, 10.4, 30.0)],
        )

    def test_open_ones_count(self):
        self.assertEqual(
            self._read(
                "complaints:sum",
                "resolved:sum",
                "still_open:sum",
                "unacknowledged:sum",
                "in_time:sum",
                "missed:sum",
                "within_promise:avg",
            ),
            [(5, 3, 2, 2, 2, 2, 0.5)],
        )

    def test_by_cause(self):
        self.assertEqual(
            self._read(
                "complaints:sum",
                "repeats:sum",
                "repeat_rate:avg",
                "amends_cost:sum",
                groupby=["cause_id"],
                domain=[("cause_id", "=", self.defect.id)],
            ),
            [(self.defect, 3, 1, 1 / 3, 180.0)],
        )

    def test_day_is_that_of_the_company(self):
        """Resolved on the evening of the promised day, which is the next day in UTC."""
        self.env.company.resource_calendar_id.tz = "America/New_York"
        self.open_fine.write(
            {
                "date_deadline": date(2027, 3, 2),
                "date_resolved": datetime(2027, 3, 3, 3, 0),
                "untold_reason": "Knows",
                "resolution": "Done",
                "state": "resolved",
            }
        )
        domain = [("complaint_id", "=", self.open_fine.id)]
        self.assertEqual(self._read("in_time:sum", "missed:sum", domain=domain), [(1, 0)])

    def test_who_reads_which_rows(self):
        lead = self._create_lead(self.brandon)
        self.open_fine.write({"lead_id": lead.id, "user_id": self.ben.id})
        self.assertEqual(self._read("complaints:sum", user=self.carla), [(4,)])
        self.assertEqual(self._read("complaints:sum", user=self.ben), [(5,)])
        self.assertNotIn("amends_cost", self.report.with_user(self.ben).fields_get())
        self.assertIn("amends_cost", self.report.with_user(self.anna).fields_get())

    def test_two_companies_and_currencies(self):
        currency = self.env["res.currency"].create(
            {
                "name": "TST",
                "symbol": "T",
                "rate_ids": [Command.create({"name": "2020-01-01", "rate": 2.0})],
            }
        )
        other = self.env["res.company"].create({"name": "Other", "currency_id": currency.id})
        self.open_late.write({"company_id": other.id, "amends_cost": 100})
        domain = [("complaint_id", "=", self.open_late.id)]
        self.assertEqual(self._read("complaints:sum", domain=domain), [(0,)])
        self.anna.company_ids = [Command.link(other.id)]
        report = self.report.with_user(self.anna).with_context(
            allowed_company_ids=[self.env.company.id, other.id]
        )
        self.assertEqual(report._read_group(domain, [], ["amends_cost:sum"]), [(50.0,)])
