"""`make test`: lint and every test of ours, and one line that sums them up."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

from .addons import Addon, Addons
from .lint import Lint
from .odoolog import complaints
from .project import Project
from .report import Tally, summary
from .shell import say
from .tester import Tester

PREFIX = "test_"


class Gate:
    """What has to be green before a change goes in."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.tester = Tester(project)
        self.databases = project.databases
        self.addons = project.addons

    def run(self) -> int:
        """Set up, run all parts, print the sum; the exit code."""
        self.project.ensure(browser=True)
        self.project.ensure_lint()
        self._drop_remains()
        parts: dict[str, Callable[[], list[Tally]]] = {
            "lint": lambda: [Lint(self.project).tally()],
            "tests without a database": self._plain,
            "tests in Odoo, and from outside": self._inside_and_outside,
        }
        tallies = [tally for name, part in parts.items() for tally in timed(name, part)]
        if os.environ.get("CI"):
            self.project.cluster.stop()
        return summary(tallies)

    def _plain(self) -> list[Tally]:
        return [self.tester.plain("tests without a database", "-m", "not database")]

    def _inside_and_outside(self) -> list[Tally]:
        """At once, since they share no database: each mostly waits for processes of its own.

        From outside is the addon as a whole: its installation, its workers.
        """
        with self.tester.beside("tests from outside", "-m", "database") as outside:
            return [*self._inside(), outside()]

    def _inside(self) -> list[Tally]:
        """The tests of the core without any other app, then those of the bridges beside theirs."""
        core = self.addons.core
        tallies = self._in_a_database("tests in Odoo", "template_core", core, core.all)
        if bridges := self.addons.bridges:
            tallies += self._in_a_database(
                "tests of bridges", "template_plain", self.addons, bridges
            )
        return tallies

    def _in_a_database(
        self, what: str, template: str, addons: Addons, tested: list[Addon]
    ) -> list[Tally]:
        """Tests of some addons, in a database that has nothing but what they need."""
        self.databases.template(template, addons.stock(), demo=False)
        name = f"{PREFIX}{os.getpid()}"
        try:
            self.databases.copy(template, name)
            install = Tally("installation")
            log = self.databases.install(name, addons.names)
            judge_log(install, log)
            self.tester.warm_up(name)
            folders = [addon.path / "tests" for addon in tested]
            return [
                install,
                self.tester.odoo_lint(name, [addon.name for addon in tested]),
                self.tester.inside(what, name, [path for path in folders if path.is_dir()]),
            ]
        finally:
            self.databases.drop(name)

    def _drop_remains(self) -> None:
        """Databases of runs that were killed."""
        for name in self.databases.names(PREFIX):
            owner = name.removeprefix(PREFIX).split("_")[0]
            if not Path("/proc", owner).exists():
                self.databases.drop(name)


def judge_log(tally: Tally, log: str) -> None:
    """One passed check when Odoo had nothing to complain of, else the complaints."""
    found = complaints(log)
    tally.passed += not found
    for line in found:
        tally.fail(f"{tally.name}: {line}")


def timed(name: str, part: Callable[[], list[Tally]]) -> list[Tally]:
    """Run one part and say how long it took."""
    say(f"--- {name}")
    start = time.monotonic()
    tallies = part()
    say(f"--- {name}: {time.monotonic() - start:.0f} s")
    return tallies
