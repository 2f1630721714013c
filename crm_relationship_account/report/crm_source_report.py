from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.crm_relationship.report.aggregates import get_ratio


class CrmSourceReport(models.Model):
    """With accounting, what a source brings is what was invoiced and paid.

    The agreed value of won deals stays in ``won_value``; ``revenue`` is the untaxed amount of
    posted customer invoices minus refunds, ``margin`` what is left of it after the goods, as far
    as their cost is known (``account.move.goods_cost``), and ``profit`` what is left after the
    source too.
    """

    _inherit = "crm.source.report"
    _depends = {
        "account.move": [
            "state",
            "move_type",
            "partner_id",
            "company_id",
            "invoice_date",
            "invoice_user_id",
            "amount_untaxed_signed",
            "amount_total",
            "goods_cost",
            "goods_revenue",
            "origin_payment_id",
            "statement_line_id",
        ],
        "account.move.line": ["move_id", "journal_id", "display_type"],
        "account.partial.reconcile": [
            "debit_move_id",
            "credit_move_id",
            "debit_amount_currency",
            "credit_amount_currency",
            "max_date",
        ],
        "account.payment": ["amount"],
        "account.bank.statement.line": ["amount", "amount_currency", "foreign_currency_id"],
        "account.journal": ["type"],
    }

    fact = fields.Selection(
        selection_add=[("invoice", "Invoice"), ("refund", "Refund"), ("payment", "Payment")],
        ondelete=dict.fromkeys(("invoice", "refund", "payment"), "cascade"),
    )
    move_id = fields.Many2one(
        "account.move",
        "Invoice or Refund",
        readonly=True,
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    event_date = fields.Date(
        help="The day the fact itself happened: the deal was won, the first deal of the new "
        "customer was won, the date of the invoice, the day a payment was matched with it. Of "
        "leads and costs the same as 'Came On'."
    )

    # Sums
    revenue = fields.Monetary(
        "Invoiced",
        help="Untaxed amount of the posted customer invoices minus refunds. Drafts do not count.",
    )
    paid = fields.Monetary(
        readonly=True,
        help="The untaxed share of what was paid of these invoices, minus what was paid back. "
        "A refund set off against an invoice, a write-off and a discount for paying early are no "
        "payments.",
    )
    margin = fields.Monetary(
        readonly=True,
        help="Invoiced minus cost of the goods, of the lines whose cost of goods is known: booked "
        "with the invoice, or the cost on the product when the invoice was posted. Empty when "
        "none is known. The cost of the source is not taken off.",
    )
    goods_revenue = fields.Monetary(
        "Invoiced with Known Margin",
        readonly=True,
        help="The part of what was invoiced whose cost of goods is known: the margin is that of "
        "this part.",
    )
    profit = fields.Monetary(
        "Profit after Cost",
        help="Invoiced minus cost of the goods, as far as it is known, minus cost of the source. "
        "What was invoiced without a known cost of goods counts in full.",
    )

    # Ratios
    goods_known = fields.Float(
        "Share with Known Margin",
        readonly=True,
        aggregator="avg",
        help="Invoiced with known margin / invoiced. 100%: the cost of all goods is known.",
    )
    roas = fields.Float(
        help="Return on ad spend: invoiced / cost. 3.0 means that each unit of money spent brought "
        "invoices worth three. Empty when no cost was entered."
    )
    roi = fields.Float(
        help="Return on investment: profit / cost. 0% gets the money back, -100% lost all of it. "
        "Empty when no cost was entered."
    )

    @api.model
    def _get_overview_names(self):
        names = super()._get_overview_names()
        place = names.index("revenue") + 1
        return [*names[:place], "paid", "margin", *names[place:]]

    @api.model
    def _get_figure_names(self):
        return [*super()._get_figure_names(), "goods_known"]

    @api.model
    def _get_earned_label(self):
        return self.env._("Invoiced - cost of goods")

    def _read_group_select(self, aggregate_spec, query) -> SQL:
        if aggregate_spec.partition(":")[0] != "goods_known":
            return super()._read_group_select(aggregate_spec, query)
        known, invoiced = (
            self._read_group_select(f"{name}:sum", query) for name in ("goods_revenue", "revenue")
        )
        return get_ratio(known, invoiced)

    def _get_origin(self):
        """An invoice opens for who may read it, for others its client."""
        move = self.move_id
        if move and move.sudo(False).has_access("read"):
            return move
        return (move and self.partner_id) or super()._get_origin()
