from datetime import date

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import InvoiceCase


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceReportInvoices(InvoiceCase):
    """What was invoiced and paid, by the source the client first came from."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.oak.write({"acquisition_date": "2026-01-05", "acquisition_source_id": cls.google.id})

    def rows(self, fact, partner=None):
        return self.env["crm.source.report"].search(
            [("fact", "=", fact), ("partner_id", "=", (partner or self.oak).id)]
        )

    def test_won_deal_is_no_revenue_and_its_value_stays(self):
        self.make_lead(
            self.google, won="2026-01-20 12:00:00", expected_revenue=500, partner_id=self.ann.id
        )
        self.assertEqual(self.figures(names=("won_value", "revenue", "profit")), (500.0, 0.0, 0.0))

    def test_invoice_counts_untaxed_for_the_client_of_the_contact(self):
        tax = self.env["account.tax"].create({"name": "Tax", "amount": 15})
        invoice = self.make_invoice(
            self.ann, "2026-03-02", (100, {"tax_ids": tax.ids}), invoice_user_id=self.env.uid
        )
        self.assertEqual(invoice.amount_total, 115)
        row = self.rows("invoice")
        self.assertEqual((row.revenue, row.profit, row.source_id), (100.0, 100.0, self.google))
        self.assertEqual((row.date, row.event_date), (date(2026, 1, 5), date(2026, 3, 2)))
        self.assertEqual((row.move_id, row.user_id), (invoice, self.env.user))

    def test_drafts_and_cancelled_invoices_do_not_count(self):
        self.make_invoice(self.oak, "2026-03-02", 100, post=False)
        invoice = self.make_invoice(self.oak, "2026-03-02", 200)
        invoice.button_cancel()
        self.make_bill("2026-03-02", 300)
        self.assertEqual(self.figures(names=("revenue", "paid")), (0.0, 0.0))
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(self.figures(names=("revenue", "paid")), (200.0, 0.0))

    def test_receipts_count_and_refunds_are_taken_off(self):
        invoice = self.make_invoice(self.oak, "2026-03-02", 100)
        self.make_move("out_receipt", self.oak, "2026-03-03", 10)
        self.make_refund(invoice, "2026-03-04", 30)
        self.assertEqual(self.figures("fact")["invoice"], (110.0, 0.0, False, 110.0))
        self.assertEqual(self.figures("fact")["refund"], (-30.0, 0.0, False, -30.0))
        self.assertEqual(self.figures(), (80.0, 0.0, False, 80.0))

    def test_client_without_first_touch_is_an_unknown_source_of_the_day_of_the_invoice(self):
        self.make_invoice(self.agency, "2026-03-02", 100)
        row = self.rows("invoice", self.agency)
        self.assertFalse(row.source_id or row.deal_source_id)
        self.assertEqual((row.date, row.deal_date), (date(2026, 3, 2),) * 2)

    def test_foreign_invoice_at_the_rate_of_its_day(self):
        self.make_invoice(self.oak, "2026-02-14", 100, currency_id=self.eur.id)  # 1.25
        self.make_invoice(self.oak, "2026-02-15", 100, currency_id=self.eur.id)  # 2
        self.assertEqual(self.figures(names=("revenue",)), (325.0,))

    # Payments

    def test_payment_counts_its_untaxed_share_on_its_day(self):
        tax = self.env["account.tax"].create({"name": "Tax", "amount": 25})
        invoice = self.make_invoice(self.oak, "2026-03-02", (100, {"tax_ids": tax.ids}))
        self.pay(invoice, "2026-03-10", 50)
        self.pay(invoice, "2026-04-10", 75)
        self.assertEqual(
            {row.event_date: row.paid for row in self.rows("payment")},
            {date(2026, 3, 10): 40.0, date(2026, 4, 10): 60.0},
        )
        self.assertEqual(set(self.rows("payment").mapped("date")), {date(2026, 1, 5)})

    def test_payment_before_the_invoice_counts_from_its_day_on(self):
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_id": self.oak.id,
                "amount": 100,
                "date": "2026-02-01",
                "journal_id": self.bank().id,
            }
        )
        payment.action_post()
        self.assertFalse(self.rows("payment"))
        invoice = self.make_invoice(self.oak, "2026-03-02", 100)
        lines = (payment.move_id | invoice).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()
        row = self.rows("payment")
        self.assertEqual((row.paid, row.event_date), (100.0, date(2026, 3, 2)))

    def bank(self):
        return self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )

    def test_payment_that_is_taken_back_counts_no_more(self):
        invoice = self.make_invoice(self.oak, "2026-03-02", 100)
        payment = self.pay(invoice, "2026-03-10")
        self.assertEqual(self.figures(names=("paid",)), (100.0,))
        payment.action_draft()
        self.assertEqual(self.figures(names=("paid",)), (0.0,))

    def test_refund_set_off_is_no_payment_and_money_paid_back_is_taken_off(self):
        invoice = self.make_invoice(self.oak, "2026-03-02", 100)
        self.pay(invoice, "2026-03-05", 60)
        refund = self.make_refund(invoice, "2026-03-06", 70)  # 40 set off, 30 to pay back
        lines = (invoice | refund).line_ids
        lines.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()
        self.assertEqual(self.figures(names=("revenue", "paid")), (30.0, 60.0))
        self.pay(refund, "2026-03-07")
        self.assertEqual(self.figures(names=("revenue", "paid")), (30.0, 30.0))

    def test_write_off_is_no_payment(self):
        invoice = self.make_invoice(self.oak, "2026-03-02", 100)
        account = self.env["account.account"].search(
            [("account_type", "=", "expense"), ("company_ids", "=", self.company.id)], limit=1
        )
        self.pay(
            invoice,
            "2026-03-10",
            90,
            payment_difference_handling="reconcile",
            writeoff_account_id=account.id,
        )
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.figures(names=("revenue", "paid")), (100.0, 90.0))

    def test_bank_transfer_counts_without_a_payment(self):
        invoice = self.make_invoice(self.oak, "2026-03-02", 100)
        transfer = self.env["account.bank.statement.line"].create(
            {
                "journal_id": self.bank().id,
                "date": "2026-03-10",
                "payment_ref": "Thanks",
                "amount": 100,
                "partner_id": self.oak.id,
            }
        )
        suspense = transfer.move_id.line_ids.filtered(
            lambda line: line.account_id == self.bank().suspense_account_id
        )
        receivable = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        transfer.move_id.button_draft()
        suspense.account_id = receivable.account_id
        transfer.move_id.action_post()
        (suspense | receivable).reconcile()
        self.assertEqual(self.figures(names=("revenue", "paid")), (100.0, 100.0))

    def test_invoice_paid_in_full_at_another_rate_is_paid_in_full(self):
        invoice = self.make_invoice(self.oak, "2026-02-01", 100, currency_id=self.eur.id)
        self.pay(invoice, "2026-02-20")  # 200 USD came in for 125
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.figures(names=("revenue", "paid")), (125.0, 125.0))

    def test_settled_by_an_entry_that_is_no_money_is_not_paid(self):
        invoice = self.make_invoice(self.oak, "2026-03-02", 100)
        receivable = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        loss = self.env["account.account"].search(
            [("account_type", "=", "expense"), ("company_ids", "=", self.company.id)], limit=1
        )
        entry = self.env["account.move"].create(
            {
                "date": "2026-03-10",
                "line_ids": [
                    Command.create(
                        {
                            "account_id": receivable.account_id.id,
                            "partner_id": self.oak.id,
                            "credit": 100,
                        }
                    ),
                    Command.create({"account_id": loss.id, "debit": 100}),
                ],
            }
        )
        entry.action_post()
        (receivable | entry.line_ids.filtered("credit")).reconcile()
        self.assertEqual(invoice.payment_state, "paid")
        self.assertEqual(self.figures(names=("revenue", "paid")), (100.0, 0.0))

    # The deal's own source

    def test_deal_of_an_invoice_is_the_latest_won_by_then_else_the_first(self):
        for source, came, won in (
            (self.banner, "2026-02-01", "2026-02-20"),
            (self.fair, "2026-03-01", "2026-03-20"),
        ):
            self.make_lead(source, f"{came} 12:00:00", f"{won} 12:00:00", partner_id=self.ann.id)
        self.make_lead(self.google, "2026-03-01 12:00:00", partner_id=self.ann.id)
        wanted = {
            "2026-02-01": (self.banner, date(2026, 2, 1)),  # before any was won
            "2026-02-20": (self.banner, date(2026, 2, 1)),
            "2026-03-19": (self.banner, date(2026, 2, 1)),
            "2026-03-20": (self.fair, date(2026, 3, 1)),
            "2026-05-01": (self.fair, date(2026, 3, 1)),
        }
        for day in wanted:
            self.make_invoice(self.oak, day, 100)
        rows = self.rows("invoice")
        self.assertEqual(set(rows.mapped("source_id")), {self.google})
        self.assertEqual(
            {str(row.event_date): (row.deal_source_id, row.deal_date) for row in rows}, wanted
        )

    def test_invoice_without_deal_has_the_first_touch_in_both(self):
        self.make_invoice(self.oak, "2026-02-01", 100)
        row = self.rows("invoice")
        self.assertEqual((row.source_id, row.deal_source_id), (self.google, self.google))
        self.assertEqual((row.date, row.deal_date), (date(2026, 1, 5),) * 2)

    def test_while_the_first_touch_is_not_known_it_is_the_first_won_deal_as_for_won_deals(self):
        for source, came, won in (
            (self.banner, "2026-02-01", "2026-02-20"),
            (self.fair, "2026-03-01", "2026-03-20"),
        ):
            self.make_lead(source, f"{came} 12:00:00", f"{won} 12:00:00", partner_id=self.ann.id)
        invoice = self.make_invoice(self.oak, "2026-03-25", 100)
        self.pay(invoice, "2026-03-26")
        facts = ("customer", "invoice", "payment")
        for known, source, day in (
            (False, self.banner, date(2026, 2, 1)),
            ("2026-02-10", self.google, date(2026, 2, 1)),  # who came cannot have come later
            ("2026-01-05", self.google, date(2026, 1, 5)),
        ):
            # Straight into the table: as it is before the first touch has been found.
            self.env.flush_all()
            self.env.execute_query(
                SQL(
                    "UPDATE res_partner SET acquisition_date = %s WHERE id = %s RETURNING id",
                    known or None,
                    self.oak.id,
                )
            )
            self.env.invalidate_all()
            for fact in facts:
                row = self.rows(fact)
                self.assertEqual((row.source_id, row.date), (source, day), (fact, known))
        self.assertEqual(self.rows("invoice").deal_source_id, self.fair)

    def test_screen_of_sources_has_the_columns_of_accounting(self):
        columns = self.env["crm.source.report"]._get_overview_columns()
        labels = {column["name"]: column["label"] for column in columns}
        self.assertEqual(
            [labels[name] for name in ("revenue", "paid", "margin", "profit")],
            ["Invoiced", "Paid", "Margin", "Profit after Cost"],
        )

    # Whoever looks

    def test_figures_open_what_the_user_may_read(self):
        self.make_invoice(self.oak, "2026-03-02", 100)
        row = self.rows("invoice")
        for login, group, model in (
            ("money_manager", "sales_team.group_sale_manager", "res.partner"),
            (
                "money_accountant",
                "crm_relationship.group_money,account.group_account_invoice",
                "account.move",
            ),
        ):
            user = new_test_user(
                self.env, login, groups=f"base.group_user,{group}", company_id=self.company.id
            )
            opened = row.with_user(user).action_open_origin()
            self.assertEqual(opened["res_model"], model, login)
            self.assertEqual(
                row.with_user(user)._read_group([], [], ["revenue:sum"]), [(100.0,)], login
            )

    def test_accountant_who_sees_money_finds_it_in_accounting(self):
        names = ("crm_source_report_menu", "crm_source_cost_menu")
        menus = {self.env.ref(f"crm_relationship_account.{name}").id for name in names}
        for login, group, seen in (
            ("accountant_money", "crm_relationship.group_money", menus),
            ("accountant_alone", "base.group_user", set()),
        ):
            user = new_test_user(
                self.env, login, groups=f"base.group_user,account.group_account_invoice,{group}"
            )
            visible = self.env["ir.ui.menu"].with_user(user)._visible_menu_ids()
            self.assertEqual(menus & visible, seen, login)

    def test_accountant_and_salesperson_see_no_report(self):
        for login, group in (
            ("only_accountant", "account.group_account_manager"),
            ("only_salesperson", "sales_team.group_sale_salesman_all_leads"),
        ):
            user = new_test_user(
                self.env, login, groups=f"base.group_user,{group}", company_id=self.company.id
            )
            with self.assertRaises(AccessError):
                self.env["crm.source.report"].with_user(user).search([])

    def test_whoever_sees_money_sees_that_of_the_own_companies_in_the_currency_of_the_one(self):
        elm = self.env["res.company"].create({"name": "Elm", "currency_id": self.eur.id})
        self.load_chart(elm)
        self.make_invoice(self.oak, "2026-03-02", 100)
        self.make_invoice(self.oak, "2026-03-02", 30, company=elm)
        self.make_cost(self.google, 10, "2026-03-01", "2026-03-01")
        self.make_cost(
            self.google, 5, "2026-03-01", "2026-03-01", company_id=elm.id, currency_id=self.eur.id
        )
        for login, group in (
            ("manager_of_both", "sales_team.group_sale_manager"),
            ("accountant_of_both", "crm_relationship.group_money,account.group_account_invoice"),
        ):
            both = new_test_user(
                self.env,
                login,
                groups=f"base.group_user,{group}",
                company_id=self.company.id,
                company_ids=[(6, 0, (self.company | elm).ids)],
            )
            for companies, wanted in (
                (self.company, (100.0, 10.0, 90.0, 9.0)),
                (elm, (30.0, 5.0, 25.0, 5.0)),
                (self.company | elm, (160.0, 20.0, 140.0, 7.0)),  # 1 EUR is 2 USD
                (elm | self.company, (80.0, 10.0, 70.0, 7.0)),
            ):
                report = self.env["crm.source.report"].with_user(both)
                [told] = report.with_context(allowed_company_ids=companies.ids)._read_group(
                    [("source_id", "=", self.google.id)],
                    [],
                    ["revenue:sum", "cost:sum", "profit:sum", "roi:avg"],
                )
                self.assertEqual(told, wanted, (login, companies.mapped("name")))

    def test_figures_take_the_same_queries_for_few_and_many(self):
        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.figures("source_id")
            return self.cr.sql_log_count - before

        self.make_invoice(self.oak, "2026-03-02", 100)
        count()
        few = count()
        for _number in range(9):
            self.make_invoice(self.oak, "2026-03-02", 100)
        self.assertEqual(count(), few)
        self.assertLessEqual(few, 6)
