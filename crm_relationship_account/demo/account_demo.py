import logging

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models

_logger = logging.getLogger(__name__)

# Price and cost of what is sold; what the lamp cost nobody has entered. They and the vendor have no
# external ids and stay when the addon is uninstalled; invoices and payments have one and go, since
# a client of the story cannot go while it has invoices.
PRODUCTS = {
    "product_childrens_chair": ("Children's chair", 100, 55),
    "product_desk": ("Desk in ash", 1000, 520),
    "product_bench": ("Waiting room bench", 600, 350),
    "product_bar_stool": ("Bar stool", 370, 180),
    "product_lamp": ("Table lamp", 150, 0),
}
# What the banner sold, `(product, quantity)`; of other deals the invoice has one line.
GOODS = {
    "lead_little_acorn_1": [("product_childrens_chair", 24)],
    "lead_whitlock_1": [("product_desk", 1), ("product_lamp", 1)],
    "lead_solheim_1": [("product_bench", 6)],
    "lead_haddad_1": [("product_bar_stool", 2), ("product_lamp", 1)],
}
# Of these the benches are paid by half, and one of the two stools came back.
NOT_PAID = ("lead_bluebell_2",)
HALF_PAID = ("lead_solheim_1",)
RETURNED = {"lead_haddad_1": [("product_bar_stool", 1)]}
DAYS_TO_RETURN, DAYS_TO_PAY = 2, 4


class AccountChartTemplate(models.AbstractModel):
    """The invoices of a year at Oak & Light: docs/roi.md works out what the banner brought.

    Every won deal of the story was invoiced on the day it was won. Nothing is made where the
    story's deals or a chart of accounts are missing.
    """

    _inherit = "account.chart.template"

    @api.model
    def _load_source_demo(self):
        company = self.env.ref("base.main_company", raise_if_not_found=False)
        if not company or not company.chart_template:
            _logger.info("No invoices for the demo data: there is no chart of accounts.")
            return
        company_self = self.with_company(company).with_context(skip_pdf_attachment_generation=True)
        deals = company_self._get_demo_deals()
        products = company_self._make_demo_products()
        invoices = {
            name: deal._invoice_demo_deal(products, GOODS.get(name)) for name, deal in deals.items()
        }
        refunds = {
            name: deals[name]._invoice_demo_deal(products, goods, refund_of=invoices[name])
            for name, goods in RETURNED.items()
            if name in invoices
        }
        company_self.env["account.move"].union(*invoices.values(), *refunds.values()).action_post()
        for name, refund in refunds.items():
            company_self._set_off_demo_refund(invoices[name], refund)
        for name, invoice in invoices.items():
            if name not in NOT_PAID:
                company_self._pay_demo_invoice(invoice, 0.5 if name in HALF_PAID else 1)
        company_self._bill_demo_source()

    @api.model
    def _name_demo_record(self, record):
        """An external id, so that the record goes with the addon."""
        xml_id = f"crm_relationship_account.{record._table}_{record.id}"
        self.env["ir.model.data"]._update_xmlids(
            [{"xml_id": xml_id, "record": record, "noupdate": True}]
        )

    def _make_demo_products(self):
        return {
            key: self.env["product.product"].create(
                {"name": name, "type": "consu", "list_price": price, "standard_price": cost}
            )
            for key, (name, price, cost) in PRODUCTS.items()
        }

    def _get_demo_deals(self):
        """Won deals of the story: ``{external id: lead}``."""
        names = self.env["ir.model.data"].search(
            [("module", "=", "crm_relationship"), ("model", "=", "crm.lead")]
        )
        won = self.env["crm.lead"].search(
            [
                ("id", "in", names.mapped("res_id")),
                ("won_status", "=", "won"),
                ("partner_id", "!=", False),
            ]
        )
        return {name.name: lead for name in names for lead in won if lead.id == name.res_id}

    def _set_off_demo_refund(self, invoice, refund):
        lines = (invoice | refund).line_ids
        lines.filtered(lambda line: line.account_type == "asset_receivable").reconcile()

    def _pay_demo_invoice(self, invoice, share):
        day = min(invoice.invoice_date + relativedelta(days=DAYS_TO_PAY), fields.Date.today())
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        wizard = wizard.create({"payment_date": day, "amount": invoice.amount_residual * share})
        payment = wizard._create_payments()
        wizard.unlink()  # it holds the client until it is cleaned
        self._name_demo_record(payment)

    def _bill_demo_source(self):
        """The magazine also wanted to be paid for drawing the advertisement."""
        source = self.env.ref("crm_relationship.utm_source_print")
        vendor = self.env["res.partner"].create(
            {"name": "City Magazine Publishing", "is_company": True, "supplier_rank": 1}
        )
        day = fields.Date.today() + relativedelta(months=-1, day=12)
        bill = self.env["account.move"].create(
            {
                "move_type": "in_invoice",
                "partner_id": vendor.id,
                "invoice_date": day,
                "date": day,
                "ref": "CM-118",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": "Drawing the advertisement",
                            "price_unit": 180,
                            "relationship_source_id": source.id,
                        }
                    )
                ],
            }
        )
        self._name_demo_record(bill)
        bill.action_post()
        costs = self.env["crm.source.cost"].search([("move_id", "=", bill.id)])
        costs.duplicates_checked = True  # it comes on top of what the magazine takes every month


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _invoice_demo_deal(self, products, goods, refund_of=None):
        """The invoice of a won deal of the story, or the refund of some of its goods; a draft."""
        day = self.date_closed.date()
        if refund_of:
            day = day + relativedelta(days=DAYS_TO_RETURN)
        lines = [{"name": self.name, "price_unit": self.expected_revenue}]
        if goods:
            lines = [
                {"product_id": products[product].id, "quantity": quantity}
                for product, quantity in goods
            ]
        move = self.env["account.move"].create(
            {
                "move_type": "out_refund" if refund_of else "out_invoice",
                "partner_id": self.partner_id.id,
                "invoice_date": day,
                "date": day,
                "invoice_user_id": self.user_id.id,
                "reversed_entry_id": refund_of.id if refund_of else False,
                "invoice_line_ids": [Command.create(line) for line in lines],
            }
        )
        self.env["account.chart.template"]._name_demo_record(move)
        return move
