"""One piece of work inside Odoo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ROUNDS = 7
# Of what takes some milliseconds and is judged by some per cent: so often, one record and many.
MANY_ROUNDS = 61
SOME_ROUNDS = 21


@dataclass(frozen=True)
class Work:
    """What is done, and what must be there before the clock runs.

    ``prepare`` gets the environment of a salesperson and returns what ``act`` works on.
    Nothing of it stays: the transaction is rolled back, after all that its commit would
    have done in the database. What takes seconds is not done so often. An ``act`` that
    returns a number tells how many records it touched.
    """

    act: Callable[[Any], Any]
    prepare: Callable[[Any], Any]
    records: int = 1
    # Only where the addon is installed.
    ours_only: bool = False
    # Only where the bridge to accounting is installed too, with its documents.
    accounting: bool = False
    rounds: int = ROUNDS
    # Works of one group are compared with each other, and are done in turn.
    group: str | None = None
