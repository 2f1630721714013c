import re

from odoo import api, models
from odoo.tools import SQL

from .aggregates import get_ratio
from .crm_source_report import CASES, RATIOS

# Sums that are empty, not 0, where nothing was entered: sorted last in both directions.
SORTED_LAST = {"cost", "maturity", "payback", *RATIOS}


class CrmSourceReport(models.Model):
    """Sums, ratios and their order at any grouping."""

    _inherit = "crm.source.report"

    def _read_group_select(self, aggregate_spec, query) -> SQL:
        fname, _colon, function = aggregate_spec.partition(":")
        if fname in RATIOS:
            self._check_field_access(self._fields[fname], "read")
            numerator, denominator = (
                self._read_group_select(f"{name}:sum", query) for name in RATIOS[fname]
            )
            return get_ratio(numerator, denominator)
        if fname == "payback":
            self._check_field_access(self._fields[fname], "read")
            return self._query_payback(*map(self._get_column, ("event_date", "profit", "cost")))
        aggregate = super()._read_group_select(aggregate_spec, query)
        if function in ("sum", "sum_currency") and fname in self._get_known_sums():
            return SQL("COALESCE(%s, 0)", aggregate)
        return aggregate

    def _get_column(self, name) -> SQL:
        return SQL.identifier(self._table, name)

    @api.model
    def _query_payback(self, day, profit, cost) -> SQL:
        """The first month, counted from that of the first cost, by which no money is missing.

        It runs over the rows of each group: their aggregates belong to the query around it.
        """
        money = SQL("%s <> 0 OR %s IS NOT NULL", profit, cost)
        columns = SQL(", ").join(
            SQL("array_agg(%s) FILTER (WHERE %s)", column, money) for column in (day, profit, cost)
        )
        return SQL(
            """(
            SELECT MIN(month.number)
              FROM (SELECT counted.number, SUM(SUM(counted.profit)) OVER (ORDER BY counted.number)
                      FROM (SELECT fact.profit, 1 + (
                                   12 * (date_part('year', fact.day) - date_part('year', first.day))
                                   + date_part('month', fact.day) - date_part('month', first.day)
                                   )::int
                              FROM (SELECT row.day, row.profit, MIN(row.day)
                                           FILTER (WHERE row.cost IS NOT NULL) OVER ()
                                      FROM unnest(%s) AS row (day, profit, cost)
                                   ) fact (day, profit, first_day),
                           LATERAL (SELECT fact.first_day) first (day)
                           ) counted (profit, number)
                     WHERE counted.number >= 1
                  GROUP BY counted.number) month (number, earned)
             WHERE round(month.earned, 6) >= 0)""",
            columns,
        )

    def _read_group_orderby(self, order, groupby_terms, query) -> SQL:
        if list(groupby_terms) == ["fact"]:
            order = self._drop_ratios(order)
        fact = groupby_terms.get("fact")
        if fact:  # as it goes: cost, lead, won deal, customer
            groupby_terms["fact"] = SQL("array_position(%s, %s)", self._get_facts(), fact)
        orderby = super()._read_group_orderby(self._sort_unknown_last(order), groupby_terms, query)
        if fact:
            groupby_terms["fact"] = fact
        return orderby

    @api.model
    def _drop_ratios(self, order):
        """A fact has no ratio of its own: no order by one."""
        return ", ".join(part for name, part in _split_order(order) if name not in CASES)

    @api.model
    def _sort_unknown_last(self, order):
        """Where there is no cost there is no return: such groups follow the ranked ones, the
        most profitable first."""
        parts = _split_order(order)
        names = [name for name, _part in parts]
        ranked = [
            f"{part} NULLS LAST" if name in SORTED_LAST and "nulls" not in part.lower() else part
            for name, part in parts
        ]
        if parts and names[0] in CASES and "profit" not in names:
            ranked.insert(1, "profit:sum DESC")
        return ", ".join(ranked)


def _split_order(order):
    """``[(field name, its part of the order)]``"""
    parts = [part.strip() for part in (order or "").split(",") if part.strip()]
    return [(re.split("[: ]", part)[0], part) for part in parts]
