from datetime import date, datetime, timedelta

import pytest
from engine.occurrences import (
    Nominal,
    Schedule,
    Step,
    Window,
    acts_on,
    candidate_days,
    expiry,
    falls_on,
    look_back,
    nominals_of,
    occurrence_of,
    plan_rows,
    send_time,
    shift_months,
    step_time,
    zone_info,
)

BRUSSELS = "Europe/Brussels"
AUCKLAND = "Pacific/Auckland"
PAGO_PAGO = "Pacific/Pago_Pago"
KIRITIMATI = "Pacific/Kiritimati"
FIRST = Step(key=1)


def look(after, until, now=None, missed_since=None):
    now = now or until
    return Window(after=after, until=until, now=now, missed_since=missed_since or after)


def planned(schedule, after, until, zones=("UTC",), steps=(FIRST,), **window):
    return plan_rows(schedule, steps, zones, look(after, until, **window))


def rows_for(rows, month, day):
    return [row for row in rows if (row.nominal.month, row.nominal.day) == (month, day)]


# When an occasion falls


@pytest.mark.parametrize(
    ("nominal", "leap_day", "expected"),
    [
        (Nominal(2027, 3, 10), "feb28", date(2027, 3, 10)),
        (Nominal(2028, 2, 29), "feb28", date(2028, 2, 29)),
        (Nominal(2028, 2, 29), "mar1", date(2028, 2, 29)),
        (Nominal(2027, 2, 29), "feb28", date(2027, 2, 28)),
        (Nominal(2027, 2, 29), "mar1", date(2027, 3, 1)),
        (Nominal(2100, 2, 29), "mar1", date(2100, 3, 1)),
        (Nominal(2027, 2, 31), "mar1", date(2027, 2, 28)),
        (Nominal(2027, 4, 31), "feb28", date(2027, 4, 30)),
    ],
)
def test_a_day_its_month_lacks_is_the_last_one(nominal, leap_day, expected):
    assert falls_on(nominal, leap_day) == expected


@pytest.mark.parametrize(
    ("nominal", "months", "expected"),
    [
        (Nominal(2027, 1, 31), 1, Nominal(2027, 2, 31)),
        (Nominal(2027, 12, 31), 1, Nominal(2028, 1, 31)),
        (Nominal(2027, 1, 15), -1, Nominal(2026, 12, 15)),
        (Nominal(2027, 1, 15), -13, Nominal(2025, 12, 15)),
        (Nominal(2027, 6, 15), 0, Nominal(2027, 6, 15)),
        (Nominal(2027, 6, 15), 24, Nominal(2029, 6, 15)),
    ],
)
def test_months_are_shifted_over_year_ends(nominal, months, expected):
    assert shift_months(nominal, months) == expected


@pytest.mark.parametrize(
    ("offset", "unit", "nominal", "expected"),
    [
        (0, "day", Nominal(2027, 5, 3), date(2027, 5, 3)),
        (-3, "day", Nominal(2027, 1, 2), date(2026, 12, 30)),
        (3, "day", Nominal(2027, 12, 30), date(2028, 1, 2)),
        (-1, "day", Nominal(2028, 3, 1), date(2028, 2, 29)),
        (1, "month", Nominal(2027, 1, 31), date(2027, 2, 28)),
        (1, "month", Nominal(2028, 1, 31), date(2028, 2, 29)),
        (-1, "month", Nominal(2027, 3, 31), date(2027, 2, 28)),
        (-1, "month", Nominal(2027, 1, 15), date(2026, 12, 15)),
        (12, "month", Nominal(2028, 2, 29), date(2029, 2, 28)),
    ],
)
def test_an_offset_moves_the_day_one_acts(offset, unit, nominal, expected):
    schedule = Schedule(recurrence="once", offset=offset, offset_unit=unit)
    assert acts_on(schedule, nominal) == expected


def test_an_offset_leaves_the_occurrence_alone():
    schedule = Schedule(offset=-7)
    assert occurrence_of(schedule, Nominal(2027, 1, 3)) == date(2027, 1, 3)
    assert acts_on(schedule, Nominal(2027, 1, 3)) == date(2026, 12, 27)


def test_twelve_months_after_29_february_follows_the_leap_day():
    schedule = Schedule("once", offset=12, offset_unit="month", leap_day="mar1")
    assert acts_on(schedule, Nominal(2028, 2, 29)) == date(2029, 3, 1)


@pytest.mark.parametrize(("leap_day", "common_year_day"), [("feb28", (2, 28)), ("mar1", (3, 1))])
def test_29_february_comes_once_in_each_of_eight_years(leap_day, common_year_day):
    schedule = Schedule(leap_day=leap_day, send_hour=0)
    rows = planned(schedule, datetime(2025, 1, 1), datetime(2032, 12, 31, 23, 59))
    days = [row.occurrence for row in rows_for(rows, 2, 29)]
    assert [day.year for day in days] == list(range(2025, 2033))
    for day in days:
        leap = day.year in (2028, 2032)
        assert (day.month, day.day) == ((2, 29) if leap else common_year_day)


def test_31_january_monthly_is_each_month_end():
    schedule = Schedule(recurrence="monthly", send_hour=0, leap_day="mar1")
    rows = planned(schedule, datetime(2027, 1, 1), datetime(2027, 6, 30, 23))
    days = [row.occurrence for row in rows if row.nominal.day == 31]
    assert days == [
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2027, 4, 30),
        date(2027, 5, 31),
        date(2027, 6, 30),
    ]


def test_29th_monthly_is_the_end_of_february_whatever_is_said_of_29_february():
    schedule = Schedule(recurrence="monthly", send_hour=0, leap_day="mar1")
    rows = planned(schedule, datetime(2027, 2, 1), datetime(2027, 3, 31, 23))
    days = [row.occurrence for row in rows if row.nominal.day == 29]
    assert days == [date(2027, 2, 28), date(2027, 3, 29)]


def test_every_day_of_a_year_comes_exactly_once():
    schedule = Schedule(send_hour=0)
    rows = planned(schedule, datetime(2027, 1, 1), datetime(2027, 12, 31, 23))
    written = [(row.nominal.month, row.nominal.day) for row in rows]
    assert len(written) == len(set(written)) == 366


@pytest.mark.parametrize("offset", [-400, -31, -1, 0, 1, 31, 400])
@pytest.mark.parametrize("unit", ["day", "month"])
@pytest.mark.parametrize("recurrence", ["once", "yearly", "monthly"])
def test_windows_side_by_side_find_what_one_long_window_finds(recurrence, unit, offset):
    schedule = Schedule(recurrence, offset, unit, send_hour=9)
    start, days = datetime(2027, 2, 1, 12), 40
    whole = planned(schedule, start, start + timedelta(days=days))
    pieces = []
    for day in range(days):
        after = start + timedelta(days=day, seconds=1 if day else 0)
        pieces += planned(schedule, after, start + timedelta(days=day + 1))
    assert sorted(row.nominal for row in pieces) == sorted(row.nominal for row in whole)
    assert whole


# When the moment is


@pytest.mark.parametrize(
    ("day", "hour", "zone", "expected"),
    [
        (date(2027, 1, 15), 9, "UTC", datetime(2027, 1, 15, 9)),
        (date(2027, 1, 15), 9.5, BRUSSELS, datetime(2027, 1, 15, 8, 30)),
        (date(2027, 7, 15), 9, BRUSSELS, datetime(2027, 7, 15, 7)),
        (date(2027, 1, 15), 9, AUCKLAND, datetime(2027, 1, 14, 20)),
        (date(2027, 1, 15), 9, PAGO_PAGO, datetime(2027, 1, 15, 20)),
        (date(2027, 1, 15), 0, KIRITIMATI, datetime(2027, 1, 14, 10)),
        # 28 March 2027: in Brussels the clocks go from 2:00 to 3:00.
        (date(2027, 3, 28), 2.5, BRUSSELS, datetime(2027, 3, 28, 1, 30)),
        (date(2027, 3, 28), 3, BRUSSELS, datetime(2027, 3, 28, 1)),
        # 31 October 2027: 2:30 comes twice, the first time in summer time.
        (date(2027, 10, 31), 2.5, BRUSSELS, datetime(2027, 10, 31, 0, 30)),
        (date(2027, 1, 15), 24, "UTC", datetime(2027, 1, 15, 23, 59)),
    ],
)
def test_send_time_is_the_hour_where_the_client_lives(day, hour, zone, expected):
    assert send_time(day, hour, zone) == expected


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "Europe"])
def test_an_unknown_zone_is_utc(name):
    assert zone_info(name).key == "UTC"


def test_a_step_days_later_keeps_its_hour_over_a_clock_change():
    step = Step(key=1, delay=1)
    assert step_time(step, date(2027, 3, 27), 9, BRUSSELS) == datetime(2027, 3, 28, 7)


def test_a_step_hours_later_counts_hours():
    step = Step(key=1, delay=3, delay_unit="hour")
    assert step_time(step, date(2027, 3, 28), 0, BRUSSELS) == datetime(2027, 3, 28, 2)


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (0, datetime(2027, 1, 15, 23)),
        (3, datetime(2027, 1, 18, 23)),
        (-1, datetime(2027, 1, 15, 23)),
    ],
)
def test_too_late_is_the_midnight_after_the_last_day_of_catching_up(days, expected):
    assert expiry(datetime(2027, 1, 15, 8), days, BRUSSELS) == expected


# What is due in a window


def test_the_window_holds_both_its_ends():
    due = datetime(2027, 3, 10, 9)
    assert len(rows_for(planned(Schedule(), due, due), 3, 10)) == 1
    later = due + timedelta(seconds=1)
    assert rows_for(planned(Schedule(), later, due + timedelta(days=1)), 3, 10) == []
    earlier = due - timedelta(seconds=1)
    assert rows_for(planned(Schedule(), due - timedelta(days=1), earlier), 3, 10) == []


def test_two_zones_have_their_own_moment():
    rows = planned(
        Schedule(),
        datetime(2027, 3, 9, 12),
        datetime(2027, 3, 10, 23),
        zones=(KIRITIMATI, PAGO_PAGO),
    )
    moments = {row.zone: row.due for row in rows_for(rows, 3, 10)}
    assert moments == {
        KIRITIMATI: datetime(2027, 3, 9, 19),
        PAGO_PAGO: datetime(2027, 3, 10, 20),
    }
    assert {row.occurrence for row in rows_for(rows, 3, 10)} == {date(2027, 3, 10)}


def test_the_evening_of_who_lives_behind_is_the_next_day_of_the_window():
    """On 10 March at 20:00 in Pago Pago it is the 11th in UTC, where the window begins."""
    rows = planned(
        Schedule(send_hour=20),
        datetime(2027, 3, 11, 6),
        datetime(2027, 3, 11, 8),
        zones=(PAGO_PAGO,),
    )
    assert [(row.occurrence, row.due) for row in rows] == [
        (date(2027, 3, 10), datetime(2027, 3, 11, 7))
    ]


def test_candidates_hold_the_days_of_all_zones():
    window = look(datetime(2027, 3, 10, 12), datetime(2027, 3, 10, 12))
    assert candidate_days(Schedule(), window) == [
        Nominal(2027, 3, 10),
        Nominal(2027, 3, 11),
    ]
    for zone in (KIRITIMATI, PAGO_PAGO, BRUSSELS):
        for row in plan_rows(Schedule(send_hour=3), [FIRST], [zone], window):
            assert row.nominal in candidate_days(Schedule(), window)


def test_each_step_has_its_row_planned_with_the_first():
    steps = (FIRST, Step(key=2, delay=3), Step(key=3, delay=2, delay_unit="hour"))
    rows = rows_for(
        planned(Schedule(), datetime(2027, 3, 10), datetime(2027, 3, 10, 10), steps=steps), 3, 10
    )
    assert {row.step: row.due for row in rows} == {
        1: datetime(2027, 3, 10, 9),
        2: datetime(2027, 3, 13, 9),
        3: datetime(2027, 3, 10, 11),
    }
    assert {row.occurrence for row in rows} == {date(2027, 3, 10)}


def test_the_turn_of_the_year():
    rows = planned(Schedule(offset=-1), datetime(2026, 12, 31), datetime(2026, 12, 31, 23))
    assert [row.occurrence for row in rows] == [date(2027, 1, 1)]


# How far back


def test_after_downtime_the_look_goes_back_to_the_last_look():
    now = datetime(2027, 3, 10, 9)
    start = datetime(2027, 1, 1)
    assert look_back(now, start, datetime(2027, 2, 1), 3) == datetime(2027, 2, 1)


def test_without_downtime_the_days_of_catching_up_are_looked_at_again():
    now = datetime(2027, 3, 10, 9)
    start = datetime(2027, 1, 1)
    assert look_back(now, start, now, 3) == now - timedelta(days=5)


def test_the_past_before_the_start_is_left_alone():
    now = datetime(2027, 3, 10, 9)
    assert look_back(now, now, None, 30) == now
    assert look_back(now, now - timedelta(days=1), now, 30) == now - timedelta(days=1)


def test_missed_in_downtime_is_planned_however_late():
    rows = planned(
        Schedule(catch_up_days=3),
        datetime(2027, 1, 25),
        datetime(2027, 3, 10, 12),
        missed_since=datetime(2027, 2, 1),
    )
    assert min(row.due for row in rows) == datetime(2027, 2, 1, 9)
    late = [row for row in rows if row.expires <= datetime(2027, 3, 10, 12)]
    assert max(row.due for row in late) == datetime(2027, 3, 6, 9)


def test_entered_late_is_planned_only_within_the_days_of_catching_up():
    now = datetime(2027, 3, 10, 12)
    rows = planned(Schedule(catch_up_days=3), now - timedelta(days=5), now, missed_since=now)
    assert min(row.due for row in rows) == datetime(2027, 3, 7, 9)


def test_an_action_that_begins_at_that_moment_is_done():
    steps = (Step(key=1, start=datetime(2027, 3, 10, 9)),)
    rows = planned(Schedule(), datetime(2027, 3, 10), datetime(2027, 3, 10, 12), steps=steps)
    assert [row.occurrence for row in rows] == [date(2027, 3, 10)]


def test_an_action_leaves_alone_what_was_before_it():
    schedule = Schedule(catch_up_days=3)
    steps = (FIRST, Step(key=2, start=datetime(2027, 3, 10, 10)))
    rows = planned(schedule, datetime(2027, 3, 9), datetime(2027, 3, 11, 12), steps=steps)
    assert [row.step for row in rows_for(rows, 3, 10)] == [1]
    assert [row.step for row in rows_for(rows, 3, 11)] == [1, 2]


@pytest.mark.parametrize("recurrence", ["once", "yearly", "monthly"])
@pytest.mark.parametrize("leap_day", ["feb28", "mar1"])
def test_the_days_celebrated_on_a_day_are_those_that_lead_to_it(recurrence, leap_day):
    schedule = Schedule(recurrence=recurrence, leap_day=leap_day)
    day = date(2027, 1, 1)
    while day < date(2029, 1, 1):
        found = nominals_of(schedule, day)
        assert Nominal(day.year, day.month, day.day) in found
        assert {occurrence_of(schedule, nominal) for nominal in found} == {day}
        day += timedelta(days=1)


def test_29_february_is_celebrated_where_the_rule_says():
    leap = Nominal(2027, 2, 29)
    for leap_day, day in (("feb28", date(2027, 2, 28)), ("mar1", date(2027, 3, 1))):
        assert leap in nominals_of(Schedule(leap_day=leap_day), day)
    assert nominals_of(Schedule(), date(2027, 3, 1)) == [Nominal(2027, 3, 1)]
    ends = nominals_of(Schedule(recurrence="monthly"), date(2027, 2, 28))
    assert [nominal.day for nominal in ends] == [28, 29, 30, 31]
