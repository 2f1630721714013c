"""How often something happens by itself: the median of the days between."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import pairwise
from statistics import median


def median_gap(days: Iterable[date], least: int) -> int:
    """The median of the days between these days, each counted once.

    The median and not the mean: one long pause changes no habit.

    :param least: fewer days than this are no rhythm
    :return: 0 when there is no rhythm
    """
    ordered = sorted(set(days))
    if len(ordered) < max(least, 2):
        return 0
    return round(median((later - sooner).days for sooner, later in pairwise(ordered)))
