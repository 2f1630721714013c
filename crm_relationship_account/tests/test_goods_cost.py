from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import InvoiceCase


@tagged("crm_relationship", "post_install", "-at_install")
class TestGoodsCost(InvoiceCase):
    """The margin of what was invoiced, where the cost of the goods is known."""

    def goods(self, move):
        return move.goods_cost, move.goods_revenue

    def test_known_and_unknown_goods(self):
        invoice = self.make_invoice(
            self.oak,
            "2026-03-02",
            (100, {"product_id": self.desk.id, "quantity": 2}),
            (50, {"product_id": self.chair.id}),
            (30, {"product_id": self.advice.id}),
            20,
        )
        self.assertEqual(self.goods(invoice), (140.0, 250.0))
        self.assertEqual(
            self.figures(names=("revenue", "margin", "goods_revenue", "profit", "goods_known")),
            (300.0, 110.0, 250.0, 160.0, 0.83),
        )

    def test_nothing_known_has_no_margin(self):
        invoice = self.make_invoice(self.oak, "2026-03-02", (100, {"product_id": self.advice.id}))
        self.assertEqual(self.goods(invoice), (0.0, 0.0))
        self.assertEqual(self.figures(names=("revenue", "margin", "profit")), (100.0, False, 100.0))

    def test_refund_gives_the_goods_back(self):
        invoice = self.make_invoice(
            self.oak, "2026-03-02", (100, {"product_id": self.desk.id, "quantity": 3})
        )
        refund = self.make_refund(invoice, "2026-03-03", (100, {"product_id": self.desk.id}))
        self.assertEqual(self.goods(refund), (-60.0, -100.0))
        self.assertEqual(self.figures(names=("revenue", "margin", "profit")), (200, 80, 80))

    def test_cost_is_that_of_the_day_of_posting(self):
        line = (100, {"product_id": self.desk.id})
        first = self.make_invoice(self.oak, "2026-03-02", line)
        self.desk.standard_price = 70
        second = self.make_invoice(self.oak, "2026-03-02", line)
        self.assertEqual(self.goods(first), (60.0, 100.0))
        self.assertEqual(self.goods(second), (70.0, 100.0))
        first.button_draft()
        first.invoice_line_ids.product_id = self.advice
        first.invoice_line_ids.price_unit = 100
        first.action_post()
        self.assertEqual(self.goods(first), (0.0, 0.0))

    def test_quantity_is_converted_into_the_unit_of_the_cost(self):
        dozen = self.env.ref("uom.product_uom_dozen")
        invoice = self.make_invoice(
            self.oak,
            "2026-03-02",
            (2400, {"product_id": self.desk.id, "product_uom_id": dozen.id}),
        )
        self.assertEqual(self.goods(invoice), (720.0, 2400.0))

    def test_foreign_invoice_is_told_in_the_currency_of_the_company(self):
        invoice = self.make_invoice(
            self.oak, "2026-02-20", (100, {"product_id": self.desk.id}), currency_id=self.eur.id
        )
        self.assertEqual(self.goods(invoice), (60.0, 200.0))

    def test_each_company_has_its_own_cost(self):
        other = self.env["res.company"].create({"name": "Elm", "currency_id": self.usd.id})
        self.env.user.company_ids |= other
        self.load_chart(other)
        self.desk.with_company(other).standard_price = 10
        line = (100, {"product_id": self.desk.id})
        theirs = self.make_invoice(self.oak, "2026-03-02", line, company=other)
        ours = self.make_invoice(self.oak, "2026-03-02", line)
        self.assertEqual(self.goods(theirs.with_company(self.company)), (10.0, 100.0))
        self.assertEqual(self.goods(ours), (60.0, 100.0))

    def test_booked_cost_of_goods_is_better_than_that_of_the_product(self):
        """As stock valuation books it: one line on the goods, one on the stock."""
        invoice = self.make_invoice(
            self.oak,
            "2026-03-02",
            (100, {"product_id": self.desk.id}),
            (50, {"product_id": self.chair.id}),
            post=False,
        )
        accounts = self.env["account.account"]
        self.env["account.move.line"].create(
            [
                {
                    "move_id": invoice.id,
                    "display_type": "cogs",
                    "product_id": self.desk.id,
                    "account_id": accounts.search(
                        [("account_type", "=", kind), ("company_ids", "=", self.company.id)],
                        limit=1,
                    ).id,
                    "balance": balance,
                    "tax_ids": False,
                }
                for kind, balance in (("expense", 45), ("asset_current", -45))
            ]
        )
        invoice.action_post()
        self.assertEqual(self.goods(invoice), (65.0, 150.0))

    def test_invoices_of_the_past_are_filled_in(self):
        invoice = self.make_invoice(self.oak, "2026-03-02", (100, {"product_id": self.desk.id}))
        draft = self.make_invoice(
            self.oak, "2026-03-02", (100, {"product_id": self.desk.id}), post=False
        )
        self.env.flush_all()
        self.env.cr.execute("UPDATE account_move SET goods_cost = NULL, goods_revenue = NULL")
        self.env.invalidate_all()
        self.env["account.move"]._set_goods_cost_of_all()
        self.assertEqual(self.goods(invoice), (60.0, 100.0))
        self.assertEqual(self.goods(draft), (0.0, 0.0))

    def test_posting_many_takes_as_many_statements_as_one(self):
        def count(number):
            moves = self.env["account.move"].browse()
            for _number in range(number):
                moves |= self.make_invoice(
                    self.oak, "2026-03-02", (100, {"product_id": self.desk.id}), post=False
                )
            self.env.flush_all()
            before = self.cr.sql_log_count
            moves._set_goods_cost()
            return self.cr.sql_log_count - before

        self.assertEqual((count(1), count(10)), (1, 1))

    def test_only_who_sees_margins_reads_them(self):
        invoice = self.make_invoice(self.oak, "2026-03-02", (100, {"product_id": self.desk.id}))
        user = new_test_user(
            self.env,
            "only_accountant",
            groups="base.group_user,account.group_account_manager",
            company_id=self.company.id,
        )
        with self.assertRaises(AccessError):
            invoice.with_user(user).read(["goods_cost"])

    def test_invoices_posted_together_are_written_with_one_statement(self):
        line = (100, {"product_id": self.desk.id})
        moves = self.env["account.move"].union(
            *(self.make_invoice(self.oak, "2026-03-02", line, post=False) for _number in range(5))
        )
        kind = type(moves)
        written = patch.object(
            kind, "_write_goods_cost", autospec=True, side_effect=kind._write_goods_cost
        )
        with written as write:
            moves.action_post()
        self.assertEqual(write.call_count, 1)
        self.assertEqual(moves.mapped("goods_cost"), [60.0] * 5)
