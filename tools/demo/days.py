"""Days relative to the day the data is loaded.

A day is "so many weeks ago, on a Tuesday", so that nobody works on a Sunday; costs and
the banner go by months.
"""

from typing import NamedTuple


def clock(moment):
    """Hour and minute in UTC; today() has the time of the day in it."""
    return f"hour={moment.hour}, minute={moment.minute}, second=0, microsecond=0"


class Week(NamedTuple):
    """The first `weekday` on or after the day so many weeks ago, and `plus` days."""

    ago: int
    weekday: int
    hour: int = 9
    minute: int = 0
    plus: int = 0

    def __str__(self):
        day = f"weeks=-{self.ago}, weekday={self.weekday}"
        text = f"DateTime.today() + relativedelta({day}, {clock(self)})"
        return f"{text} + relativedelta(days={self.plus})" if self.plus else text

    @property
    def order(self):
        return -7 * self.ago + self.weekday / 10 + self.plus


class Month(NamedTuple):
    """A day of the month so many months ago; what lies in last month stays there."""

    ago: int
    day: int
    hour: int = 9
    minute: int = 0

    def __str__(self):
        day = f"months=-{self.ago}, day={self.day}"
        return f"DateTime.today() + relativedelta({day}, {clock(self)})"

    @property
    def order(self):
        return -30.4 * self.ago - 15 + self.day


def later(moment, days):
    """So many days after the moment, within the same week or month."""
    if isinstance(moment, Month):
        return moment._replace(day=moment.day + days, hour=15)
    return moment._replace(plus=moment.plus + days, hour=15)
