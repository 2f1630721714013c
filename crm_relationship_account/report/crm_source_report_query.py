from odoo import api, models
from odoo.tools import SQL

from odoo.addons.crm_relationship.report.crm_source_report_query import UTM

from ..models.account_move_goods import SALE_TYPES

# The deal that made a client a customer.
FIRST_WON = """
    SELECT DISTINCT ON (contact.commercial_partner_id)
           contact.commercial_partner_id, deal.id, deal.create_date, deal.date_closed,
           deal.source_id, deal.medium_id, deal.campaign_id,
           deal.team_id, deal.user_id, deal.company_id
      FROM crm_lead deal JOIN res_partner contact ON contact.id = deal.partner_id
     WHERE deal.won_status = 'won'
  ORDER BY contact.commercial_partner_id, COALESCE(deal.date_closed, deal.create_date), deal.id
"""
# Of a payment with a write-off, a discount for paying early or a bank's fee, only what came in.
RECEIVED = """
    LEAST(1, COALESCE(
        ABS(CASE WHEN payment.id IS NOT NULL THEN payment.amount
                 WHEN transfer.foreign_currency_id IS NOT NULL THEN transfer.amount_currency
                 ELSE transfer.amount END) / NULLIF(other.amount_total, 0), 1))
"""


class CrmSourceReport(models.Model):
    """Where invoices, refunds and payments are found.

    One row is one posted customer invoice (receipts too), one refund, or one payment of either,
    by the client: the commercial entity of whoever was invoiced. What a bridge knows better about
    which deal an invoice is for, it says in ``_query_invoiced_deals``.
    """

    _inherit = "crm.source.report"

    @api.model
    def _get_column_types(self):
        return {
            **super()._get_column_types(),
            "move_id": "int4",
            **dict.fromkeys(("paid", "margin", "goods_revenue"), "numeric"),
            "goods_known": "float8",
        }

    @api.model
    def _get_known_sums(self):
        """The margin is not known where no cost of goods is."""
        return super()._get_known_sums() | {"paid", "goods_revenue"}

    @api.model
    def _get_revenue_columns(self, value):
        """What was agreed is no revenue: what was invoiced is."""
        return {}

    @api.model
    def _get_fact_queries(self, since=None):
        return {
            **super()._get_fact_queries(since),
            ("invoice", "refund"): self._query_invoices(),
            "payment": self._query_payments(),
        }

    @api.model
    def _query_invoices(self):
        columns = {
            **self._get_invoice_columns(),
            "fact": SQL("CASE move.move_type WHEN 'out_refund' THEN 'refund' ELSE 'invoice' END"),
            "key": SQL("move.id"),
            "event_date": SQL("move.invoice_date"),
            "revenue": self._to_currency("move.amount_untaxed_signed"),
            "margin": self._to_currency("(move.goods_revenue - move.goods_cost)"),
            "goods_revenue": self._to_currency("move.goods_revenue"),
            "profit": self._to_currency(
                "(move.amount_untaxed_signed - COALESCE(move.goods_cost, 0))"
            ),
        }
        return columns, lambda company: SQL(
            "account_move move %s WHERE move.state = 'posted' AND move.move_type IN %s",
            self._query_invoiced_client(company),
            SALE_TYPES,
        )

    @api.model
    def _query_payments(self):
        """The share of an invoice that a payment settled, of its untaxed amount: an invoice that
        is paid in full has brought what it says, whatever the exchange rate did meanwhile."""
        columns = {
            **self._get_invoice_columns(),
            "key": SQL("settled.id"),
            "event_date": SQL("settled.max_date"),
            "paid": self._to_currency(
                "move.amount_untaxed_signed * settled.amount / NULLIF(move.amount_total, 0)"
                f" * {RECEIVED}"
            ),
        }
        return columns, lambda company: SQL(
            """
            (SELECT id, debit_move_id AS line_id, credit_move_id AS other_line_id,
                    debit_amount_currency AS amount, max_date
               FROM account_partial_reconcile
          UNION ALL
             SELECT id, credit_move_id, debit_move_id, credit_amount_currency, max_date
               FROM account_partial_reconcile) settled
            JOIN account_move_line line
                 ON line.id = settled.line_id AND line.display_type = 'payment_term'
            JOIN account_move move ON move.id = line.move_id
            JOIN account_move_line other_line ON other_line.id = settled.other_line_id
            JOIN account_journal journal ON journal.id = other_line.journal_id
                 AND journal.type IN ('bank', 'cash', 'credit')
            JOIN account_move other ON other.id = other_line.move_id
            LEFT JOIN account_payment payment ON payment.id = other.origin_payment_id
            LEFT JOIN account_bank_statement_line transfer ON transfer.id = other.statement_line_id
            %s
            WHERE move.state = 'posted' AND other.state = 'posted' AND move.move_type IN %s
            """,
            self._query_invoiced_client(company),
            SALE_TYPES,
        )

    @api.model
    def _get_invoice_columns(self):
        """By the first touch of the client, or by its first won deal while that is not known, as
        its won deals count; by the deal the invoice is for, else as before."""

        def by_deal(deal, first):
            return SQL("CASE WHEN deal.id IS NULL THEN %s ELSE %s END", first, deal)

        first_touch = {
            name: SQL(
                "CASE WHEN client.acquisition_date IS NULL THEN %s ELSE %s END",
                SQL.identifier("first_won", name),
                SQL.identifier("client", f"acquisition_{name}"),
            )
            for name in UTM
        }
        day = SQL("COALESCE(LEAST(client.acquisition_date, first_won.date), move.invoice_date)")
        return {
            "date": day,
            "deal_date": by_deal(SQL("deal.date"), day),
            **first_touch,
            **{
                f"deal_{name}": by_deal(SQL.identifier("deal", name), first_touch[name])
                for name in UTM
            },
            "user_id": SQL("move.invoice_user_id"),
            "company_id": SQL("move.company_id"),
            "partner_id": SQL("client.id"),
            "move_id": SQL("move.id"),
        }

    @api.model
    def _query_invoiced_client(self, company) -> SQL:
        """The client of an invoice, its deal and its company; only who groups by the deal pays
        for finding it, since PostgreSQL leaves out a join that is unique and that nobody reads."""
        return SQL(
            """
            JOIN res_partner contact ON contact.id = move.partner_id
            JOIN res_partner client ON client.id = contact.commercial_partner_id
            LEFT JOIN (%s) first_won ON first_won.id = client.id
            LEFT JOIN (%s) deal ON deal.id = move.id
            LEFT JOIN %s ON company.id = move.company_id
            """,
            self._query_first_won(company),
            self._query_invoiced_deals(company),
            company,
        )

    @api.model
    def _query_first_won(self, company) -> SQL:
        """Of each client (``id``) where the first deal that it won came from."""
        return SQL(
            """
            SELECT lead.commercial_partner_id AS id, %s AS date,
                   lead.source_id, lead.medium_id, lead.campaign_id
              FROM (%s) lead LEFT JOIN %s ON company.id = lead.company_id
            """,
            self._to_day("lead.create_date"),
            SQL(FIRST_WON),
            company,
        )

    @api.model
    def _query_invoiced_deals(self, company) -> SQL:
        """Of each invoice (``id``) where the deal it is for came from: the latest deal the client
        had won by that day, else the first it won at all."""
        return SQL(
            """
            SELECT DISTINCT ON (invoice.id) invoice.id, %(came)s AS date,
                   lead.source_id, lead.medium_id, lead.campaign_id
              FROM account_move invoice
              JOIN res_partner invoiced ON invoiced.id = invoice.partner_id
              JOIN res_partner buyer
                   ON buyer.commercial_partner_id = invoiced.commercial_partner_id
              JOIN crm_lead lead ON lead.partner_id = buyer.id AND lead.won_status = 'won'
         LEFT JOIN %(company)s ON company.id = lead.company_id
             WHERE invoice.state = 'posted' AND invoice.move_type IN %(types)s
          ORDER BY invoice.id, %(won)s <= invoice.invoice_date DESC,
                   CASE WHEN %(won)s <= invoice.invoice_date
                        THEN COALESCE(lead.date_closed, lead.create_date) END DESC,
                   COALESCE(lead.date_closed, lead.create_date), lead.id
            """,
            came=self._to_day("lead.create_date"),
            company=company,
            types=SALE_TYPES,
            won=self._get_won_day(),
        )
