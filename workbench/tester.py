"""Running pytest, with and without Odoo around it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from .project import Project
from .report import Tally, from_junit
from .shell import output, passed_on, say

# Prepares what a browser loads: else the first tour waits for it and may time out.
WARM_UP = "env['ir.qweb']._pregenerate_assets_bundles(); env.cr.commit()"

# Names the addons that Odoo's own lint looks at.
LINTED = "LINTED_ADDONS"
# Left out: eslint and pylint (other programs; pylint-odoo does the same and more), conflict
# markers (it walks whatever lies below, our virtual environment included), those of
# Odoo's localisations, those that test the checkers themselves, and the one of docstrings,
# which checks nothing outside of Odoo's base.
LINT_FILES = [
    f"test_{name}.py"
    for name in (
        *("dunderinit", "i18n", "index", "jstranslate", "manifests", "naming"),
        *("onchange_domains", "orm_import", "override_signatures", "pofile", "routes"),
        "test_holes",
    )
]


class Tester:
    """Runs tests in the project's environment and counts them."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.odoo = project.odoo
        self.reports = project.places.home / "reports"

    def plain(self, name: str, *words: str) -> Tally:
        """Tests that do not live inside an Odoo: of the engine, or of it from outside."""
        return self._pytest(name, ["-p", "no:odoo", *words])

    @contextmanager
    def beside(self, name: str, *words: str) -> Iterator[Callable[[], Tally]]:
        """Such tests while others run; what is yielded waits for them and tells what they said."""
        argv, report = self._prepare(name, ["-p", "no:odoo", *words])
        log = self.project.places.logs / f"{report.stem}.log"
        with log.open("w", encoding="utf-8") as stream:
            process = subprocess.Popen(
                argv,
                env=self.odoo.environment(),
                cwd=self.project.places.repo,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
            )

        def finish() -> Tally:
            code = process.wait()
            say(log.read_text(encoding="utf-8", errors="replace").rstrip())
            return self._count(name, report, code)

        try:
            yield finish
        finally:
            process.terminate()
            process.wait()

    def inside(
        self,
        name: str,
        database: str,
        paths: Sequence[Path],
        *words: str,
        may_skip: bool = False,
    ) -> Tally:
        """Tests of addons, inside an Odoo that has them installed, browser included."""
        options = [
            *("--odoo-database", database),
            *("--odoo-config", str(self.odoo.config)),
            *("--odoo-http", "--odoo-log-level=error"),
            f"--odoo-extra=screenshots={self.reports}",
        ]
        words = (*options, *words, *(str(path) for path in paths))
        return self._pytest(name, words, may_skip)

    def odoo_lint(self, database: str, addons: Sequence[str]) -> Tally:
        """Odoo's own lint of our addons."""
        folders = (path / "test_lint/tests" for path in self.odoo.addons_paths)
        folder = next((path for path in folders if path.is_dir()), None)
        if folder is None:
            say("note: this Odoo has no addon test_lint; its lint is left out")
            return Tally("Odoo's lint")
        os.environ[LINTED] = ",".join(addons)
        files = [folder / name for name in LINT_FILES if (folder / name).exists()]
        return self.inside("Odoo's lint", database, files, "-p", "workbench.odoolint")

    def warm_up(self, database: str) -> None:
        """Build the bundles of a database before browsers ask for them."""
        argv = self.odoo.command("shell", "-d", database, "--no-http", "--log-level=error")
        output(argv, env=self.odoo.environment(), text=WARM_UP)

    def _pytest(self, name: str, words: Sequence[str], may_skip: bool = False) -> Tally:
        argv, report = self._prepare(name, words)
        code = passed_on(argv, env=self.odoo.environment(), cwd=self.project.places.repo)
        return self._count(name, report, code, may_skip)

    def _prepare(self, name: str, words: Sequence[str]) -> tuple[list[str], Path]:
        """The command line, and the report it will write."""
        report = self.reports / f"{name.replace(' ', '_')}-{os.getpid()}.xml"
        report.parent.mkdir(parents=True, exist_ok=True)
        report.unlink(missing_ok=True)
        argv = [
            *(str(self.odoo.venv.python), "-m", "pytest", "-q", "--no-header"),
            *("-W", "ignore::DeprecationWarning", f"--junit-xml={report}"),
            *words,
        ]
        return argv, report

    def _count(self, name: str, report: Path, code: int, may_skip: bool = False) -> Tally:
        tally = from_junit(name, report, code, may_skip=may_skip)
        report.unlink(missing_ok=True)
        return tally
