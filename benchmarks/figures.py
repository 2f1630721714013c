"""What a measurement comes to: one line a figure, and whether its goal is met."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from statistics import median

OK, NOISE, MISSED = "ok", "noise", "missed"
# Below this two runs of the same code differ as much.
TOLERANCE = 0.10


@dataclass(frozen=True)
class Cost:
    """What one run of a piece of work cost."""

    statements: int
    cpu_ms: float
    records: int = 1
    # Records that were worked on, when the work tells.
    touched: int | None = None
    # Large tables that were read from one end to the other, and how many rows of them.
    scanned: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Figure:
    """One line of the report.

    ``is_exact`` figures are counts: a missed one fails the benchmark. The others are
    times, which tell but do not judge.
    """

    key: str
    name: str
    goal: str
    measured: str
    verdict: str
    is_exact: bool

    def __str__(self) -> str:
        return f"{self.key:4} {self.name:38} {self.measured:44} {self.goal:26} {self.verdict}"


def typical(costs: Iterable[Cost]) -> Cost:
    """The medians of several runs of the same work."""
    runs = list(costs)
    return Cost(
        int(median(run.statements for run in runs)),
        median(run.cpu_ms for run in runs),
        runs[0].records,
        runs[0].touched,
        {table: rows for run in runs for table, rows in run.scanned.items()},
    )


def judged(measured: float, limit: float, noise: float) -> str:
    """The verdict on a time, which is never quite the same twice."""
    if measured <= limit:
        return OK
    return NOISE if measured <= limit + noise else MISSED


def added_statements(key: str, name: str, base: Cost, ours: Cost, limit: int) -> Figure:
    """Statements that the addon adds to a transaction."""
    added = ours.statements - base.statements
    return Figure(
        key,
        name,
        f"at most +{limit}",
        f"{base.statements} -> {ours.statements} statements ({added:+d})",
        OK if added <= limit else MISSED,
        is_exact=True,
    )


def added_cpu(key: str, name: str, base: Cost, ours: Cost, limit: float = 0.10) -> Figure:
    """Processor time that the addon adds, in Python and in PostgreSQL together."""
    added = ours.cpu_ms / base.cpu_ms - 1 if base.cpu_ms else 0.0
    return Figure(
        key,
        name,
        f"at most +{limit:.0%} CPU",
        f"{base.cpu_ms:.1f} -> {ours.cpu_ms:.1f} ms CPU ({added:+.0%})",
        judged(added, limit, TOLERANCE),
        is_exact=False,
    )


def ratio(key: str, name: str, measured: float, unit: float, limit: float) -> Figure:
    """Processor time as a multiple of that of a yardstick."""
    times = measured / unit if unit else 0.0
    return Figure(
        key,
        name,
        f"at most {limit:g} times",
        f"{measured:.1f} ms to {unit:.1f} ms CPU ({times:.2f} times)",
        judged(times, limit, TOLERANCE * limit),
        is_exact=False,
    )


def a_record(key: str, name: str, base: Cost, ours: Cost, limit: float) -> Figure:
    """Statements for each record, all included."""
    theirs, each = base.statements / base.records, ours.statements / ours.records
    return Figure(
        key,
        name,
        f"at most {limit:.1f} a record",
        f"{theirs:.1f} -> {each:.2f} statements a record",
        OK if each <= limit else MISSED,
        is_exact=True,
    )


def times_less(key: str, name: str, base: Cost, ours: Cost, limit: float) -> Figure:
    """How many times less processor time than Odoo alone needs for the same."""
    times = base.cpu_ms / ours.cpu_ms if ours.cpu_ms else 0.0
    each = (cost.cpu_ms / cost.records for cost in (base, ours))
    return Figure(
        key,
        name,
        f"at least {limit:g} times less",
        "{:.1f} -> {:.2f} ms CPU a record".format(*each) + f" ({times:.1f} times less)",
        judged(-times, -limit, TOLERANCE * limit),
        is_exact=False,
    )


def few_statements(key: str, name: str, ours: Cost, limit: int) -> Figure:
    """Statements of work that is not there without us."""
    return Figure(
        key,
        name,
        f"at most {limit}",
        f"{ours.statements} statements",
        OK if ours.statements <= limit else MISSED,
        is_exact=True,
    )


def touched(key: str, name: str, ours: Cost, expected: int) -> Figure:
    """How many records were worked on."""
    return Figure(
        key,
        name,
        f"touches {expected}",
        f"touched {ours.touched} records",
        OK if ours.touched == expected else MISSED,
        is_exact=True,
    )


def not_read_through(key: str, name: str, ours: Cost) -> Figure:
    """No statement read a large table from one end to the other, as PostgreSQL counts it."""
    found = ", ".join(f"{table} ({rows} rows)" for table, rows in sorted(ours.scanned.items()))
    return Figure(
        key,
        name,
        "no large table",
        f"read through: {found or 'none'}",
        MISSED if found else OK,
        is_exact=True,
    )
