"""Aggregates that no sum or average of the groups' parts would give."""

from odoo.tools import SQL


def get_ratio(numerator, denominator):
    """Share of two sums, right at any grouping; empty without a denominator."""
    return SQL("%s::float8 / NULLIF(%s, 0)::float8", numerator, denominator)


def get_percentile(fraction, column):
    """The value that `fraction` of the rows do not exceed, interpolated between two rows;
    rows without a value are left out, none at all gives no value."""
    return SQL("percentile_cont(%s) WITHIN GROUP (ORDER BY %s)", fraction, column)
