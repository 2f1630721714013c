from odoo import api, fields, models
from odoo.tools import SQL

SALE_TYPES = ("out_invoice", "out_refund", "out_receipt")


class AccountMove(models.Model):
    """What the goods on a customer invoice cost, as far as that is known.

    It is written down when the invoice is posted, so that a price that changes later does not
    change the margin of the past, and so that the report of sources need not read the lines of
    all invoices. Known is

    - what stock valuation booked as cost of goods sold with the invoice; else
    - quantity times cost of the product (``standard_price`` in the company of the invoice).

    A line without product, and a product whose cost is 0, has no known cost: it counts in
    neither field, and both are NULL where no line has one.
    """

    _inherit = "account.move"

    goods_cost = fields.Monetary(
        "Known Cost of Goods",
        currency_field="company_currency_id",
        copy=False,
        readonly=True,
        groups="crm_relationship.group_money",
        help="What the goods on this invoice cost when it was posted, of refunds negative.",
    )
    goods_revenue = fields.Monetary(
        "Revenue with Known Cost of Goods",
        currency_field="company_currency_id",
        copy=False,
        readonly=True,
        groups="crm_relationship.group_money",
        help="The untaxed amount of the lines whose cost of goods is known.",
    )

    def write(self, vals):
        res = super().write(vals)
        if vals.get("state") == "posted":
            sold = self.filtered(lambda move: move.is_sale_document(include_receipts=True))
            if sold:
                sold._set_goods_cost()
        return res

    def _set_goods_cost(self):
        """Write down what the goods of these invoices cost."""
        self._write_goods_cost(SQL("move.id IN %s", tuple(self.ids)))

    @api.model
    def _set_goods_cost_of_all(self):
        """The same for the past, after the addon was installed."""
        self._write_goods_cost(SQL("move.state = 'posted' AND move.move_type IN %s", SALE_TYPES))

    @api.model
    def _write_goods_cost(self, condition):
        lines = self.env["account.move.line"]
        lines.flush_model(
            ["move_id", "product_id", "product_uom_id", "quantity", "balance", "display_type"]
        )
        lines.flush_model(["account_id", "company_id"])
        self.flush_model(["state", "move_type"])
        self.env["product.product"].flush_model(["standard_price", "product_tmpl_id"])
        self.env["product.template"].flush_model(["uom_id"])
        rows = self.env.execute_query(self._query_goods_cost(condition))
        self.browse(move_id for (move_id,) in rows).invalidate_recordset(
            ["goods_cost", "goods_revenue"], flush=False
        )

    @api.model
    def _query_goods_cost(self, condition):
        """Only rows that change are written.

        Stock valuation books goods for its own products, in lines that name the product: for
        these the booked cost stands in for quantity times cost.
        """
        return SQL(
            """
            WITH line AS (
                SELECT line.move_id, line.product_id, -line.balance AS revenue,
                       (CASE WHEN move.move_type = 'out_refund' THEN -1 ELSE 1 END)
                       * line.quantity * COALESCE(unit.factor, 1) / COALESCE(own.factor, 1)
                       * NULLIF((product.standard_price->>line.company_id::text)::numeric, 0)
                       AS cost
                  FROM account_move move
                  JOIN account_move_line line ON line.move_id = move.id
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
             LEFT JOIN uom_uom unit ON unit.id = line.product_uom_id
             LEFT JOIN uom_uom own ON own.id = template.uom_id
                 WHERE %(condition)s AND line.display_type = 'product'
            ), booked AS (
                SELECT line.move_id, line.product_id, SUM(line.balance) AS cost
                  FROM account_move move
                  JOIN account_move_line line ON line.move_id = move.id
                  JOIN account_account account ON account.id = line.account_id
                 WHERE %(condition)s AND line.display_type = 'cogs'
                   AND account.account_type LIKE 'expense%%'
                 GROUP BY line.move_id, line.product_id
            ), sold AS (
                SELECT line.move_id, COALESCE(MIN(booked.cost), SUM(line.cost)) AS cost,
                       SUM(line.revenue) FILTER (
                           WHERE booked.cost IS NOT NULL OR line.cost IS NOT NULL) AS revenue
                  FROM line
             LEFT JOIN booked ON booked.move_id = line.move_id
                             AND booked.product_id = line.product_id
                 GROUP BY line.move_id, line.product_id
            ), goods AS (
                SELECT move.id, SUM(sold.cost) AS cost, SUM(sold.revenue) AS revenue
                  FROM account_move move LEFT JOIN sold ON sold.move_id = move.id
                 WHERE %(condition)s
                 GROUP BY move.id
            )
            UPDATE account_move SET goods_cost = goods.cost, goods_revenue = goods.revenue
              FROM goods
             WHERE account_move.id = goods.id
               AND (account_move.goods_cost, account_move.goods_revenue)
                   IS DISTINCT FROM (goods.cost, goods.revenue)
            RETURNING account_move.id
            """,
            condition=condition,
        )
