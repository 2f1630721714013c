from dataclasses import replace

import pytest
from engine.health import Conduct, Standing

FRESH = Standing(days_silent=0, rhythm=30, conduct=1.0)


@pytest.mark.parametrize(
    ("days", "health"), [(0, 100), (30, 71), (60, 50), (90, 35), (120, 25), (600, 0), (-1, 100)]
)
def test_half_is_gone_after_two_rhythms(days, health):
    assert replace(FRESH, days_silent=days).health == health


def test_it_falls_every_hour():
    scores = [replace(FRESH, days_silent=hour / 24).recency for hour in range(1000)]
    assert all(sooner > later for sooner, later in zip(scores, scores[1:], strict=False))


def test_who_has_no_rhythm_has_that_of_a_quarter():
    assert replace(FRESH, rhythm=0, days_silent=180).health == 50


@pytest.mark.parametrize(
    ("conduct", "score"),
    [
        (Conduct(), 1.0),
        (Conduct(contacts=10, theirs=5), 1.0),
        (Conduct(contacts=10, theirs=10), 1.0),
        (Conduct(contacts=10, theirs=2), 0.4),
        (Conduct(contacts=4), 0.0),
        (Conduct(outcomes=1, successes=1), 2 / 3),
        (Conduct(outcomes=8, failures=8), 0.1),
        (Conduct(outcomes=5), 0.5),
        (Conduct(promises=4, kept=2, kept_late=1), 0.625),
        # 0.4 and 0.3 of what is known: the promises weigh nothing
        (Conduct(contacts=10, theirs=2, outcomes=2, successes=2), (0.4 * 0.4 + 0.3 * 0.75) / 0.7),
        (
            Conduct(10, 5, outcomes=2, failures=2, promises=1, kept=1),
            0.4 + 0.3 * 0.25 + 0.3,
        ),
    ],
)
def test_conduct(conduct, score):
    assert conduct.score == pytest.approx(score)


def test_conduct_is_what_is_left_on_the_day_of_a_contact():
    assert replace(FRESH, conduct=0.62).health == 62


def test_an_open_complaint_halves_and_fades_when_it_is_made_good():
    assert replace(FRESH, has_complaint=True).health == 50
    days = {0: 50, 60: 75, 120: 88, 1000: 100}
    assert {day: replace(FRESH, days_content=day).health for day in days} == days
    # the open one counts, whatever was made good before
    assert replace(FRESH, has_complaint=True, days_content=1000).health == 50


def test_a_late_promise_takes_a_fifth():
    assert replace(FRESH, has_late_promise=True).health == 80


def test_all_together():
    worst = Standing(60, 30, 0.5, has_complaint=True, has_late_promise=True)
    assert worst.health == 10  # 100 * 1/2 * 1/2 * 1/2 * 4/5
