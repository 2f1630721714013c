"""P5: what is due costs the same among ten times as many, and no large table is read through."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ..figures import Cost, Figure, not_read_through, ratio
from ..rules import DAY, RECORDS
from .p3_bad_record import LETTERS, TASKS
from .rules import old_rule
from .work import Work

OLD_TASKS = f"the same after ten years, {RECORDS} tasks"
# Compared with the volume of a tenth by the driver.
GROWING = (TASKS, LETTERS, OLD_TASKS)


WORKS: dict[str, Work] = {
    OLD_TASKS: Work(
        lambda rule: rule._run(DAY), old_rule, records=RECORDS, ours_only=True, rounds=5
    ),
}


def figures(base: Mapping[str, Cost], ours: Mapping[str, Cost]) -> Iterator[Figure]:
    """A ledger of ten years against none, in one database; and what was read."""
    if TASKS in ours:  # measured for P3
        yield ratio("P5", OLD_TASKS, ours[OLD_TASKS].cpu_ms, ours[TASKS].cpu_ms, 1.3)
    for name in ours.keys() & GROWING:
        yield not_read_through("P5", name, ours[name])
