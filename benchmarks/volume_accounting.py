"""What the volume has of accounting: invoices, refunds and payments, made by PostgreSQL itself.

0.3N posted customer documents over the four years of leads, one in ten of them a refund, two in
three of clients whose deal had come by then and was won; eight in ten are paid, one of these eight
by half. Of every other one the cost of the goods is known.
"""

from __future__ import annotations

from collections.abc import Iterator

from .volume import LEAD_YEARS, USERS, YEAR_SECONDS

# What to build on: the highest ids, journals and accounts of the main company, and two products.
PREPARATION = """
import json
tables = {"move": "account_move", "line": "account_move_line", "payment": "account_payment"}
ids = {name: env.execute_query(SQL("SELECT coalesce(max(id), 0) FROM %s",
                                   SQL.identifier(table)))[0][0]
       for name, table in tables.items()}
company = env["res.company"].search([], order="id", limit=1)
journals = env["account.journal"].search([("company_id", "=", company.id)])
sale = journals.filtered(lambda journal: journal.type == "sale")[:1]
bank = journals.filtered(lambda journal: journal.type == "bank")[:1]
receivable = env["account.account"].search([("account_type", "=", "asset_receivable")], limit=1)
desk, lamp = env["product.product"].create([{"name": "Desk", "standard_price": 60},
                                            {"name": "Lamp"}])
env.flush_all()
ids |= {
    "company": company.id, "currency": company.currency_id.id, "sale": sale.id, "bank": bank.id,
    "income": sale.default_account_id.id, "liquidity": bank.default_account_id.id,
    "receivable": receivable.id, "desk": desk.id, "lamp": lamp.id, "unit": desk.uom_id.id,
    "partner": env["res.partner"].search([("name", "=", "Client 1")]).id - 1,
    "lead": env["crm.lead"].search([("name", "=", "Deal 1")]).id - 1,
    "user": env["res.users"].search([("login", "=", "bench_0")]).id,
}
env.cr.commit()
print("IDS " + json.dumps(ids))
"""
# After the documents are there: the bridge writes down what their goods cost.
GOODS = """
env["account.move"]._set_goods_cost_of_all()
env.cr.commit()
print("IDS {}")
"""

STATEMENTS = {
    "account_payment": """
        INSERT INTO account_payment (
            id, journal_id, company_id, currency_id, partner_id, amount, state, payment_type,
            partner_type, date)
        SELECT {payment} + i, {bank}, {company}, {currency}, {partner} + 1, 0, 'paid', 'inbound',
               'customer', now()::date
          FROM generate_series(1, {documents}) i WHERE i % 10 < 8
    """,
    "account_move": """
        INSERT INTO account_move (
            id, name, state, move_type, auto_post, journal_id, company_id, currency_id, partner_id,
            commercial_partner_id, invoice_user_id, date, invoice_date, amount_untaxed,
            amount_total, amount_untaxed_signed, amount_total_signed, origin_payment_id,
            create_uid, create_date, write_uid, write_date)
        SELECT {move} + i + CASE WHEN paid THEN {documents} ELSE 0 END,
               CASE WHEN paid THEN 'PAY/' ELSE 'DOC/' END || i, 'posted',
               CASE WHEN paid THEN 'entry' WHEN i % 10 = 9 THEN 'out_refund'
                    ELSE 'out_invoice' END,
               'no', CASE WHEN paid THEN {bank} ELSE {sale} END, {company}, {currency}, client.id,
               client.commercial_partner_id, {user} + i % {users}, sent.day,
               CASE WHEN NOT paid THEN sent.day END, told.untaxed, told.total,
               CASE WHEN i % 10 = 9 THEN -1 ELSE 1 END * told.untaxed,
               CASE WHEN i % 10 = 9 THEN -1 ELSE 1 END * told.total,
               CASE WHEN paid THEN {payment} + i END, 1, sent.day, 1, sent.day
          FROM generate_series(1, {documents}) i
         CROSS JOIN (VALUES (false), (true)) AS kind (paid)
          JOIN crm_lead lead ON lead.id = {lead} + 8
               + 10 * ((i::bigint * 7919) % (1 + (i - 1)::bigint * ({n} / 20) / {documents}))
          JOIN res_partner client ON client.id = CASE
               WHEN i % 3 < 2 THEN lead.partner_id
               ELSE {partner} + 1 + (i::bigint * 104729) % {n} END
         CROSS JOIN LATERAL (SELECT (
               now() - (({documents} - i) * {lead_seconds} / {documents}.0) * interval '1 second'
               )::date) sent(day)
         CROSS JOIN LATERAL (SELECT 100 + i % 900, (100 + i % 900) * 1.21) AS sum (untaxed, total)
         CROSS JOIN LATERAL (SELECT CASE WHEN paid THEN 0 ELSE sum.untaxed END,
                                    CASE WHEN paid AND i % 10 = 7 THEN sum.total / 2
                                         ELSE sum.total END) AS told (untaxed, total)
         WHERE NOT paid OR i % 10 < 8
    """,
    # first the line that is matched, then what it is for
    "account_move_line": """
        INSERT INTO account_move_line (
            id, move_id, journal_id, company_id, currency_id, partner_id, account_id, product_id,
            product_uom_id, quantity, display_type, parent_state, date, balance, amount_currency)
        SELECT {line} + 2 * (move.id - {move}) + number, move.id, move.journal_id, move.company_id,
               move.currency_id, move.partner_id,
               CASE WHEN number = 0 THEN {receivable} WHEN is_payment THEN {liquidity}
                    ELSE {income} END,
               CASE WHEN number = 1 AND NOT is_payment
                    THEN CASE move.id % 2 WHEN 0 THEN {desk} ELSE {lamp} END END,
               CASE WHEN number = 1 AND NOT is_payment THEN {unit} END, 1,
               CASE WHEN number = 0 AND NOT is_payment THEN 'payment_term' ELSE 'product' END,
               'posted', move.date, told.amount, told.amount
          FROM account_move move
         CROSS JOIN generate_series(0, 1) number
         CROSS JOIN LATERAL (SELECT move.move_type = 'entry') AS kind (is_payment)
         CROSS JOIN LATERAL (SELECT
               CASE WHEN is_payment THEN -1 ELSE 1 END * CASE WHEN number = 0 THEN 1 ELSE -1 END
               * CASE WHEN is_payment THEN move.amount_total WHEN number = 0
                      THEN move.amount_total_signed ELSE move.amount_untaxed_signed END
               ) AS told (amount)
         WHERE move.id > {move}
    """,
    "account_partial_reconcile": """
        INSERT INTO account_partial_reconcile (
            debit_move_id, credit_move_id, amount, debit_amount_currency, credit_amount_currency,
            debit_currency_id, credit_currency_id, company_id, max_date)
        SELECT {line} + 2 * i, {line} + 2 * (i + {documents}), paid.amount_total,
               paid.amount_total, paid.amount_total, {currency}, {currency}, {company}, paid.date
          FROM generate_series(1, {documents}) i
          JOIN account_move paid ON paid.id = {move} + {documents} + i
    """,
}
# What a payment says of its entry, which could not be there before it.
PAYMENTS = """
    UPDATE account_payment payment
       SET move_id = move.id, amount = move.amount_total, partner_id = move.partner_id,
           date = move.date
      FROM account_move move WHERE move.origin_payment_id = payment.id AND payment.id > {payment}
"""


def statements(size: int, ids: dict[str, int]) -> Iterator[str]:
    """The SQL that adds the documents to a filled database.

    :param size: N, as of ``volume.statements``
    :param ids: what ``PREPARATION`` printed
    """
    values = {
        **ids,
        "n": size,
        "documents": size * 3 // 10,
        "users": USERS,
        "lead_seconds": LEAD_YEARS * YEAR_SECONDS,
    }
    for sql in (*STATEMENTS.values(), PAYMENTS):
        yield sql.format(**values)
    for table in STATEMENTS:
        yield f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"
