"""Counting what passed and what failed, whoever ran it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .shell import say


@dataclass
class Tally:
    """The counts of one part, and what to tell about each failure."""

    name: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    notes: list[str] = field(default_factory=list)

    def fail(self, note: str) -> None:
        """One more failure."""
        self.failed += 1
        self.notes.append(note)

    def skip(self, note: str, allowed: bool) -> None:
        """One more test that was not run."""
        self.skipped += allowed
        self.failed += not allowed
        self.notes.append(note)

    def line(self) -> str:
        """The part in one line."""
        return f"{self.name}: {counts(self.passed, self.failed, self.skipped)}"


def from_junit(name: str, path: Path, exit_code: int, *, may_skip: bool = False) -> Tally:
    """Count the tests of a report that pytest wrote.

    A part without a single test has failed, and so has one that ended badly without any
    failed test. A skipped test proved nothing: it counts as failed, unless the tests are
    not ours to change (``may_skip``).
    """
    tally = Tally(name)
    for case in _cases(path):
        test = f"{short(case.get('classname') or '')}::{case.get('name')}"
        verdict = {child.tag: child for child in case}
        if "failure" in verdict or "error" in verdict:
            tally.fail(f"failed: {test}")
        elif "skipped" in verdict:
            tally.skip(f"skipped: {test}: {verdict['skipped'].get('message')}", may_skip)
        else:
            tally.passed += 1
    if not tally.passed and not tally.failed:
        tally.fail(f"{name}: no test ran (exit code {exit_code})")
    elif exit_code and not tally.failed:
        tally.fail(f"{name}: ended with exit code {exit_code}")
    return tally


def short(name: str) -> str:
    """A test's class without the folders that Odoo lies in."""
    return re.sub(r"^.*\baddons\.", "", name)


def counts(passed: int, failed: int, skipped: int) -> str:
    """The counts in words."""
    text = f"{passed} passed, {failed} failed"
    return f"{text}, {skipped} skipped" if skipped else text


def summary(tallies: Iterable[Tally]) -> int:
    """Print all parts, the failures and the closing line; the exit code."""
    tallies = list(tallies)
    for tally in tallies:
        for note in tally.notes:
            say(note)
    for tally in tallies:
        say(tally.line())
    failed = sum(tally.failed for tally in tallies)
    passed = sum(tally.passed for tally in tallies)
    say(counts(passed, failed, sum(tally.skipped for tally in tallies)))
    return 1 if failed or not passed else 0


def _cases(path: Path) -> list[ElementTree.Element]:
    try:
        return list(ElementTree.parse(path).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return []
