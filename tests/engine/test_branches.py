"""Sums over all whom a client sent: once through, whatever the shape."""

from engine.branches import sum_below


def test_each_has_all_below_it():
    senders = {2: 1, 3: 1, 4: 2, 5: 4, 6: 99}
    figures = {number: (1, number * 10.0) for number in range(1, 7)}
    assert sum_below(senders, figures) == {
        1: [4, 140],
        2: [2, 90],
        3: [0, 0],
        4: [1, 50],
        5: [0, 0],
        6: [0, 0],
    }


def test_who_sent_himself_has_nobody_below():
    assert sum_below({1: 1}, {1: (1,)}) == {1: [0]}


def test_in_a_circle_each_has_all_the_others():
    # 1, 2, 3 sent each other; 4 was sent by 2, 5 by 4.
    senders = {1: 3, 2: 1, 3: 2, 4: 2, 5: 4}
    figures = {number: (number,) for number in range(1, 6)}
    assert sum_below(senders, figures) == {1: [14], 2: [13], 3: [12], 4: [5], 5: [0]}


def test_amounts_are_freed_of_fractions():
    senders = dict.fromkeys(range(2, 12), 1)
    figures = dict.fromkeys(range(1, 12), (0.1,))
    assert sum_below(senders, figures)[1] == [1.0]


def test_a_long_line_is_looked_at_once():
    """Ten thousand in one line: a way up of each would be fifty million steps."""
    size = 10_000
    senders = {number: number - 1 for number in range(1, size)}
    figures = dict.fromkeys(range(size), (1,))
    sums = sum_below(senders, figures)
    assert sums[0] == [size - 1]
    assert sums[size - 1] == [0]
