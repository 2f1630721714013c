"""Working time between two moments, and the moment so much working time later.

Moments are naive UTC, as Odoo stores them. The working spans of a calendar are
laid out once, each with the seconds worked before it, so that any number of
questions about the same calendar costs a bisection each.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from .occurrences import zone_info

Span = tuple[datetime, datetime]

MINUTES_PER_DAY = 24 * 60
NOON = MINUTES_PER_DAY // 2
DAYS_PER_WEEK = 7
# Spans are laid out so many days at a time, on a grid that begins here: whoever
# asks next for the same calendar finds them done.
GRID = datetime(1970, 1, 5)
STEP = timedelta(days=28)
# No deadline is looked for further away: a calendar may have no working hours at all.
REACH = timedelta(days=3 * 366)


@dataclass(frozen=True)
class Block:
    """Working hours of a weekday, in minutes since midnight by the clock on the wall.

    `week` is 0 or 1 in a calendar of two weeks, None when every week is the same.
    """

    weekday: int
    start: int
    end: int
    week: int | None = None


@dataclass(frozen=True)
class Calendar:
    """When somebody works: blocks in a time zone, less the days off (spans in UTC)."""

    tz: str
    blocks: tuple[Block, ...]
    days_off: tuple[Span, ...] = ()


@dataclass(frozen=True)
class Stretch:
    """When those are due who asked after `start` and no later than `end`.

    Who asks while work goes on is due so much later (`moves`); who asks outside of
    it is due at the same moment as everybody else in the stretch.
    """

    start: datetime
    end: datetime
    due: datetime
    moves: bool

    @property
    def last_due(self) -> datetime:
        """When who asked at the end of it is due."""
        return self.due + (self.end - self.start) if self.moves else self.due


def flexible_blocks(hours_per_day: float, hours_per_week: float) -> tuple[Block, ...]:
    """Blocks of who must work so many hours, but may choose when.

    Every day has its hours around noon, from Monday until those of the week are done.
    """
    blocks = []
    left = hours_per_week
    for weekday in range(DAYS_PER_WEEK):
        hours = min(hours_per_day, left, 24)
        if hours <= 0:
            break
        left -= hours
        half = round(hours * 60 / 2)
        blocks.append(Block(weekday, NOON - half, NOON + half))
    return tuple(blocks)


def week_parity(day: date) -> int:
    """Which of two weeks `day` is in: they alternate without regard to the year."""
    return (day.toordinal() - 1) // DAYS_PER_WEEK % 2


class WorkingTime:
    """The working spans of one calendar, laid out as far as they are asked for.

    Without a calendar somebody answers round the clock.
    """

    def __init__(self, calendar: Calendar | None, start: datetime) -> None:
        """Begin at `start`: no moment before it may be asked for."""
        self.calendar = calendar
        self._end = GRID + (start - GRID) // STEP * STEP
        self._starts: list[datetime] = []
        self._ends: list[datetime] = []
        # Seconds worked from the origin to the start of each span.
        self._before: list[float] = []
        self._total = 0.0

    def hours(self, start: datetime, end: datetime) -> float:
        """Working hours from `start` to `end`; 0 when it ends before it starts."""
        if end <= start:
            return 0.0
        if self.calendar is None:
            return (end - start).total_seconds() / 3600
        self._lay_out(end)
        return (self._worked(end) - self._worked(start)) / 3600

    def after(self, start: datetime, hours: float) -> datetime | None:
        """The first moment `hours` of work after `start`; None when it never comes."""
        if hours <= 0:
            return start
        if self.calendar is None:
            return start + timedelta(hours=hours)
        self._lay_out(start)
        target = self._worked(start) + hours * 3600
        limit = start + REACH
        while self._total < target and self._end < limit:
            self._lay_out(self._end + STEP)
        if self._total < target:
            return None
        # On the edge of a span: when it ends, not when the next one starts.
        index = bisect_left(self._before, target) - 1
        return self._starts[index] + timedelta(seconds=target - self._before[index])

    def stretches(self, hours: float, since: datetime, until: datetime) -> list[Stretch]:
        """When who asked from `since` to `until` is due, `hours` of work later.

        A few rows that say it for any number of questions: the database joins them.
        """
        if self.calendar is None:
            return [Stretch(since, until, since + timedelta(hours=hours), True)]
        # Lays out all that is reached.
        self.after(until, hours)
        rows = []
        for start, end in pairwise([since, *self._edges(hours * 3600, since, until), until]):
            middle = start + (end - start) / 2
            due = self.after(middle, hours)
            if due is not None:
                moves = self._worked(end) > self._worked(start)
                rows.append(Stretch(start, end, due - (middle - start) if moves else due, moves))
        return rows

    def _edges(self, seconds: float, since: datetime, until: datetime) -> list[datetime]:
        """Where work begins or stops, and where it does so much working time later."""
        edges = {*self._starts, *self._ends}
        for before in self._before:
            index = bisect_right(self._before, before - seconds) - 1
            if index >= 0:
                left = before - seconds - self._before[index]
                edges.add(min(self._starts[index] + timedelta(seconds=left), self._ends[index]))
        return sorted(edge for edge in edges if since < edge < until)

    def _worked(self, moment: datetime) -> float:
        """Seconds worked from the origin to `moment`."""
        index = bisect_right(self._starts, moment) - 1
        if index < 0:
            return 0.0
        done = min(moment, self._ends[index]) - self._starts[index]
        return self._before[index] + done.total_seconds()

    def _lay_out(self, until: datetime) -> None:
        """Append the working spans, a step at a time, until `until` is reached."""
        while self.calendar is not None and self._end < until:
            start, self._end = self._end, self._end + STEP
            for span_start, span_end in working_spans(self.calendar, start, self._end):
                self._starts.append(span_start)
                self._ends.append(span_end)
                self._before.append(self._total)
                self._total += (span_end - span_start).total_seconds()


def due_between(
    calendar: Calendar | None, hours: float, since: datetime, until: datetime
) -> list[Stretch]:
    """Who, having asked when, is due from `since` to `until`, `hours` of work later."""
    first = since - STEP
    clock = WorkingTime(calendar, first)
    while clock.hours(first, since) < hours and since - first < REACH:
        first -= STEP
        clock = WorkingTime(calendar, first)
    return [
        row
        for row in clock.stretches(hours, first, until)
        if row.due <= until and row.last_due >= since
    ]


@lru_cache(maxsize=4096)
def working_spans(calendar: Calendar, start: datetime, end: datetime) -> tuple[Span, ...]:
    """Spans of work from `start` to `end` in order, apart from each other."""
    spans = _join(_clip(_block_spans(calendar, start, end), start, end))
    off = _join(_clip(calendar.days_off, start, end))
    return tuple(_subtract(spans, off))


def _block_spans(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Span]:
    """The blocks on all days around the window: a day by the wall is no day in UTC."""
    zone = zone_info(calendar.tz)
    day = start.date() - timedelta(days=1)
    while day <= end.date() + timedelta(days=1):
        for block in calendar.blocks:
            if block.weekday == day.weekday() and block.week in (None, week_parity(day)):
                yield _to_utc(day, block.start, zone), _to_utc(day, block.end, zone)
        day += timedelta(days=1)


def _to_utc(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    """A moment of the wall as UTC.

    The hour that comes twice is meant the second time, the hour that is left
    out is read as if it were not: both by standard time, as Odoo does.
    """
    wall = datetime.combine(day, time.min) + timedelta(minutes=minutes)
    offset = min(
        wall.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta(0) for fold in (0, 1)
    )
    return wall - offset


def _clip(spans: Iterable[Span], start: datetime, end: datetime) -> Iterator[Span]:
    for span_start, span_end in spans:
        clipped = max(span_start, start), min(span_end, end)
        if clipped[0] < clipped[1]:
            yield clipped


def _join(spans: Iterable[Span]) -> list[Span]:
    """The same time in order, spans that touch or overlap made one."""
    joined: list[Span] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _subtract(spans: list[Span], off: list[Span]) -> Iterator[Span]:
    """What is left of `spans` without `off`; both joined."""
    position = 0
    for start, end in spans:
        while position < len(off) and off[position][1] <= start:
            position += 1
        index = position
        while index < len(off) and off[index][0] < end:
            if start < off[index][0]:
                yield start, off[index][0]
            start = max(start, off[index][1])
            index += 1
        if start < end:
            yield start, end
