import random
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from engine.working_time import (
    Block,
    Calendar,
    WorkingTime,
    due_between,
    flexible_blocks,
    week_parity,
    working_spans,
)

UTC = ZoneInfo("UTC")
MORNING = (8 * 60, 12 * 60)
AFTERNOON = (13 * 60, 17 * 60)
OFFICE = tuple(Block(day, *part) for day in range(5) for part in (MORNING, AFTERNOON))
BRUSSELS = Calendar("Europe/Brussels", OFFICE)
HOUR = timedelta(hours=1)

# 2026-03-02 is a Monday; Brussels is an hour ahead of UTC until 29 March.
MONDAY = datetime(2026, 3, 2, 7)  # 8:00 in Brussels


def clock(calendar=BRUSSELS, start=MONDAY - timedelta(days=60)):
    return WorkingTime(calendar, start)


def count_minutes(calendar, start, end):
    """The same by looking at the clock on the wall every minute."""
    zone = ZoneInfo(calendar.tz)
    minutes = 0
    moment = start
    while moment < end:
        wall = moment.replace(tzinfo=UTC).astimezone(zone)
        minute = wall.hour * 60 + wall.minute
        minutes += any(
            block.weekday == wall.weekday()
            and block.week in (None, week_parity(wall.date()))
            and block.start <= minute < block.end
            for block in calendar.blocks
        ) and not any(off[0] <= moment < off[1] for off in calendar.days_off)
        moment += timedelta(minutes=1)
    return minutes


@pytest.mark.parametrize(
    ("start", "end", "hours"),
    [
        (MONDAY, MONDAY + HOUR, 1),
        (MONDAY - HOUR, MONDAY + HOUR, 1),
        (MONDAY, MONDAY + 9 * HOUR, 8),  # over lunch
        (MONDAY + 4 * HOUR, MONDAY + 5 * HOUR, 0),  # lunch
        (MONDAY, MONDAY + timedelta(days=1), 8),
        (MONDAY, MONDAY + timedelta(days=7), 40),
        (MONDAY - timedelta(days=2), MONDAY, 0),  # a weekend
        (MONDAY, MONDAY, 0),
        (MONDAY + HOUR, MONDAY, 0),  # answered before it was asked
        (MONDAY, MONDAY + timedelta(seconds=90), 0.025),
    ],
)
def test_hours_between(start, end, hours):
    assert clock().hours(start, end) == pytest.approx(hours)


@pytest.mark.parametrize(
    ("start", "hours", "moment"),
    [
        (MONDAY, 1, MONDAY + HOUR),
        (MONDAY, 4, MONDAY + 4 * HOUR),  # noon, not the end of lunch
        (MONDAY, 5, MONDAY + 6 * HOUR),
        (MONDAY, 8, MONDAY + 9 * HOUR),  # the evening, not the next morning
        (MONDAY + 4.5 * HOUR, 1, MONDAY + 6 * HOUR),  # asked at lunch
        (MONDAY + 9 * HOUR, 4, MONDAY + timedelta(days=1) + 4 * HOUR),
        (MONDAY + timedelta(days=4, hours=8), 2, MONDAY + timedelta(days=7) + HOUR),
        (MONDAY - timedelta(days=1), 4, MONDAY + 4 * HOUR),  # a Sunday
        (MONDAY, 400, datetime(2026, 5, 8, 15)),  # the clocks have changed meanwhile
        (MONDAY, 0, MONDAY),
    ],
)
def test_moment_after(start, hours, moment):
    assert clock().after(start, hours) == moment


def test_holiday():
    tuesday = (MONDAY + timedelta(hours=16), MONDAY + timedelta(hours=40))
    calendar = Calendar(BRUSSELS.tz, OFFICE, (tuesday,))
    assert clock(calendar).hours(MONDAY, MONDAY + timedelta(days=7)) == 32
    assert clock(calendar).after(MONDAY, 12) == MONDAY + timedelta(days=2, hours=4)


def test_holidays_may_overlap_and_cut_a_block():
    calendar = Calendar(
        BRUSSELS.tz,
        OFFICE,
        (
            (MONDAY + HOUR, MONDAY + 3 * HOUR),
            (MONDAY + 2 * HOUR, MONDAY + 2.5 * HOUR),
            (MONDAY + 3 * HOUR, MONDAY + 3.5 * HOUR),
        ),
    )
    assert clock(calendar).hours(MONDAY, MONDAY + 4 * HOUR) == 1.5
    assert clock(calendar).after(MONDAY, 1.25) == MONDAY + 3.75 * HOUR


def test_change_of_clocks():
    night = Calendar("Europe/Brussels", (Block(6, 0, 6 * 60),))
    spring, autumn = datetime(2026, 3, 28, 12), datetime(2026, 10, 24, 12)
    assert WorkingTime(night, spring).hours(spring, spring + timedelta(days=1)) == 5
    assert WorkingTime(night, autumn).hours(autumn, autumn + timedelta(days=1)) == 7
    # The same hours by the wall are other hours in UTC.
    friday = datetime(2026, 3, 27, 15, 30)  # 16:30
    assert WorkingTime(BRUSSELS, friday).after(friday, 1) == datetime(2026, 3, 30, 6, 30)


def test_two_weeks():
    first = Block(0, *MORNING, week=week_parity(MONDAY.date()))
    calendar = Calendar(BRUSSELS.tz, (first,))
    assert clock(calendar).hours(MONDAY, MONDAY + timedelta(days=7)) == 4
    assert clock(calendar).hours(MONDAY + timedelta(days=7), MONDAY + timedelta(days=14)) == 0
    assert clock(calendar).after(MONDAY, 6) == MONDAY + timedelta(days=14, hours=2)


def test_flexible():
    blocks = flexible_blocks(8, 36)
    assert [(block.weekday, block.end - block.start) for block in blocks] == [
        (0, 480),
        (1, 480),
        (2, 480),
        (3, 480),
        (4, 240),
    ]
    assert (blocks[0].start, blocks[4].start) == (8 * 60, 10 * 60)
    assert flexible_blocks(0, 40) == flexible_blocks(8, 0) == ()


def test_round_the_clock():
    always = clock(None)
    assert always.hours(MONDAY - timedelta(days=2), MONDAY) == 48
    assert always.after(MONDAY, 30) == MONDAY + timedelta(hours=30)


def test_nobody_ever_works():
    never = Calendar("UTC", ())
    assert clock(never).hours(MONDAY, MONDAY + timedelta(days=365)) == 0
    assert clock(never).after(MONDAY, 1) is None


def test_unknown_time_zone_is_read_as_utc():
    assert clock(Calendar("Mars/Olympus", OFFICE)).after(MONDAY, 1) == MONDAY + 2 * HOUR


def test_spans_are_the_same_however_they_are_laid_out():
    end = MONDAY + timedelta(days=200)
    at_once = sum((b - a).total_seconds() for a, b in working_spans(BRUSSELS, MONDAY, end))
    assert clock().hours(MONDAY, end) * 3600 == pytest.approx(at_once)


@pytest.mark.parametrize("seed", range(12))
def test_against_a_naive_count(seed):
    """Random calendars and questions, around a change of clocks every other time."""
    rng = random.Random(seed)
    zone = rng.choice(["Europe/Brussels", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"])
    around = datetime(2026, rng.choice([3, 10]), rng.randint(1, 31))
    blocks = []
    for day in range(7):
        # No edge within the hours that are left out or come twice.
        edges = sorted(rng.sample([0, *range(4 * 60, 1441, 7)], 4))
        week = rng.choice([None, 0, 1])
        blocks += [Block(day, *edges[:2], week), Block(day, *edges[2:], week)]
    off = [
        (start, start + timedelta(minutes=rng.randint(1, 2000)))
        for start in (around + timedelta(minutes=rng.randint(-9000, 9000)) for __ in range(3))
    ]
    calendar = Calendar(zone, tuple(blocks), tuple(off))
    working = WorkingTime(calendar, around - timedelta(days=10))
    for __ in range(6):
        start = around + timedelta(minutes=rng.randint(-9000, 4000))
        end = start + timedelta(minutes=rng.randint(0, 9000))
        assert working.hours(start, end) * 60 == pytest.approx(count_minutes(calendar, start, end))
        hours = rng.randint(1, 3000) / 60
        deadline = working.after(start, hours)
        assert working.hours(start, deadline) == pytest.approx(hours)
        assert working.hours(start, deadline - timedelta(minutes=1)) < hours


def naive_due(calendar, hours, asked):
    """When it is due by laying out all spans from the question on."""
    return WorkingTime(calendar, asked).after(asked, hours)


def assert_due(calendar, hours, since, until, moments):
    """The rows of the engine say of each moment what the clock says, and nothing else."""
    rows = due_between(calendar, hours, since, until)
    for asked in moments:
        due = naive_due(calendar, hours, asked)
        found = [
            row.due + (asked - row.start if row.moves else timedelta(0))
            for row in rows
            if row.start < asked <= row.end
        ]
        # Rows reach a little over the window; who is outside of it is left out by their due.
        found = [moment for moment in found if since <= moment <= until]
        assert found == ([due] if due and since <= due <= until else []), asked


@pytest.mark.parametrize("hours", [0.25, 4, 8, 8.5, 40, 200])
@pytest.mark.parametrize("seed", range(4))
def test_who_is_due_between(seed, hours):
    chance = random.Random(seed)
    off = [MONDAY + timedelta(days=chance.randrange(60), hours=chance.randrange(12))]
    calendars = [
        BRUSSELS,
        Calendar("Europe/Brussels", OFFICE, ((off[0], off[0] + timedelta(days=1, hours=3)),)),
        Calendar("America/New_York", (Block(2, 8 * 60, 12 * 60, week=seed % 2),)),
        Calendar("Pacific/Apia", tuple(Block(day, 0, 24 * 60) for day in range(7))),
        None,
    ]
    since = MONDAY + timedelta(minutes=chance.randrange(60 * 24 * 30))
    until = since + timedelta(minutes=chance.randrange(60 * 24 * 35))
    for calendar in calendars:
        edges = [
            moment
            for row in due_between(calendar, hours, since, until)
            for moment in (row.start + timedelta(seconds=1), row.end)
        ]
        somewhen = [
            since + timedelta(minutes=chance.randrange(-60 * 24 * 60, 60 * 24 * 40))
            for __ in range(60)
        ]
        assert_due(calendar, hours, since, until, edges + somewhen)


def test_nobody_is_due_where_nobody_works():
    assert due_between(Calendar("UTC", ()), 4, MONDAY, MONDAY + timedelta(days=5)) == []


def test_a_year_of_closed_doors_delays_what_was_asked_before():
    closed = Calendar("UTC", OFFICE, ((MONDAY, MONDAY + timedelta(days=200)),))
    asked = MONDAY - timedelta(days=2)
    due = naive_due(closed, 8, asked)
    assert due > MONDAY + timedelta(days=200)
    assert_due(closed, 8, due - HOUR, due + HOUR, [asked])
