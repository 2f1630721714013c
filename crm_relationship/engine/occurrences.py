"""When an occasion falls, and at which moment a rule acts on it.

A client's day (a birthday, the end of a contract) is kept as year, month and
day. From it come *occurrences*, one for each year or month, always worked out
from the original day and never by adding to the last one. An offset moves the
day on which one acts; the occurrence stays the day that is celebrated.

Nothing here knows of a database or asks the clock: time is an argument. Moments
are naive and in UTC, as Odoo stores them; days are days where the client lives.
Which client has such a day is found by the database, by joining the few rows
that `plan_rows` returns to the many days it holds.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

Recurrence = Literal["once", "yearly", "monthly"]
OffsetUnit = Literal["day", "month"]
DelayUnit = Literal["hour", "day"]
LeapDay = Literal["feb28", "mar1"]

LEAP_YEAR = 2000
LEAP_DAY = (2, 29)
# Where the clocks of the world are farthest from UTC, behind and ahead.
FARTHEST_BEHIND = timedelta(hours=12)
FARTHEST_AHEAD = timedelta(hours=14)


@dataclass(frozen=True)
class Schedule:
    """How often an occasion comes, and when one acts on it."""

    recurrence: Recurrence = "yearly"
    offset: int = 0
    offset_unit: OffsetUnit = "day"
    leap_day: LeapDay = "feb28"
    send_hour: float = 9.0
    catch_up_days: int = 3


@dataclass(frozen=True)
class Step:
    """One action of a rule: so long after the first moment, and for none before `start`."""

    key: int
    delay: int = 0
    delay_unit: DelayUnit = "day"
    start: datetime | None = None


@dataclass(frozen=True)
class Window:
    """The stretch of time a rule looks at, both ends included.

    What is older than the catch-up allows is looked at only from `missed_since`
    on: since then nobody has looked, so it was missed and not merely long ago.
    """

    after: datetime
    until: datetime
    now: datetime
    missed_since: datetime


@dataclass(frozen=True, order=True)
class Nominal:
    """An occasion as it is written: 29 February of a common year included."""

    year: int
    month: int
    day: int


@dataclass(frozen=True)
class PlanRow:
    """For those with this day in this time zone: this step, at this moment."""

    zone: str
    nominal: Nominal
    step: int
    occurrence: date
    due: datetime
    expires: datetime


def falls_on(nominal: Nominal, leap_day: LeapDay = "feb28") -> date:
    """The day on which an occasion is kept: a day its month lacks is the last one.

    29 February is kept on 1 March where `leap_day` says so.
    """
    year, month, day = nominal.year, nominal.month, nominal.day
    last = monthrange(year, month)[1]
    if day <= last:
        return date(year, month, day)
    if (month, day) == LEAP_DAY and leap_day == "mar1":
        return date(year, 3, 1)
    return date(year, month, last)


def shift_months(nominal: Nominal, months: int) -> Nominal:
    """The same day, `months` later (or earlier), though that month may lack it."""
    index = nominal.year * 12 + nominal.month - 1 + months
    return Nominal(index // 12, index % 12 + 1, nominal.day)


def occurrence_of(schedule: Schedule, nominal: Nominal) -> date:
    """The day that is celebrated."""
    return falls_on(nominal, _leap_day(schedule))


def nominals_of(schedule: Schedule, occurrence: date) -> list[Nominal]:
    """The days that are celebrated on this one: in a common year also 29 February."""
    months = {(occurrence.year, occurrence.month)}
    if schedule.recurrence != "once":
        # A leap day that is kept on 1 March.
        months.add((occurrence.year, LEAP_DAY[0]))
    return [
        nominal
        for year, month in sorted(months)
        for day in range(1, _length(schedule.recurrence, year, month) + 1)
        if occurrence_of(schedule, nominal := Nominal(year, month, day)) == occurrence
    ]


def acts_on(schedule: Schedule, nominal: Nominal) -> date:
    """The day on which the rule acts."""
    if schedule.offset_unit == "month":
        return falls_on(shift_months(nominal, schedule.offset), _leap_day(schedule))
    return occurrence_of(schedule, nominal) + timedelta(days=schedule.offset)


def send_time(day: date, hour: float, zone: str) -> datetime:
    """The moment at which it is `hour` on `day` in `zone`.

    An hour that the clocks skip counts as the one after the skip, an hour that
    comes twice as the first of the two.
    """
    minutes = min(max(round(hour * 60), 0), 24 * 60 - 1)
    local = datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=zone_info(zone))
    return _to_utc(local)


def local_day(moment: datetime, zone: str) -> date:
    """Which day it is in `zone` at a moment."""
    return moment.replace(tzinfo=timezone.utc).astimezone(zone_info(zone)).date()


def step_time(step: Step, day: date, hour: float, zone: str) -> datetime:
    """When a step is due whose rule acts on `day`: days later is the same hour."""
    if step.delay_unit == "hour":
        return send_time(day, hour, zone) + timedelta(hours=step.delay)
    return send_time(day + timedelta(days=step.delay), hour, zone)


def expiry(due: datetime, catch_up_days: int, zone: str) -> datetime:
    """The midnight from which something due is too late to do."""
    day = local_day(due, zone) + timedelta(days=max(catch_up_days, 0) + 1)
    return send_time(day, 0, zone)


def look_back(
    now: datetime, date_start: datetime, looked_until: datetime | None, catch_up_days: int
) -> datetime:
    """How far back to look: to the last look, and over the days of catching up.

    Never before `date_start`. Those days are looked at again each time, so that
    a day entered or changed late is not missed.
    """
    recent = now - timedelta(days=catch_up_days + 2)
    return max(date_start, min(looked_until or date_start, recent))


def candidate_days(schedule: Schedule, window: Window) -> list[Nominal]:
    """All days that may be due in the window somewhere on Earth."""
    first = (window.after - FARTHEST_BEHIND).date()
    last = (window.until + FARTHEST_AHEAD).date()
    return sorted(_nominals(schedule, first, last))


def plan_rows(
    schedule: Schedule, steps: Iterable[Step], zones: Iterable[str], window: Window
) -> list[PlanRow]:
    """What is due in the window: a row for each zone, day and step."""
    steps = list(steps)
    days = candidate_days(schedule, window)
    return [
        row
        for zone in zones
        for nominal in days
        for row in _rows_of_day(schedule, steps, zone, nominal, window)
    ]


@lru_cache(maxsize=1024)
def zone_info(name: str) -> ZoneInfo:
    """The time zone of that name; UTC when nobody knows it."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def _rows_of_day(
    schedule: Schedule, steps: list[Step], zone: str, nominal: Nominal, window: Window
) -> Iterator[PlanRow]:
    day = acts_on(schedule, nominal)
    moment = send_time(day, schedule.send_hour, zone)
    if not window.after <= moment <= window.until:
        return
    missed = moment >= window.missed_since
    if not missed and expiry(moment, schedule.catch_up_days, zone) <= window.now:
        return
    occurrence = occurrence_of(schedule, nominal)
    for step in steps:
        if step.start and moment < step.start:
            continue
        due = step_time(step, day, schedule.send_hour, zone)
        expires = expiry(due, schedule.catch_up_days, zone)
        yield PlanRow(zone, nominal, step.key, occurrence, due, expires)


def _nominals(schedule: Schedule, first: date, last: date) -> Iterator[Nominal]:
    """The occasions on which one acts between two days, both included."""
    for year, month in _months(schedule, first, last):
        for day in range(1, _length(schedule.recurrence, year, month) + 1):
            nominal = Nominal(year, month, day)
            if first <= acts_on(schedule, nominal) <= last:
                yield nominal


def _months(schedule: Schedule, first: date, last: date) -> Iterator[tuple[int, int]]:
    """The months in which those occasions lie, with one to spare at both ends."""
    if schedule.offset_unit == "month":
        months = schedule.offset
    else:
        first -= timedelta(days=schedule.offset)
        last -= timedelta(days=schedule.offset)
        months = 0
    start = first.year * 12 + first.month - 1 - months - 1
    end = last.year * 12 + last.month - 1 - months + 1
    for index in range(start, end + 1):
        yield index // 12, index % 12 + 1


def _length(recurrence: Recurrence, year: int, month: int) -> int:
    """How many days a month may be written with."""
    if recurrence == "monthly":
        return 31
    return monthrange(LEAP_YEAR if recurrence == "yearly" else year, month)[1]


def _leap_day(schedule: Schedule) -> LeapDay:
    """Every month has its end; only a yearly day may move over it."""
    return "feb28" if schedule.recurrence == "monthly" else schedule.leap_day


def _to_utc(moment: datetime) -> datetime:
    return moment.astimezone(timezone.utc).replace(tzinfo=None)
