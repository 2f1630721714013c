"""The next day on which somebody works.

A day is worked when any block of it is left by the holidays: a holiday that takes the
morning only leaves a day on which a client can be called.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from .working_time import Calendar, working_spans

# A calendar without working hours, or closed for longer, moves nothing.
REACH_DAYS = 92
DAY = timedelta(days=1)


class WorkingDays:
    """The working days of one calendar; without a calendar every day is one."""

    def __init__(self, calendar: Calendar | None) -> None:
        self.calendar = calendar
        self._worked: dict[date, bool] = {}

    def next(self, day: date) -> date:
        """`day` itself when it is worked, else the first working day after it."""
        for days in range(REACH_DAYS):
            candidate = day + timedelta(days=days)
            if self.is_worked(candidate):
                return candidate
        return day

    def is_worked(self, day: date) -> bool:
        if self.calendar is None:
            return True
        if day not in self._worked:
            self._worked[day] = self._has_work(self.calendar, day)
        return self._worked[day]

    def _has_work(self, calendar: Calendar, day: date) -> bool:
        blocks = tuple(block for block in calendar.blocks if block.weekday == day.weekday())
        midnight = datetime.combine(day, time.min)
        # Blocks of this weekday only, so that a window wide enough for any time zone holds
        # no work of another day.
        of_day = Calendar(calendar.tz, blocks, calendar.days_off)
        return bool(blocks and working_spans(of_day, midnight - DAY, midnight + 2 * DAY))
