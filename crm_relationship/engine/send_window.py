"""When something may go out: hours of the client's day, and days on which one works.

What is due outside is moved to the next moment that is allowed, never dropped.
Moments are naive and in UTC, as Odoo stores them; hours and days are those of
the clock on the client's wall.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone

from .occurrences import send_time, zone_info
from .working_time import Calendar, working_spans

MINUTES_PER_DAY = 24 * 60
# No allowed day is looked for further away: a calendar may be closed for good.
REACH_DAYS = 400


@dataclass(frozen=True)
class Hours:
    """A stretch of the day in minutes since midnight, its end left out.

    It may go over midnight (from 22:00 to 6:00). Without length it is the whole day.
    """

    start: int
    end: int

    @classmethod
    def of(cls, start: float, end: float) -> Hours:
        """From hours as Odoo keeps them: 8.5 is 8:30, and 24 is the midnight after."""
        return cls(round(start * 60) % MINUTES_PER_DAY, round(end * 60) % MINUTES_PER_DAY)

    def without(self) -> Hours:
        """The rest of the day: what quiet hours leave."""
        return Hours(self.end, self.start)

    def __contains__(self, minute: int) -> bool:
        if self.start == self.end:
            return True
        if self.start < self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


@dataclass(frozen=True)
class Move:
    """A moment that is allowed, and how long of the way there the window was closed.

    That time makes nothing late; downtime before it does.
    """

    moment: datetime
    closed: timedelta


@dataclass(frozen=True)
class SendWindow:
    """All of these hours must hold, and the day must be one of work by the calendar."""

    hours: tuple[Hours, ...] = ()
    calendar: Calendar | None = None

    def next_moment(self, moment: datetime, zone: str) -> datetime | None:
        """The first allowed moment from `moment` on; None when there never is one.

        Outside the hours it is their next beginning. On a day without work it is
        the same hour of the next day with work.
        """
        local = moment.replace(tzinfo=timezone.utc).astimezone(zone_info(zone))
        today = local.date()
        minute = now = local.hour * 60 + local.minute
        for ahead in range(REACH_DAYS):
            day = today + timedelta(days=ahead)
            opens = self._opens(minute)
            if opens is None:
                minute = 0
                continue
            minute = opens
            if self.calendar is not None and not is_working_day(self.calendar, day):
                continue
            if day == today and minute == now:
                return moment
            # In the hour that comes twice the window has opened the first time.
            return max(send_time(day, minute / 60, zone), moment)
        return None

    def move(self, due: datetime, now: datetime, zone: str) -> Move | None:
        """Where to move what is due, as seen at `now`; None when there is no such moment."""
        moment = self.next_moment(due, zone)
        if moment is None:
            return None
        closed = moment - due
        if moment < now:
            # It is late already; what is missed is made up for at an allowed moment too.
            again = self.next_moment(now, zone)
            if again is None:
                return None
            if again > now:
                return Move(again, closed + (again - now))
        return Move(moment, closed)

    def _opens(self, minute: int) -> int | None:
        """The first minute of the same day from `minute` on at which all hours hold."""
        later = sorted(hours.start for hours in self.hours if hours.start > minute)
        for candidate in (minute, *later):
            if all(candidate in hours for hours in self.hours):
                return candidate
        return None


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Whether there is any work on that day, by the clock of the calendar."""
    start = send_time(day, 0, calendar.tz)
    end = send_time(day + timedelta(days=1), 0, calendar.tz)
    return bool(working_spans(calendar, start, end))
