"""When a day of the year comes round next."""

from datetime import date

from .occurrences import Nominal, falls_on


def next_anniversary(month: int, day: int, today: date) -> date:
    """The first (`month`, `day`) that is not before `today`."""
    this_year = falls_on(Nominal(today.year, month, day))
    return this_year if this_year >= today else falls_on(Nominal(today.year + 1, month, day))
