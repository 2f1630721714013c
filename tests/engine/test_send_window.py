"""When something may go out: hours, midnight, clock changes, days without work."""

from datetime import date, datetime, timedelta

import pytest
from engine.send_window import Hours, SendWindow, is_working_day
from engine.working_time import Block, Calendar

DAY = SendWindow((Hours.of(9, 18),))
NIGHT = SendWindow((Hours.of(22, 2),))
# Quiet from 21:00 to 8:00.
AWAKE = SendWindow((Hours.of(21, 8).without(),))
WEEK = Calendar("UTC", tuple(Block(weekday, 8 * 60, 17 * 60) for weekday in range(5)))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("window", "due", "expected"),
    [
        (DAY, "2027-03-10 09:00", "2027-03-10 09:00"),
        (DAY, "2027-03-10 17:59:59", "2027-03-10 17:59:59"),
        (DAY, "2027-03-10 18:00", "2027-03-11 09:00"),
        (DAY, "2027-03-10 08:59:30", "2027-03-10 09:00"),
        (DAY, "2027-12-31 23:00", "2028-01-01 09:00"),
        (NIGHT, "2027-03-10 12:00", "2027-03-10 22:00"),
        (NIGHT, "2027-03-10 23:30", "2027-03-10 23:30"),
        (NIGHT, "2027-03-11 01:59", "2027-03-11 01:59"),
        (NIGHT, "2027-03-11 02:00", "2027-03-11 22:00"),
        (AWAKE, "2027-03-10 21:00", "2027-03-11 08:00"),
        (AWAKE, "2027-03-11 07:59", "2027-03-11 08:00"),
        (AWAKE, "2027-03-11 08:00", "2027-03-11 08:00"),
        (SendWindow(), "2027-03-10 03:00", "2027-03-10 03:00"),
        (SendWindow((Hours.of(0, 24),)), "2027-03-10 03:00", "2027-03-10 03:00"),
        (SendWindow((Hours.of(20, 24),)), "2027-03-10 19:00", "2027-03-10 20:00"),
        (SendWindow((Hours.of(20, 24),)), "2027-03-11 00:00", "2027-03-11 20:00"),
        # All hours must hold: the window opens at 6, the quiet hours end at 8.
        (
            SendWindow((Hours.of(6, 12), Hours.of(21, 8).without())),
            "2027-03-10 05:00",
            "2027-03-10 08:00",
        ),
        (
            SendWindow((Hours.of(6, 12), Hours.of(21, 8).without())),
            "2027-03-10 12:00",
            "2027-03-11 08:00",
        ),
    ],
)
def test_outside_the_hours_it_is_their_next_beginning(window, due, expected):
    assert window.next_moment(moment(due), "UTC") == moment(expected)


def test_hours_that_have_no_minute_in_common_never_come():
    window = SendWindow((Hours.of(22, 6), Hours.of(21, 8).without()))
    assert window.next_moment(moment("2027-03-10 12:00"), "UTC") is None


@pytest.mark.parametrize(
    ("zone", "due", "expected"),
    [
        # 9:00 in Auckland (UTC+13 in March) is 20:00 of the day before.
        ("Pacific/Auckland", "2027-03-10 12:00", "2027-03-10 20:00"),
        ("Pacific/Auckland", "2027-03-10 20:30", "2027-03-10 20:30"),
        ("Pacific/Tongatapu", "2027-03-10 06:00", "2027-03-10 20:00"),
        # 9:00 in Pago Pago (UTC-11) is 20:00 of the same day.
        ("Pacific/Pago_Pago", "2027-03-10 12:00", "2027-03-10 20:00"),
        ("Pacific/Pago_Pago", "2027-03-11 05:00", "2027-03-11 20:00"),
        ("No/Such_Zone", "2027-03-10 03:00", "2027-03-10 09:00"),
    ],
)
def test_the_hours_are_those_of_the_client(zone, due, expected):
    assert DAY.next_moment(moment(due), zone) == moment(expected)


@pytest.mark.parametrize(
    ("window", "due", "expected"),
    [
        # The night of 28 March 2027 has no 2:00 to 3:00 in Brussels: 3:00 is 1:00 UTC.
        (DAY, "2027-03-27 22:00", "2027-03-28 07:00"),
        (DAY, "2027-03-26 22:00", "2027-03-27 08:00"),
        (SendWindow((Hours.of(2, 4),)), "2027-03-27 23:00", "2027-03-28 01:00"),
        (SendWindow((Hours.of(2.5, 4),)), "2027-03-27 23:00", "2027-03-28 01:30"),
        # That of 31 October has it twice: 0:00 to 1:00 UTC, and 1:00 to 2:00.
        (SendWindow((Hours.of(2, 3),)), "2027-10-30 22:00", "2027-10-31 00:00"),
        (SendWindow((Hours.of(2, 3),)), "2027-10-31 01:30", "2027-10-31 01:30"),
        (SendWindow((Hours.of(2.75, 4),)), "2027-10-31 01:30", "2027-10-31 01:30"),
    ],
)
def test_the_clocks_change(window, due, expected):
    assert window.next_moment(moment(due), "Europe/Brussels") == moment(expected)


@pytest.mark.parametrize(
    ("hours", "due", "expected"),
    [
        ((), "2027-03-12 23:00", "2027-03-12 23:00"),
        # Saturday and Sunday: the same hour on Monday.
        ((), "2027-03-13 09:30", "2027-03-15 09:30"),
        ((Hours.of(9, 18),), "2027-03-13 09:30", "2027-03-15 09:30"),
        ((Hours.of(9, 18),), "2027-03-13 07:00", "2027-03-15 09:00"),
        # Friday after hours and Saturday late: when Monday opens.
        ((Hours.of(9, 18),), "2027-03-12 19:00", "2027-03-15 09:00"),
        ((Hours.of(9, 18),), "2027-03-13 23:00", "2027-03-15 09:00"),
    ],
)
def test_a_day_without_work_is_stepped_over(hours, due, expected):
    assert SendWindow(hours, WEEK).next_moment(moment(due), "UTC") == moment(expected)


def test_public_holidays_are_days_without_work():
    easter = (moment("2027-03-28 22:00"), moment("2027-03-29 22:00"))
    calendar = Calendar("Europe/Brussels", WEEK.blocks, (easter,))
    window = SendWindow((), calendar)
    # Good Friday is worked, Easter Monday is not.
    due = moment("2027-03-27 08:00")
    assert window.next_moment(due, "Europe/Brussels") == moment("2027-03-30 07:00")
    assert not is_working_day(calendar, date(2027, 3, 29))


def test_half_a_holiday_is_a_working_day():
    morning = (moment("2027-03-10 08:00"), moment("2027-03-10 12:00"))
    assert is_working_day(Calendar("UTC", WEEK.blocks, (morning,)), date(2027, 3, 10))


def test_a_calendar_without_working_days_never_opens():
    closed = SendWindow((), Calendar("UTC", ()))
    assert closed.next_moment(moment("2027-03-10 09:00"), "UTC") is None
    for_good = (moment("2027-01-01 00:00"), moment("2037-01-01 00:00"))
    holidays = SendWindow((), Calendar("UTC", WEEK.blocks, (for_good,)))
    assert holidays.next_moment(moment("2027-03-10 09:00"), "UTC") is None


@pytest.mark.parametrize(
    ("due", "now", "expected", "closed"),
    [
        # On time.
        ("2027-03-10 10:00", "2027-03-10 10:05", "2027-03-10 10:00", 0),
        # Due before it opens; looked at then, or once it has opened.
        ("2027-03-10 07:00", "2027-03-10 07:05", "2027-03-10 09:00", 2),
        ("2027-03-10 07:00", "2027-03-10 09:05", "2027-03-10 09:00", 2),
        # Two days late: by day it is done at once, by night in the morning.
        ("2027-03-08 10:00", "2027-03-10 10:05", "2027-03-08 10:00", 0),
        ("2027-03-08 10:00", "2027-03-10 20:00", "2027-03-11 09:00", 13),
        # Due by night and found by night: both closings count.
        ("2027-03-08 07:00", "2027-03-10 20:00", "2027-03-11 09:00", 15),
    ],
)
def test_what_is_moved_is_late_only_by_what_was_missed(due, now, expected, closed):
    move = DAY.move(moment(due), moment(now), "UTC")
    assert (move.moment, move.closed) == (moment(expected), timedelta(hours=closed))


@pytest.mark.parametrize("zone", ["Europe/Brussels", "Pacific/Auckland", "America/St_Johns"])
def test_what_is_moved_is_never_early_and_stays_where_it_is(zone):
    """Over a year, clock changes included: later or equal, and moved once only."""
    window = SendWindow((Hours.of(8.5, 20), Hours.of(19, 9).without()), WEEK)
    due = moment("2027-01-01 00:17")
    while due < moment("2028-01-01 00:00"):
        moved = window.next_moment(due, zone)
        assert moved is not None and moved >= due
        assert window.next_moment(moved, zone) == moved
        due += timedelta(hours=5, minutes=11)
