from odoo import api, models
from odoo.tools import SQL, format_date

from .account_move_goods import SALE_TYPES


class ResPartner(models.Model):
    """What a client has bought is what it was invoiced, net of what it got back.

    Of a client that was never invoiced the won deals count, as without
    Invoicing. An invoice is a fact for the status once it is paid.
    """

    _inherit = "res.partner"

    @api.model
    def _query_purchases(self):
        return SQL(
            """
            SELECT deal.client_id, deal.day, deal.amount, deal.moment, deal.kind, deal.name
              FROM (%(deals)s) deal
             WHERE NOT EXISTS (
                   SELECT FROM account_move move JOIN res_partner member
                          ON member.id = move.partner_id
                    WHERE member.commercial_partner_id = deal.client_id
                      AND move.state = 'posted' AND move.move_type IN %(types)s)
         UNION ALL
            (%(invoices)s)
            """,
            deals=super()._query_purchases(),
            types=SALE_TYPES,
            invoices=self._query_invoices_bought(),
        )

    @api.model
    def _query_invoices_bought(self):
        """Invoices less the refunds of each, and refunds that are of none.

        An invoice that was given back altogether is no purchase.
        """
        return SQL(
            """
            SELECT buyer.commercial_partner_id, move.invoice_date,
                   (move.amount_untaxed_signed + coalesce(back.amount, 0)) * %(rate)s,
                   CASE WHEN move.payment_state IN ('paid', 'in_payment')
                             AND move.move_type <> 'out_refund'
                        THEN coalesce(paid.moment, move.invoice_date + interval '12 hours') END,
                   'invoice', move.name
              FROM account_move move
              JOIN res_partner buyer ON buyer.id = move.partner_id
              JOIN res_company company ON company.id = move.company_id
        CROSS JOIN LATERAL (
                   SELECT sum(refund.amount_untaxed_signed) AS amount FROM account_move refund
                    WHERE refund.reversed_entry_id = move.id AND refund.state = 'posted'
                      AND refund.move_type = 'out_refund'
                   ) back
        CROSS JOIN LATERAL (%(paid)s) paid
             WHERE move.state = 'posted' AND move.move_type IN %(types)s
               AND CASE WHEN move.move_type = 'out_refund' THEN NOT EXISTS (
                        SELECT FROM account_move origin
                         WHERE origin.id = move.reversed_entry_id AND origin.state = 'posted'
                           AND origin.move_type IN %(types)s)
                        ELSE back.amount IS NULL
                             OR move.amount_untaxed_signed + back.amount <> 0 END
            """,
            rate=self._query_purchase_rate(SQL("company.currency_id"), SQL("move.invoice_date")),
            paid=self._query_paid(),
            types=SALE_TYPES,
        )

    @api.model
    def _query_paid(self):
        """SELECT of the moment at which the last part of invoice `move` was settled.

        A payment bears a day: the moment is known when it was entered on that day.
        """
        return SQL(
            """
            SELECT max(CASE WHEN part.create_date::date = part.max_date THEN part.create_date
                            ELSE part.max_date + interval '12 hours' END) AS moment
              FROM account_move_line line
              JOIN account_partial_reconcile part ON part.debit_move_id = line.id
             WHERE line.move_id = move.id AND line.display_type = 'payment_term'
            """
        )

    # ---- the status ----

    @api.model
    def _query_is_no_client(self):
        """Whom we only buy from is no client, however much we write to each other."""
        return SQL(
            """
            (%(more)s
             OR coalesce(client.supplier_rank, 0) > 0 AND coalesce(client.customer_rank, 0) = 0
             AND NOT EXISTS (
                 SELECT FROM crm_lead lead JOIN res_partner member ON member.id = lead.partner_id
                  WHERE member.commercial_partner_id = client.id))
            """,
            more=super()._query_is_no_client(),
        )

    @api.model
    def _query_is_taken_back(self):
        """Not if as many deals as led here are still won, whatever became of invoices."""
        return SQL(
            """
            (%(more)s OR EXISTS (
                 SELECT FROM account_move move JOIN res_partner buyer ON buyer.id = move.partner_id
                  WHERE buyer.commercial_partner_id = client.id AND move.move_type IN %(types)s))
            AND (SELECT count(*)
                   FROM crm_lead deal JOIN res_partner buyer ON buyer.id = deal.partner_id
                  WHERE buyer.commercial_partner_id = client.id AND deal.won_status = 'won')
                < CASE own.move_on WHEN 'again' THEN greatest(own.move_purchases, 2)
                       ELSE own.move_purchases END
            """,
            more=super()._query_is_taken_back(),
            types=SALE_TYPES,
        )

    @api.model
    def _get_move_words(self, move):
        return {
            **super()._get_move_words(move),
            "invoice": self.env._(
                "Because the %(number)s invoice was paid on %(day)s: %(name)s",
                number=self._name_number(move.number),
                day=format_date(self.env, move.happened, date_format="long"),
                name=move.name,
            ),
            "back_invoice": self.env._(
                "Won back: invoice %(name)s was paid on %(day)s",
                name=move.name,
                day=format_date(self.env, move.happened, date_format="long"),
            ),
        }
