from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import Form, freeze_time, tagged

from .test_source_cost import SourceCase


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceCostRecurring(SourceCase):
    """A cost of every month is one row a month; the past stays."""

    def make_monthly(self, amount=100, start="2026-01-01", **vals):
        return self.env["crm.source.cost"].create(
            {
                "source_id": self.google.id,
                "amount": amount,
                "date_from": start,
                "company_id": self.company.id,
                "recurring": True,
                **vals,
            }
        )

    def months(self, cost):
        return [(row.date_from, row.date_to, row.amount) for row in cost._get_series()]

    @freeze_time("2026-03-10 12:00:00")
    def test_months_that_have_begun_are_entered_at_once(self):
        cost = self.make_monthly()
        self.assertEqual(
            self.months(cost),
            [
                (date(2026, 1, 1), date(2026, 1, 31), 100),
                (date(2026, 2, 1), date(2026, 2, 28), 100),
                (date(2026, 3, 1), date(2026, 3, 31), 100),
            ],
        )
        series = cost._get_series()
        self.assertEqual(series.mapped("recurring"), [False, False, True], "the newest goes on")
        self.assertEqual(series[2].name, "Test Google, March 2026")

    def test_next_month_begins_on_its_first_day_and_once(self):
        with freeze_time("2026-01-31 12:00:00"):
            cost = self.make_monthly(name="Portal")
            self.env["crm.source.cost"]._cron_continue()
            self.assertEqual(len(cost._get_series()), 1)
        for _run in range(2):
            with freeze_time("2026-02-01 12:00:00"):
                self.env["crm.source.cost"]._cron_continue()
        self.assertEqual(cost._get_series().mapped("name"), ["Portal", "Portal"])

    def test_two_expenses_of_every_month_are_said_to_be_right_once(self):
        with freeze_time("2026-01-10 12:00:00"):
            rent, _printing = self.make_monthly(), self.make_monthly()
            self.assertTrue(rent.has_duplicates)
            rent.action_confirm_duplicates()
        with freeze_time("2026-02-01 12:00:00"):
            self.env["crm.source.cost"]._cron_continue()
        self.assertEqual(len(rent._get_series()), 2)
        self.assertFalse(rent._get_series().filtered("has_duplicates"))

    @freeze_time("2026-02-10 12:00:00")
    def test_change_and_end_leave_the_past(self):
        cost = self.make_monthly()
        cost._get_series()[1].amount = 130
        with freeze_time("2026-03-10 12:00:00"):
            self.env["crm.source.cost"]._cron_continue()
            cost._get_series()[2].recurring = False
        with freeze_time("2026-05-10 12:00:00"):
            self.env["crm.source.cost"]._cron_continue()
        self.assertEqual([month[2] for month in self.months(cost)], [100, 130, 130])

    @freeze_time("2026-06-10 12:00:00")
    def test_last_month_counts_in_proportion(self):
        cost = self.make_monthly(amount=310, recurring_until="2026-03-10")
        self.assertEqual(
            self.months(cost)[1:],
            [
                (date(2026, 2, 1), date(2026, 2, 28), 310),
                (date(2026, 3, 1), date(2026, 3, 10), 100),
            ],
        )
        self.assertFalse(any(cost._get_series().mapped("recurring")))

    @freeze_time("2026-01-20 12:00:00")
    def test_ended_within_the_month(self):
        cost = self.make_monthly(amount=310)
        cost.recurring_until = "2026-01-25"
        self.assertEqual(self.months(cost), [(date(2026, 1, 1), date(2026, 1, 25), 250)])
        self.assertFalse(cost.recurring)

    @freeze_time("2026-04-10 12:00:00")
    def test_month_from_the_last_day_of_a_month(self):
        cost = self.make_monthly(start="2026-01-31")
        self.assertEqual(
            [month[:2] for month in self.months(cost)],
            [
                (date(2026, 1, 31), date(2026, 2, 27)),
                (date(2026, 2, 28), date(2026, 3, 30)),
                (date(2026, 3, 31), date(2026, 4, 29)),
            ],
        )

    @freeze_time("2026-01-10 12:00:00")
    def test_what_is_no_month_is_refused_in_words(self):
        with self.assertRaisesRegex(ValidationError, "covers one month, not 90 days"):
            self.make_monthly(date_to="2026-03-31")
        with self.assertRaisesRegex(ValidationError, "Until of.*before this month begins"):
            self.make_monthly(recurring_until="2025-12-31")

    @freeze_time("2026-01-10 12:00:00")
    def test_form_proposes_the_month(self):
        form = Form(self.env["crm.source.cost"])
        form.source_id = self.google
        form.amount = 10
        form.date_from = "2026-01-05"
        self.assertEqual(str(form.date_to), "2026-01-31")
        form.recurring = True
        self.assertEqual(str(form.date_to), "2026-02-04")
        form.save()

    @freeze_time("2026-03-20 12:00:00")
    def test_each_month_at_its_own_rates(self):
        cost = self.make_monthly(currency_id=self.eur.id)
        self.assertEqual(
            cost._get_series().mapped("amount_company"), [125, 162.5, 200], "14 days at 1.25 and 2"
        )

    @freeze_time("2026-01-31 12:00:00")
    def test_lead_and_report_know_the_same_costs(self):
        self.make_monthly(amount=310, start="2025-11-01")
        lead = self.make_lead(self.google, came="2025-11-03 12:00:00")
        [[total]] = self.env["crm.source.report"]._read_group(
            [("source_id", "=", self.google.id)], [], ["cost:sum"]
        )
        self.assertAlmostEqual(total, 930)
        self.assertEqual(lead.source_cost_per_lead, 930)

    def test_many_are_continued_by_as_many_queries_as_few(self):
        def run(count):
            with freeze_time("2026-01-10 12:00:00"):
                for _i in range(count):
                    self.make_monthly()
                self.env.flush_all()
            with freeze_time("2026-02-10 12:00:00"):
                self.env.invalidate_all()
                before = self.cr.sql_log_count
                self.env["crm.source.cost"]._cron_continue()
                self.env.flush_all()
                return self.cr.sql_log_count - before

        run(1)
        self.env["crm.source.cost"].search([("source_id", "=", self.google.id)]).unlink()
        few = run(5)
        self.env["crm.source.cost"].search([("source_id", "=", self.google.id)]).unlink()
        self.assertEqual(run(40), few)


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceCostRates(SourceCase):
    """A rate that comes late reaches the costs of its days."""

    def setUp(self):
        super().setUp()
        self.cost = self.make_cost(
            self.google, 280, "2026-03-01", "2026-03-28", currency_id=self.eur.id
        )

    def enter(self, day, rate):
        return self.env["res.currency.rate"].create(
            {"currency_id": self.eur.id, "name": day, "rate": rate, "company_id": False}
        )

    def test_rate_entered_corrected_and_deleted(self):
        self.assertEqual(self.cost.amount_company, 560)
        rate = self.enter("2026-03-15", 0.25)
        self.assertEqual(self.cost.amount_company, 840)
        rate.rate = 1
        self.assertEqual(self.cost.amount_company, 420)
        rate.name = "2026-03-22"
        self.assertEqual(self.cost.amount_company, 490)
        rate.unlink()
        self.assertEqual(self.cost.amount_company, 560)

    def test_costs_that_were_over_are_left_alone(self):
        self.env.flush_all()
        pending = self.cost._fields["amount_company"]
        self.enter("2026-03-29", 0.25)
        self.assertFalse(self.env.records_to_compute(pending))
        self.enter("2026-03-28", 0.25)
        self.assertEqual(self.env.records_to_compute(pending), self.cost)

    def test_first_rate_of_a_currency_reaches_the_days_before_it(self):
        """Odoo takes the first rate there is for a day before all of them."""
        gbp = self.env.ref("base.GBP")
        gbp.active = True
        cost = self.make_cost(self.google, 31, "2026-01-01", "2026-01-31", currency_id=gbp.id)
        self.assertEqual(cost.amount_company, 31)
        first, second = (
            self.env["res.currency.rate"].create(
                {"currency_id": gbp.id, "name": day, "rate": rate, "company_id": False}
            )
            for day, rate in (("2026-03-01", 0.5), ("2026-04-01", 0.1))
        )
        self.assertEqual(cost.amount_company, 62)
        first.unlink()
        self.assertEqual(cost.amount_company, 310)
        second.rate = 0.25
        self.assertEqual(cost.amount_company, 124)

    def test_rate_of_the_currency_of_the_company(self):
        elm = self.env["res.company"].create({"name": "Elm", "currency_id": self.eur.id})
        cost = self.make_cost(
            *(self.fair, 280, "2026-03-01", "2026-03-28"),
            company_id=elm.id,
            currency_id=self.usd.id,
        )
        self.assertEqual(cost.amount_company, 140)
        self.enter("2026-03-15", 0.25)
        self.assertEqual(cost.amount_company, 105)

    def test_company_that_changes_its_currency(self):
        self.assertEqual(self.cost.amount_company, 560)
        self.env.flush_all()
        self.company.currency_id = self.eur
        self.assertEqual((self.cost.currency_id, self.cost.amount_company), (self.eur, 280))
        cost = self.make_cost(self.fair, 280, "2026-03-01", "2026-03-28", currency_id=self.usd.id)
        self.assertEqual(cost.amount_company, 140)
        self.company.currency_id = self.usd
        self.assertEqual((self.cost.amount_company, cost.amount_company), (560, 280))
