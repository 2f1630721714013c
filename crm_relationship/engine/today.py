"""The order of a day."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


def in_turns(lists: Sequence[Sequence[Thing]]) -> list[Thing]:
    """The first of each list, then the second of each: a day holds some of everything."""
    longest = max((len(things) for things in lists), default=0)
    return [things[turn] for turn in range(longest) for things in lists if turn < len(things)]
