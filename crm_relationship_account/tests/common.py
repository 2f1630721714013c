from odoo import Command

from odoo.addons.crm_relationship.tests.test_source_cost import SourceCase


class InvoiceCase(SourceCase):
    """The sources of the core, and a company with accounts: goods, invoices, payments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.load_chart(cls.company)
        cls.desk, cls.chair, cls.advice = cls.env["product.product"].create(
            [{"name": name} for name in ("Desk", "Chair", "Advice")]
        )
        cls.desk.standard_price = 60
        cls.chair.standard_price = 20
        cls.oak = cls.env["res.partner"].create({"name": "Oak Interiors", "is_company": True})
        cls.ann = cls.env["res.partner"].create({"name": "Ann", "parent_id": cls.oak.id})
        cls.agency = cls.env["res.partner"].create({"name": "Agency"})

    @classmethod
    def load_chart(cls, company):
        currency = company.currency_id
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        company.currency_id = currency

    @classmethod
    def make_move(cls, move_type, partner, day, *lines, post=True, company=None, **vals):
        """An invoice of `lines`: `(amount, values of the line)` or just the amount."""
        company = company or cls.company
        pairs = [line if isinstance(line, tuple) else (line, {}) for line in lines]
        move = (
            cls.env["account.move"]
            .with_company(company)
            .create(
                {
                    "move_type": move_type,
                    "partner_id": partner.id,
                    "invoice_date": day,
                    "date": day,
                    "company_id": company.id,
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Line", "price_unit": amount, "tax_ids": False, **line}
                        )
                        for amount, line in pairs
                    ],
                    **vals,
                }
            )
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def make_invoice(cls, partner, day, *lines, **vals):
        return cls.make_move("out_invoice", partner, day, *lines, **vals)

    @classmethod
    def make_refund(cls, invoice, day, *lines, **vals):
        """Money back, set off against the invoice if that is still open."""
        vals = {"reversed_entry_id": invoice.id, **vals}
        return cls.make_move("out_refund", invoice.partner_id, day, *lines, **vals)

    @classmethod
    def make_bill(cls, day, *lines, **vals):
        return cls.make_move("in_invoice", cls.agency, day, *lines, **vals)

    @classmethod
    def pay(cls, invoice, day, amount=None, **vals):
        wizard = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"payment_date": day, **({"amount": amount} if amount else {}), **vals})
        )
        return wizard._create_payments()

    def figures(self, *groupby, domain=(), names=("revenue", "paid", "margin", "profit")):
        """`{group: figures}` as the report tells them; no group, one tuple."""
        rows = self.env["crm.source.report"]._read_group(
            list(domain), list(groupby), [f"{name}:sum" for name in names]
        )
        size = len(groupby)
        told = {
            row[0] if size == 1 else row[:size]: tuple(
                value and round(value, 2) for value in row[size:]
            )
            for row in rows
        }
        return told if groupby else told[()]
