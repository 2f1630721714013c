"""Aggregates that no sum or average of the groups' parts would give."""

from odoo.tools import SQL


def get_ratio(numerator, denominator):
    """Share of two sums, right at any grouping; empty without a denominator."""
    return SQL("%s::float8 / NULLIF(%s, 0)::float8", numerator, denominator)


def get_percentile(fraction, column):
    """The value that `fraction` of the rows do not exceed, interpolated between two rows;
    rows without a value are left out, none at all gives no value."""
    return SQL("percentile_cont(%s) WITHIN GROUP (ORDER BY %s)", fraction, column)


def get_aggregate(report, aggregate_spec, query, ratios, percentiles):
    """SQL of a ratio or percentile of a report at any grouping; None for any other column.

    :param ratios: ``{column: (numerator, parts of the denominator)}``
    :param percentiles: ``{column: (column it is of, fraction)}``
    """
    fname = aggregate_spec.partition(":")[0]
    if fname in ratios:
        numerator, parts = ratios[fname]
        total = SQL(" + ").join(report._read_group_select(f"{name}:sum", query) for name in parts)
        return get_ratio(report._read_group_select(f"{numerator}:sum", query), SQL("(%s)", total))
    if fname in percentiles:
        column, fraction = percentiles[fname]
        return get_percentile(fraction, report._field_to_sql(report._table, column, query))
    return None
