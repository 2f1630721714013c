"""P9: the report of sources costs little more than the SQL one would write by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ..figures import Cost, Figure, ratio
from .work import SOME_ROUNDS, Work

SUMS = ("cost", "leads", "won", "customers", "revenue", "profit")
ACCOUNT_SUMS = (*SUMS, "paid", "margin")
RATIOS = ("cost_per_lead", "acquisition_cost", "conversion", "roas", "roi")
PLAIN, WHOLE, YEAR = "plain SQL by source", "sources, whole history", "sources, last 12 months"
WITH = "with accounting"

BY_HAND = """
    SELECT source_id, sum(leads), sum(won), sum(customers), sum(revenue), sum(cost)
      FROM (SELECT source_id, count(*) AS leads,
                   count(*) FILTER (WHERE won_status = 'won') AS won,
                   0 AS customers, 0 AS revenue, NULL::numeric AS cost
              FROM crm_lead GROUP BY source_id
         UNION ALL
            SELECT CASE WHEN client.acquisition_date IS NULL THEN lead.source_id
                        ELSE client.acquisition_source_id END,
                   0, 0, count(DISTINCT client.id), sum(lead.expected_revenue), NULL
              FROM crm_lead lead
         LEFT JOIN res_partner contact ON contact.id = lead.partner_id
         LEFT JOIN res_partner client ON client.id = contact.commercial_partner_id
             WHERE lead.won_status = 'won'
          GROUP BY 1
         UNION ALL
            SELECT source_id, 0, 0, 0, 0, sum(amount_company)
              FROM crm_source_cost GROUP BY source_id) fact
  GROUP BY source_id
"""
# The same with invoices net of refunds, the goods, and what was paid of it.
BY_HAND_ACCOUNT = """
      WITH first_won AS (
    SELECT DISTINCT ON (buyer.commercial_partner_id)
           buyer.commercial_partner_id AS id, deal.source_id
      FROM crm_lead deal JOIN res_partner buyer ON buyer.id = deal.partner_id
     WHERE deal.won_status = 'won'
  ORDER BY buyer.commercial_partner_id, COALESCE(deal.date_closed, deal.create_date), deal.id
    ), paid AS (
    SELECT term.move_id, sum(part.debit_amount_currency) AS amount
      FROM account_partial_reconcile part
      JOIN account_move_line term ON term.id = part.debit_move_id
           AND term.display_type = 'payment_term'
      JOIN account_move_line money ON money.id = part.credit_move_id
      JOIN account_journal journal ON journal.id = money.journal_id
           AND journal.type IN ('bank', 'cash', 'credit')
     WHERE term.parent_state = 'posted' AND money.parent_state = 'posted'
  GROUP BY term.move_id)
    SELECT source_id, sum(leads), sum(won), sum(customers), sum(revenue), sum(paid), sum(margin),
           sum(cost)
      FROM (SELECT source_id, count(*) AS leads,
                   count(*) FILTER (WHERE won_status = 'won') AS won, 0 AS customers,
                   0 AS revenue, 0 AS paid, 0 AS margin, NULL::numeric AS cost
              FROM crm_lead GROUP BY source_id
         UNION ALL
            SELECT CASE WHEN client.acquisition_date IS NULL THEN lead.source_id
                        ELSE client.acquisition_source_id END,
                   0, 0, count(DISTINCT client.id), 0, 0, 0, NULL
              FROM crm_lead lead
         LEFT JOIN res_partner contact ON contact.id = lead.partner_id
         LEFT JOIN res_partner client ON client.id = contact.commercial_partner_id
             WHERE lead.won_status = 'won'
          GROUP BY 1
         UNION ALL
            SELECT CASE WHEN client.acquisition_date IS NULL THEN first_won.source_id
                        ELSE client.acquisition_source_id END,
                   0, 0, 0, sum(move.amount_untaxed_signed),
                   sum(move.amount_untaxed_signed * paid.amount / NULLIF(move.amount_total, 0)),
                   sum(move.goods_revenue - move.goods_cost), NULL
              FROM account_move move
              JOIN res_partner contact ON contact.id = move.partner_id
              JOIN res_partner client ON client.id = contact.commercial_partner_id
         LEFT JOIN first_won ON first_won.id = client.id
         LEFT JOIN paid ON paid.move_id = move.id
             WHERE move.state = 'posted'
               AND move.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
          GROUP BY 1
         UNION ALL
            SELECT source_id, 0, 0, 0, 0, 0, 0, sum(amount_company)
              FROM crm_source_cost GROUP BY source_id) fact
  GROUP BY source_id
"""


def _report(env: Any) -> Any:
    """The report as a sales manager's browser asks for it: language and time zone come along.

    In one process, so that all its time is seen.
    """
    from odoo.tools import SQL

    env.cr.execute(SQL("SET LOCAL max_parallel_workers_per_gather = 0"))
    report = env["crm.source.report"].with_user(env.ref("base.user_admin"))
    return report.with_context(lang="en_US", tz="UTC")


def _read(report: Any, domain: list[Any], sums: tuple[str, ...]) -> None:
    aggregates = [f"{name}:sum" for name in sums] + [f"{name}:avg" for name in RATIOS]
    report._read_group(domain, ["source_id"], aggregates)


def _ask(report: Any, sql: str) -> None:
    from odoo.tools import SQL

    report.env.execute_query(SQL(sql))


YEAR_DOMAIN = [("date", ">=", "today =1d -11m"), ("date", "<=", "today")]


def _works(hand: str, sums: tuple[str, ...], case: str = "") -> dict[str, Work]:
    """The question by hand, the report of all and that of a year, one after the other."""
    acts: dict[str, Callable[[Any], None]] = {
        PLAIN: lambda report: _ask(report, hand),
        WHOLE: lambda report: _read(report, [], sums),
        YEAR: lambda report: _read(report, YEAR_DOMAIN, sums),
    }
    return {
        name + case: Work(
            act,
            _report,
            ours_only=True,
            accounting=bool(case),
            rounds=SOME_ROUNDS,
            group=f"sources{case}",
        )
        for name, act in acts.items()
    }


WORKS = {**_works(BY_HAND, SUMS), **_works(BY_HAND_ACCOUNT, ACCOUNT_SUMS, f", {WITH}")}


def figures(base: Mapping[str, Cost], ours: Mapping[str, Cost]) -> Iterator[Figure]:
    """The report against the same question by hand; a year against all (four years of leads);
    without accounting, and with it."""
    for case in ("", f", {WITH}"):
        plain, whole, year = (ours[name + case].cpu_ms for name in (PLAIN, WHOLE, YEAR))
        yield ratio("P9", WHOLE + case, whole, plain, 1.5)
        yield ratio("P9", YEAR + case, year, whole, 0.5)
