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
      FROM crm_lead deal JOIN %(contact)s
     WHERE deal.won_status = 'won'
  ORDER BY contact.commercial_partner_id, COALESCE(deal.date_closed, deal.create_date), deal.id
"""
# Invoices and refunds with their clients are found once, and told as what was invoiced and, for
# each payment, as what was paid of it. Of a payment with a write-off, a discount for paying early
# or a bank's fee, only what came in.
DOCUMENTS = """
    (WITH %(documents)s
     SELECT CASE document.move_type WHEN 'out_refund' THEN 'refund' ELSE 'invoice' END AS fact,
            document.id AS key, document.invoice_date AS day, NULL AS paid, %(names)s
       FROM document
  UNION ALL
     SELECT 'payment', document.part_id, document.max_date,
            document.amount_untaxed_signed * document.amount / NULLIF(document.amount_total, 0)
            * LEAST(1, COALESCE(ABS(
                CASE WHEN payment.id IS NOT NULL THEN payment.amount
                     WHEN transfer.foreign_currency_id IS NOT NULL THEN transfer.amount_currency
                     ELSE transfer.amount END) / NULLIF(money.amount_total, 0), 1)),
            %(names)s
       FROM (%(matched)s) document
       JOIN account_move money ON money.id = document.money_id AND money.state = 'posted'
  LEFT JOIN account_payment payment ON payment.id = money.origin_payment_id
  LEFT JOIN account_bank_statement_line transfer ON transfer.id = money.statement_line_id
    ) move
    LEFT JOIN (%(deal)s) deal ON deal.id = move.id
"""
DOCUMENT = {
    **{
        name: SQL.identifier("move", name)
        for name in (
            *("id", "move_type", "company_id", "invoice_user_id", "invoice_date"),
            *("amount_untaxed_signed", "amount_total", "goods_cost", "goods_revenue"),
        )
    },
    "client_id": SQL("client.id"),
    **{
        name: SQL.identifier("client", name)
        for name in ("acquisition_date", *(f"acquisition_{name}" for name in UTM))
    },
    **{f"won_{name}": SQL.identifier("first_won", name) for name in ("date", *UTM)},
}
# All of them,
ALL_DOCUMENTS = """
    document AS (
        SELECT %(columns)s
          FROM account_move move
          JOIN res_partner contact ON contact.id = move.partner_id
          JOIN res_partner client ON client.id = contact.commercial_partner_id
     LEFT JOIN (%(first_won)s) first_won ON first_won.id = client.id
         WHERE move.state = 'posted' AND move.move_type IN %(types)s)
"""
# or those of a period: first who came in it with all their people, then what these were sent; and
# what was sent in it to those of whom nothing is known. Who came is never later than either says.
# OFFSET 0: the planner would rather read all contacts through than look up those of a period.
DOCUMENTS_SINCE = """
    first_won AS MATERIALIZED (%(first_won)s),
    came AS (
        SELECT id, acquisition_date, acquisition_source_id, acquisition_medium_id,
               acquisition_campaign_id
          FROM res_partner WHERE acquisition_date >= %(since)s
     UNION ALL
        SELECT client.id, NULL, NULL, NULL, NULL
          FROM first_won JOIN res_partner client ON client.id = first_won.id
         WHERE first_won.date >= %(since)s AND client.acquisition_date IS NULL),
    client AS MATERIALIZED (
        SELECT came.*, contact.id AS contact_id
          FROM came CROSS JOIN LATERAL (
               SELECT id FROM res_partner WHERE commercial_partner_id = came.id OFFSET 0) contact),
    document AS MATERIALIZED (
        SELECT %(columns)s
          FROM client
          JOIN account_move move ON move.partner_id = client.contact_id
     LEFT JOIN first_won ON first_won.id = client.id
         WHERE move.state = 'posted' AND move.move_type IN %(types)s
     UNION ALL
        SELECT %(columns)s
          FROM account_move move
    CROSS JOIN LATERAL (
               SELECT commercial_partner_id AS id, commercial_partner_id = id AS is_client,
                      acquisition_date AS own_date, NULL::date AS acquisition_date,
                      NULL::int AS acquisition_source_id, NULL::int AS acquisition_medium_id,
                      NULL::int AS acquisition_campaign_id
                 FROM res_partner WHERE id = move.partner_id OFFSET 0) client
     LEFT JOIN first_won ON first_won.id = client.id
         WHERE move.state = 'posted' AND move.move_type IN %(types)s
           AND move.invoice_date >= %(since)s AND first_won.id IS NULL
           AND CASE WHEN client.is_client THEN client.own_date IS NULL
                    ELSE EXISTS (SELECT FROM res_partner entity
                                  WHERE entity.id = client.id AND entity.acquisition_date IS NULL)
               END)
"""
# What was matched with a document: all of it read once for both sides,
MATCHED = """
    SELECT matched.*, %(names)s
      FROM (SELECT part.id AS part_id, part.max_date,
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
# or, where the documents are those of a period, found by them. A line of nothing in the currency
# of the company may be on either side.
MATCHED_SINCE = """
      WITH term AS MATERIALIZED (
    SELECT line.id AS line_id, line.balance, %(names)s
      FROM document JOIN account_move_line line
           ON line.move_id = document.id AND line.display_type = 'payment_term')
    SELECT part.id AS part_id, part.max_date, part.debit_amount_currency AS amount,
           other.move_id AS money_id, document.*
      FROM term document JOIN account_partial_reconcile part
           ON part.debit_move_id = document.line_id AND document.balance >= 0
      JOIN account_move_line other
           ON other.id = part.credit_move_id AND other.journal_id IN %(journals)s
 UNION ALL
    SELECT part.id, part.max_date, part.credit_amount_currency, other.move_id, document.*
      FROM term document JOIN account_partial_reconcile part
           ON part.credit_move_id = document.line_id AND document.balance <= 0
      JOIN account_move_line other
           ON other.id = part.debit_move_id AND other.journal_id IN %(journals)s
"""


CONTACT = "res_partner contact ON contact.id = deal.partner_id"
FEW_CONTACTS = """
    LATERAL (SELECT commercial_partner_id FROM res_partner WHERE id = deal.partner_id OFFSET 0)
    contact ON true
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
    def _get_fact_queries(self, places, since=None):
        documents = ("invoice", "refund", "payment")
        queries = super()._get_fact_queries(places, since)
        return {**queries, documents: self._query_documents(places, since)}

    @api.model
    def _query_documents(self, places, since):
        """What was invoiced, and the share of it that a payment settled, of the untaxed amount: an
        invoice that is paid in full has brought what it says, whatever the exchange rate did
        meanwhile. Only who groups by the deal pays for finding it, since PostgreSQL leaves out a
        join that is unique and that nobody reads."""
        since = (since or {}).get("date")
        documents, matched = (DOCUMENTS_SINCE, MATCHED_SINCE) if since else (ALL_DOCUMENTS, MATCHED)
        names = SQL(", ").join(SQL.identifier("document", name) for name in DOCUMENT)
        return self._get_document_columns(places), SQL(
            DOCUMENTS,
            documents=SQL(
                documents,
                columns=SQL(", ").join(
                    SQL("%s AS %s", term, SQL.identifier(name)) for name, term in DOCUMENT.items()
                ),
                first_won=self._query_first_won(places, since),
                since=since,
                types=SALE_TYPES,
            ),
            matched=SQL(matched, names=names, journals=self._get_money_journals()),
            names=names,
            deal=self._query_invoiced_deals(places),
        )

    @api.model
    def _get_money_journals(self):
        """Journals of money: what is in another one is no payment. By their ids PostgreSQL knows
        how many payments to expect."""
        # sudo: which invoices are seen, record rules decide
        journals = self.env["account.journal"].sudo().with_context(active_test=False)
        return tuple(journals.search([("type", "in", ("bank", "cash", "credit"))]).ids) or (0,)

    @api.model
    def _get_document_columns(self, places):
        """By the first touch of the client, or by its first won deal while that is not known, as
        its won deals count; by the deal the invoice is for, else as before."""

        company = SQL("move.company_id")

        def invoiced(amount):
            money = places.to_currency(SQL(amount), company)
            return SQL("CASE WHEN move.fact <> 'payment' THEN %s END", money)

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
            "company_id": company,
            "partner_id": SQL("move.client_id"),
            "move_id": SQL("move.id"),
            "revenue": invoiced("move.amount_untaxed_signed"),
            "paid": places.to_currency(SQL("move.paid"), company),
            "margin": invoiced("(move.goods_revenue - move.goods_cost)"),
            "goods_revenue": invoiced("move.goods_revenue"),
            "profit": invoiced("(move.amount_untaxed_signed - COALESCE(move.goods_cost, 0))"),
        }

    @api.model
    def _query_first_won(self, places, since) -> SQL:
        """Of each client (``id``) where the first deal that it won came from."""
        return SQL(
            """
            SELECT lead.commercial_partner_id AS id, %s AS date,
                   lead.source_id, lead.medium_id, lead.campaign_id
              FROM (%s) lead
            """,
            places.to_day(SQL("lead.create_date"), SQL("lead.company_id")),
            SQL(FIRST_WON, contact=SQL(FEW_CONTACTS if since else CONTACT)),
        )

    @api.model
    def _query_invoiced_deals(self, places) -> SQL:
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
             WHERE invoice.state = 'posted' AND invoice.move_type IN %(types)s
          ORDER BY invoice.id, %(won)s <= invoice.invoice_date DESC,
                   CASE WHEN %(won)s <= invoice.invoice_date
                        THEN COALESCE(lead.date_closed, lead.create_date) END DESC,
                   COALESCE(lead.date_closed, lead.create_date), lead.id
            """,
            came=places.to_day(SQL("lead.create_date"), SQL("lead.company_id")),
            types=SALE_TYPES,
            won=self._get_won_day(places),
        )
