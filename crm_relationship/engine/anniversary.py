"""When a day of the year comes round next."""

from calendar import isleap
from datetime import date


def in_year(month: int, day: int, year: int) -> date:
    """The day (`month`, `day`) in `year`; 29 February is 28 February in a common year."""
    if (month, day) == (2, 29) and not isleap(year):
        day = 28
    return date(year, month, day)


def next_anniversary(month: int, day: int, today: date) -> date:
    """The first (`month`, `day`) that is not before `today`."""
    this_year = in_year(month, day, today.year)
    return this_year if this_year >= today else in_year(month, day, today.year + 1)
