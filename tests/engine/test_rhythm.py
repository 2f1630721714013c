from datetime import date, datetime, timedelta

import pytest
from engine.rhythm import median_gap
from engine.working_days import WorkingDays
from engine.working_time import Block, Calendar

OFFICE = tuple(Block(day, 8 * 60, 17 * 60) for day in range(5))
# 2026-03-02 is a Monday.
MONDAY = date(2026, 3, 2)
DAY = timedelta(days=1)


def days(*gaps):
    """Days with these gaps between them."""
    found = [MONDAY]
    for gap in gaps:
        found.append(found[-1] + gap * DAY)
    return found


@pytest.mark.parametrize(
    ("gaps", "rhythm"),
    [
        ((), 0),
        ((30, 30), 0),  # three days are too few
        ((30, 30, 30), 30),
        ((10, 30, 300), 30),  # one long pause changes no habit
        ((10, 20, 30, 40), 25),
        ((0, 0, 10, 20), 0),  # twice on a day is once
        ((0, 10, 20, 30), 20),
    ],
)
def test_median_gap(gaps, rhythm):
    assert median_gap(days(*gaps), 4) == rhythm


def test_median_gap_needs_no_order():
    assert median_gap(reversed(days(7, 14, 14)), 4) == 14


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (MONDAY, MONDAY),
        (MONDAY + 4 * DAY, MONDAY + 4 * DAY),
        (MONDAY + 5 * DAY, MONDAY + 7 * DAY),
        (MONDAY + 6 * DAY, MONDAY + 7 * DAY),
    ],
)
def test_weekend(day, expected):
    assert WorkingDays(Calendar("Europe/Brussels", OFFICE)).next(day) == expected


def test_holidays_follow_the_wall():
    # 9 March is off in Brussels: from 23:00 UTC of the day before.
    off = (datetime(2026, 3, 8, 23), datetime(2026, 3, 9, 22, 59, 59))
    brussels = WorkingDays(Calendar("Europe/Brussels", OFFICE, (off,)))
    assert brussels.next(MONDAY + 5 * DAY) == MONDAY + 8 * DAY
    assert brussels.next(MONDAY + 6 * DAY) == MONDAY + 8 * DAY
    # By the clock of Honolulu the same hours leave an afternoon.
    honolulu = WorkingDays(Calendar("Pacific/Honolulu", OFFICE, (off,)))
    assert honolulu.next(MONDAY + 7 * DAY) == MONDAY + 7 * DAY


def test_a_free_morning_leaves_a_working_day():
    off = (datetime(2026, 3, 2, 0), datetime(2026, 3, 2, 12))
    assert WorkingDays(Calendar("UTC", OFFICE, (off,))).next(MONDAY) == MONDAY


def test_every_other_week():
    odd = tuple(Block(day, 8 * 60, 17 * 60, week=0) for day in range(5))
    working = WorkingDays(Calendar("UTC", odd))
    mondays = [MONDAY + 7 * week * DAY for week in range(4)]
    worked = [working.is_worked(monday) for monday in mondays]
    assert sorted(worked) == [False, False, True, True]
    assert all(first != second for first, second in zip(worked, worked[1:], strict=False))
    idle = mondays[worked.index(False)]
    assert working.next(idle) == idle + 7 * DAY


@pytest.mark.parametrize("calendar", [None, Calendar("UTC", ())])
def test_without_working_hours_nothing_moves(calendar):
    assert WorkingDays(calendar).next(MONDAY + 5 * DAY) == MONDAY + 5 * DAY
