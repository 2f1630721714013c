from datetime import date

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, TransactionCase, freeze_time, new_test_user, tagged


class SourceCase(TransactionCase):
    """Sources, costs and leads with known dates and amounts, in USD."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.usd = cls.env.ref("base.USD")
        cls.eur = cls.env.ref("base.EUR")
        (cls.usd | cls.eur).active = True
        cls.env["res.currency.rate"].search([]).unlink()
        # Not of demo data.
        cls.env["crm.lead"].with_context(active_test=False).search([]).unlink()
        cls.env["crm.source.cost"].search([]).unlink()
        cls.company = cls.env["res.company"].create({"name": "Oak", "currency_id": cls.usd.id})
        cls.env.user.write({"company_ids": [(4, cls.company.id)], "company_id": cls.company.id})
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids, "lang": "en_US"}
        )
        # 1 EUR is 1.25 USD, from 15 February 2026 on 2 USD
        cls.env["res.currency.rate"].create(
            [
                {"currency_id": cls.eur.id, "name": day, "rate": rate, "company_id": False}
                for day, rate in (("2025-01-01", 0.8), ("2026-02-15", 0.5))
            ]
        )
        cls.google, cls.banner, cls.fair = cls.env["utm.source"].create(
            [{"name": f"Test {name}"} for name in ("Google", "Banner", "Fair")]
        )
        cls.won_stage = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)

    @classmethod
    def make_cost(cls, source, amount, start, end, **vals):
        return cls.env["crm.source.cost"].create(
            {
                "source_id": source.id,
                "amount": amount,
                "date_from": start,
                "date_to": end,
                "company_id": cls.company.id,
                **vals,
            }
        )

    @classmethod
    def make_lead(cls, source, came="2026-01-10 12:00:00", won=None, lost=False, **vals):
        """A lead that came at `came` and was won at `won` (UTC)."""
        end = {"active": False, "probability": 0} if lost else {}
        if won:
            end = {"stage_id": cls.won_stage.id, "probability": 100}
        lead = cls.env["crm.lead"].create(
            {
                "name": "Lead",
                "type": "opportunity",
                "source_id": source and source.id,
                "company_id": cls.company.id,
                "user_id": False,
                "team_id": False,
                **end,
                **vals,
            }
        )
        lead.flush_recordset()
        cls.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s, date_closed = %s WHERE id = %s",
            [came, won, lead.id],
        )
        lead.invalidate_recordset()
        return lead


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceCost(SourceCase):
    def test_negative_amount_is_refused_in_words(self):
        with self.assertRaisesRegex(ValidationError, "Amount.*cannot be negative.*positive"):
            self.make_cost(self.google, -1, "2026-01-01", "2026-01-31")

    def test_period_that_ends_before_it_begins_is_refused_in_words(self):
        with self.assertRaisesRegex(ValidationError, "To of.*ends.*before it begins.*last day"):
            self.make_cost(self.google, 1, "2026-01-02", "2026-01-01")

    def test_mistyped_year_is_refused(self):
        with self.assertRaisesRegex(ValidationError, "longer than 10 years"):
            self.make_cost(self.google, 1, "2026-01-01", "2226-01-31")
        self.make_cost(self.google, 1, "2026-01-01", "2035-12-31")

    def test_name_is_filled_and_kept(self):
        cost = self.make_cost(self.google, 1, "2026-01-01", "2026-01-31")
        self.assertEqual(cost.name, "Test Google, January 2026")
        cost = self.make_cost(self.google, 1, "2026-01-01", "2026-01-31", name="Ads")
        cost.date_from = "2026-01-02"
        self.assertEqual(cost.name, "Ads")

    @freeze_time("2026-02-10")
    def test_form_proposes_the_current_month(self):
        form = Form(self.env["crm.source.cost"])
        form.source_id = self.google
        form.amount = 12
        cost = form.save()
        self.assertEqual((cost.date_from, cost.date_to), (date(2026, 2, 1), date(2026, 2, 28)))
        self.assertEqual(cost.currency_id, self.usd)
        self.assertEqual(cost.company_id, self.company)

    def test_foreign_amount_at_the_rates_of_its_days(self):
        """14 days at 1.25 and 14 days at 2 USD."""
        cost = self.make_cost(self.google, 280, "2026-02-01", "2026-02-28", currency_id=self.eur.id)
        self.assertEqual(cost.amount_company, 455.0)
        cost.date_to = "2026-02-14"
        self.assertEqual(cost.amount_company, 350.0)
        cost.currency_id = self.usd
        self.assertEqual(cost.amount_company, 280.0)

    def test_currency_follows_the_company(self):
        other = self.env["res.company"].create({"name": "Elm", "currency_id": self.eur.id})
        cost = self.make_cost(self.google, 10, "2026-02-01", "2026-02-28", company_id=other.id)
        self.assertEqual(cost.currency_id, self.eur)
        self.assertEqual(cost.amount_company, 10.0)

    def test_conversion_of_many_takes_no_more_queries_than_of_few(self):
        def create(count):
            vals = {
                "source_id": self.google.id,
                "amount": 10,
                "currency_id": self.eur.id,
                "date_from": "2026-02-01",
                "date_to": "2026-02-28",
            }
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env["crm.source.cost"].create([dict(vals) for _i in range(count)])
            self.env.flush_all()
            return self.cr.sql_log_count - before

        create(2)
        self.assertEqual(create(10), create(60))

    def test_name_with_the_amount_where_costs_are_told_apart_by_it(self):
        cost = self.make_cost(self.google, 40, "2026-01-01", "2026-01-31", name="Rent")
        self.assertEqual(cost.display_name, "Rent")
        new = cost.with_context(with_amount=True).new({"amount": 5})
        self.assertFalse(new.display_name, "a new one is called so by the web client")
        named = cost.with_context(with_amount=True).display_name
        self.assertRegex(named, r"^Rent: .*40\.00")


@tagged("crm_relationship", "post_install", "-at_install")
class TestCostPerLead(SourceCase):
    @freeze_time("2026-01-20 12:00:00")
    def test_cost_up_to_today_by_leads_up_to_today(self):
        self.make_cost(self.google, 310, "2026-01-01", "2026-01-31")  # 10 a day: 200 so far
        self.make_cost(self.google, 50, "2026-02-01", "2026-02-28")  # has not begun
        leads = self.make_lead(self.google) | self.make_lead(self.google, lost=True)
        leads |= self.make_lead(self.google, company_id=False)
        leads |= self.make_lead(self.google, won="2026-01-15 12:00:00")
        self.make_lead(self.banner)
        self.assertEqual(leads.mapped("source_cost_per_lead"), [50.0] * 4)

    def test_no_cost_entered_is_empty(self):
        lead = self.make_lead(self.banner)
        self.assertFalse(lead.source_cost_per_lead)
        self.assertFalse(self.make_lead(None).source_cost_per_lead)
        self.assertEqual(self.env["crm.source.cost"]._get_cost_per_lead([self.banner.id]), {})
        self.assertEqual(self.env["crm.source.cost"]._get_cost_per_lead([]), {})

    def test_each_company_has_its_own_cost(self):
        other = self.env["res.company"].create({"name": "Elm", "currency_id": self.eur.id})
        self.make_cost(self.google, 100, "2026-01-01", "2026-01-31")
        self.make_cost(self.google, 70, "2026-01-01", "2026-01-31", company_id=other.id)
        ours = self.make_lead(self.google)
        theirs = self.make_lead(self.google, company_id=other.id)
        self.assertEqual(ours.source_cost_per_lead, 100.0)
        self.assertEqual(theirs.source_cost_per_lead, 70.0)

    def test_costs_of_a_source_in_two_currencies(self):
        """Added up in the currency of the company one is in, at today's rate."""
        elm = self.env["res.company"].create({"name": "Elm", "currency_id": self.eur.id})
        manager = new_test_user(
            self.env,
            "source_two_companies",
            groups="sales_team.group_sale_manager",
            company_id=self.company.id,
            company_ids=[(6, 0, (self.company | elm).ids)],
        )
        self.make_cost(self.google, 100, "2026-01-01", "2026-01-31")
        self.make_cost(self.google, 100, "2026-01-01", "2026-01-31", company_id=elm.id)
        google = self.google.with_user(manager)
        both = google.with_context(allowed_company_ids=[self.company.id, elm.id])
        self.assertEqual(google.relationship_cost, 100)
        self.assertEqual(both.relationship_cost, 300)
        both = both.with_company(elm)
        self.assertEqual(both.relationship_cost, 150)
        self.assertEqual(both.relationship_currency_id, self.eur)

    def test_one_query_for_all_leads(self):
        self.make_cost(self.google, 100, "2026-01-01", "2026-01-31")
        leads = self.env["crm.lead"]
        for source in (self.google, self.banner, self.fair) * 5:
            leads |= self.make_lead(source)
        leads.mapped("source_id.name")
        leads.mapped("company_id.currency_id")
        with self.assertQueryCount(1):
            leads.mapped("source_cost_per_lead")


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceMoneyRoles(SourceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = {"company_id": cls.company.id, "company_ids": [(6, 0, cls.company.ids)]}
        cls.users = {
            role: new_test_user(cls.env, f"source_{role}", groups=groups, **company)
            for role, groups in (
                ("salesperson", "sales_team.group_sale_salesman_all_leads"),
                ("manager", "sales_team.group_sale_manager"),
                ("money", "base.group_user,crm_relationship.group_money"),
            )
        }
        cls.cost = cls.make_cost(cls.google, 100, "2026-01-01", "2026-01-31")
        cls.lead = cls.make_lead(cls.google)

    def test_salesperson_sees_no_money_at_all(self):
        user = self.users["salesperson"]
        cost = self.cost.with_user(user)
        for operation in (
            lambda: cost.read(["amount"]),
            lambda: cost.write({"amount": 1}),
            lambda: cost.unlink(),
            lambda: cost.create({"source_id": self.google.id, "amount": 1}),
            lambda: self.env["crm.source.report"].with_user(user).search([]),
            lambda: self.env["crm.source.report"].with_user(user)._read_group([], [], ["cost:sum"]),
            lambda: self.lead.with_user(user).source_cost_per_lead,
            lambda: self.lead.with_user(user).read(["source_cost_per_lead"]),
            lambda: self.lead.with_user(user).read(["source_cost_words"]),
            lambda: self.google.with_user(user).relationship_cost,
            lambda: self.env["crm.source.report"].with_user(user).get_overview([]),
        ):
            with self.assertRaises(AccessError):
                operation()
        fields = self.env["crm.lead"].with_user(user).fields_get()
        self.assertNotIn("source_cost_per_lead", fields)

    def test_salesperson_opens_the_lead_without_the_cost(self):
        lead = self.lead.with_user(self.users["salesperson"])
        arch = lead.get_view(view_type="form")["arch"]
        self.assertNotIn("source_cost_words", arch)

    def test_those_who_see_money_enter_costs_and_read_the_report(self):
        for role in ("manager", "money"):
            user = self.users[role]
            cost = self.cost.with_user(user).create({"source_id": self.banner.id, "amount": 5})
            cost.amount = 6
            report = self.env["crm.source.report"].with_user(user)
            [[total]] = report._read_group(
                [("source_id", "=", self.google.id)], [], ["cost_per_lead:avg"]
            )
            self.assertAlmostEqual(total, 100.0)
            with self.assertRaises(AccessError):
                report.search([], limit=1).write({"cost": 1})
            cost.unlink()
        manager_lead = self.lead.with_user(self.users["manager"])
        self.assertEqual(manager_lead.source_cost_per_lead, 100.0)
        self.assertEqual(
            manager_lead.source_cost_words, "Came from Test Google, cost so far $\xa0100.00"
        )
        lead = self.make_lead(self.banner).with_user(self.users["manager"])
        self.assertEqual(lead.source_cost_words, "Came from Test Banner, no cost entered")
        lead.source_id = False
        self.assertFalse(lead.source_cost_words)
        self.assertIn("source_cost_words", manager_lead.get_view(view_type="form")["arch"])

    def test_row_is_called_only_after_what_the_user_may_read(self):
        elm = self.env["res.company"].create({"name": "Elm"})
        client, stranger = self.env["res.partner"].create([{"name": "Azure"}, {"name": "Far"}])
        leads = self.make_lead(self.banner, name="Desks")
        leads |= self.make_lead(self.banner, name="Chairs", partner_id=client.id)
        leads |= self.make_lead(self.banner, name="Lamps", partner_id=stranger.id)
        stranger.company_id = elm
        self.make_cost(self.banner, 1, "2026-01-10", "2026-01-10", name="Banner of oak")

        def names(role):
            report = self.env["crm.source.report"].with_user(self.users[role])
            rows = report.search([("source_id", "=", self.banner.id)], order="id")
            return {
                row.fact if row.fact == "cost" else row.sudo().lead_id: row.display_name
                for row in rows
            }

        day = "01/10/2026 ·"
        costs = {"cost": f"{day} Banner of oak"}
        self.assertEqual(
            names("money"),
            {leads[0]: f"{day} Lead", leads[1]: f"{day} Azure", leads[2]: f"{day} Lead"} | costs,
        )
        self.assertNotIn(
            "lead_id", self.env["crm.source.report"].with_user(self.users["money"]).fields_get()
        )
        lead_row = self.env["crm.source.report"].search([("lead_id", "=", leads[0].id)])
        action = lead_row.with_user(self.users["money"]).action_open_origin()
        self.assertEqual(action["res_id"], leads[0].id)
        self.assertEqual(
            names("manager"),
            {leads[0]: f"{day} Desks", leads[1]: f"{day} Azure", leads[2]: f"{day} Lead"} | costs,
        )

    def test_another_company_stays_closed(self):
        other = self.env["res.company"].create({"name": "Elm"})
        hidden = self.make_cost(self.google, 900, "2026-01-01", "2026-01-31", company_id=other.id)
        manager = self.users["manager"]
        with self.assertRaises(AccessError):
            hidden.with_user(manager).read(["amount"])
        with self.assertRaises(AccessError):
            hidden.with_user(manager).create(
                {"source_id": self.google.id, "amount": 1, "company_id": other.id}
            )
        report = self.env["crm.source.report"].with_user(manager)
        [[cost]] = report._read_group([("source_id", "=", self.google.id)], [], ["cost:sum"])
        self.assertAlmostEqual(cost, 100.0)
