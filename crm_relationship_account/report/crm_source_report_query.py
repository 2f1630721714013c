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
# Invoices and refunds with their clients are found once, and told as what was invoiced and, for
# each payment, as what was paid of it. Of a payment with a write-off, a discount for paying early
# or a bank's fee, only what came in.
DOCUMENTS = """
    (WITH document AS (
        SELECT move.id, move.move_type, move.company_id, move.invoice_user_id, move.invoice_date,
               move.amount_untaxed_signed, move.amount_total, move.goods_cost, move.goods_revenue,
               client.id AS client_id, client.acquisition_date, client.acquisition_source_id,
               client.acquisition_medium_id, client.acquisition_campaign_id,
               first_won.date AS won_date, first_won.source_id AS won_source_id,
               first_won.medium_id AS won_medium_id, first_won.campaign_id AS won_campaign_id
          FROM account_move move
          JOIN res_partner contact ON contact.id = move.partner_id
          JOIN res_partner client ON client.id = contact.commercial_partner_id
     LEFT JOIN (%(first_won)s) first_won ON first_won.id = client.id
         WHERE move.state = 'posted' AND move.move_type IN %(types)s AND %(since)s
        )
     SELECT CASE document.move_type WHEN 'out_refund' THEN 'refund' ELSE 'invoice' END AS fact,
            document.id AS key, document.invoice_date AS day, NULL AS paid, document.*
       FROM document
  UNION ALL
     SELECT 'payment', matched.id, matched.max_date,
            document.amount_untaxed_signed * matched.amount / NULLIF(document.amount_total, 0)
            * LEAST(1, COALESCE(ABS(
                CASE WHEN payment.id IS NOT NULL THEN payment.amount
                     WHEN transfer.foreign_currency_id IS NOT NULL THEN transfer.amount_currency
                     ELSE transfer.amount END) / NULLIF(money.amount_total, 0), 1)),
            document.*
       FROM %(matched)s
       JOIN account_move money ON money.id = matched.money_id AND money.state = 'posted'
  LEFT JOIN account_payment payment ON payment.id = money.origin_payment_id
  LEFT JOIN account_bank_statement_line transfer ON transfer.id = money.statement_line_id
    ) move
    LEFT JOIN (%(deal)s) deal ON deal.id = move.id
    LEFT JOIN %(company)s ON company.id = move.company_id
"""
# What was matched with a document: all of it read once for both sides,
MATCHED = """
    (SELECT part.id, part.max_date,
            CASE WHEN of_debit THEN part.debit_amount_currency
                 ELSE part.credit_amount_currency END AS amount,
            CASE WHEN of_debit THEN debit.move_id ELSE credit.move_id END AS move_id,
            CASE WHEN of_debit THEN credit.move_id ELSE debit.move_id END AS money_id
       FROM account_partial_reconcile part
       JOIN account_move_line debit ON debit.id = part.debit_move_id
       JOIN account_move_line credit ON credit.id = part.credit_move_id
      CROSS JOIN LATERAL (SELECT credit.journal_id IN %(journals)s) AS side (of_debit)
      WHERE CASE WHEN of_debit THEN debit.display_type = 'payment_term'
                 ELSE credit.display_type = 'payment_term'
                      AND debit.journal_id IN %(journals)s END
    ) matched
    JOIN document ON document.id = matched.move_id
"""
# or, where the documents are those of a period, found by them.
FEW_MATCHED = """
    document
    JOIN account_move_line term ON term.move_id = document.id AND term.display_type = 'payment_term'
    CROSS JOIN LATERAL (
         SELECT part.id, part.max_date, part.debit_amount_currency AS amount, other.move_id
           FROM account_partial_reconcile part
           JOIN account_move_line other ON other.id = part.credit_move_id
          WHERE part.debit_move_id = term.id AND other.journal_id IN %(journals)s
      UNION ALL
         SELECT part.id, part.max_date, part.credit_amount_currency, other.move_id
           FROM account_partial_reconcile part
           JOIN account_move_line other ON other.id = part.debit_move_id
          WHERE part.credit_move_id = term.id AND other.journal_id IN %(journals)s
         ) AS matched (id, max_date, amount, money_id)
"""
# The first touch is never later than what is known of it.
CAME_SINCE = """
    (client.acquisition_date >= %(since)s
     OR client.acquisition_date IS NULL
        AND (move.invoice_date >= %(since)s OR first_won.id IS NOT NULL))
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
        documents = ("invoice", "refund", "payment")
        return {**super()._get_fact_queries(since), documents: self._query_documents(since)}

    @api.model
    def _query_documents(self, since):
        """What was invoiced, and the share of it that a payment settled, of the untaxed amount: an
        invoice that is paid in full has brought what it says, whatever the exchange rate did
        meanwhile. Only who groups by the deal pays for finding it, since PostgreSQL leaves out a
        join that is unique and that nobody reads."""
        first_day = (since or {}).get("date")
        journals = self._get_money_journals()
        return self._get_document_columns(), lambda company: SQL(
            DOCUMENTS,
            company=company,
            deal=self._query_invoiced_deals(company),
            first_won=self._query_first_won(company),
            matched=SQL(FEW_MATCHED if first_day else MATCHED, journals=journals),
            since=SQL(CAME_SINCE, since=first_day) if first_day else SQL("true"),
            types=SALE_TYPES,
        )

    @api.model
    def _get_money_journals(self):
        """Journals of money: what is in another one is no payment. By their ids PostgreSQL knows
        how many payments to expect."""
        # sudo: which invoices are seen, record rules decide
        journals = self.env["account.journal"].sudo().with_context(active_test=False)
        return tuple(journals.search([("type", "in", ("bank", "cash", "credit"))]).ids) or (0,)

    @api.model
    def _get_document_columns(self):
        """By the first touch of the client, or by its first won deal while that is not known, as
        its won deals count; by the deal the invoice is for, else as before."""

        def invoiced(amount):
            return SQL("CASE WHEN move.fact <> 'payment' THEN %s END", self._to_currency(amount))

        def by_deal(deal, first):
            return SQL("CASE WHEN deal.id IS NULL THEN %s ELSE %s END", first, deal)

        first_touch = {
            name: SQL(
                "CASE WHEN move.acquisition_date IS NULL THEN %s ELSE %s END",
                SQL.identifier("move", f"won_{name}"),
                SQL.identifier("move", f"acquisition_{name}"),
            )
            for name in UTM
        }
        day = SQL("COALESCE(LEAST(move.acquisition_date, move.won_date), move.invoice_date)")
        return {
            "date": day,
            "deal_date": by_deal(SQL("deal.date"), day),
            **first_touch,
            **{
                f"deal_{name}": by_deal(SQL.identifier("deal", name), first_touch[name])
                for name in UTM
            },
            "fact": SQL("move.fact"),
            "key": SQL("move.key"),
            "event_date": SQL("move.day"),
            "user_id": SQL("move.invoice_user_id"),
            "company_id": SQL("move.company_id"),
            "partner_id": SQL("move.client_id"),
            "move_id": SQL("move.id"),
            "revenue": invoiced("move.amount_untaxed_signed"),
            "paid": self._to_currency("move.paid"),
            "margin": invoiced("(move.goods_revenue - move.goods_cost)"),
            "goods_revenue": invoiced("move.goods_revenue"),
            "profit": invoiced("(move.amount_untaxed_signed - COALESCE(move.goods_cost, 0))"),
        }

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
