"""The lint: each tool is one check that passes or fails."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from .project import Project
from .report import Tally, summary
from .shell import logged, output, say
from .stamps import Stamps, file_sha256

# What oca-checks-odoo-module can put right by itself.
FIXABLE = "xml-header-wrong,xml-field-numeric-without-eval"
# Checks for Odoo that we do not follow: the author need not be the community's association,
# the repository's README speaks for all addons, and what extends one model is split by topic.
NOT_OURS = "manifest-required-author,missing-readme,consider-merging-classes-inherited"
PRETTY = ("crm_relationship*/**/*.{js,xml,scss}", "tests/**/*.{js,xml}")

AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True)
class Check:
    """One tool, how to call it to judge and how to call it to put things right."""

    name: str
    argv: Sequence[str]
    fix: Sequence[str] = ()


class Lint:
    """All checks over the repository."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.places = project.places
        self.venv = project.lint_venv
        self.node = self.places.home / "node"

    def report(self) -> int:
        """`make lint`."""
        self.project.ensure_lint()
        return summary([self.tally()])

    def format(self) -> int:
        """`make format`: let the tools put right what they can."""
        self.project.ensure_lint()
        self._ensure_node()
        for check in self.checks():
            if check.fix:
                say(f"{check.name}: {' '.join(check.fix[:1])}")
                output(check.fix, env=self._environment(), cwd=self.places.repo)
        return 0

    def tally(self) -> Tally:
        """Run all checks, two at a time."""
        self._ensure_node()
        tally = Tally("lint")
        with ThreadPoolExecutor(2) as pool:
            for check, text in pool.map(self._run, self.checks()):
                if text is None:
                    tally.passed += 1
                else:
                    say(text)
                    tally.fail(f"lint failed: {check.name}")
        tally.passed += 1 if not self._orphans(tally) else 0
        return tally

    def checks(self) -> list[Check]:
        """The tools with their arguments; one without files is left out."""
        addons = [str(path) for path in self.project.addons.folders]
        return [
            *self._python_checks(addons),
            *self._addon_checks(addons),
            *self._web_checks(),
        ]

    def _python_checks(self, addons: list[str]) -> list[Check]:
        ruff = self._program("ruff")
        engines = [f"{addon}/engine" for addon in addons if Path(addon, "engine").is_dir()]
        return [
            Check("ruff check", [ruff, "check", "."], [ruff, "check", "--fix", "."]),
            Check("ruff format", [ruff, "format", "--check", "."], [ruff, "format", "."]),
            Check("mypy", [self._program("mypy"), "workbench", *engines]),
        ]

    def _addon_checks(self, addons: list[str]) -> list[Check]:
        if not addons:
            return []
        modules = self._program("oca-checks-odoo-module")
        po_files = [str(p) for a in addons for p in sorted(Path(a).glob("i18n/*.po*"))]
        po_checks = self._program("oca-checks-po")
        checks = [
            Check("pylint-odoo", [self._program("pylint"), f"--disable={NOT_OURS}", *addons]),
            Check(
                "oca-checks-odoo-module",
                [modules, *addons],
                [modules, "--fix", "--enable", FIXABLE, *addons],
            ),
        ]
        if po_files:
            checks.append(Check("oca-checks-po", [po_checks, *po_files]))
        return checks

    def _web_checks(self) -> list[Check]:
        modules = self.node / "node_modules"
        plugin = modules / "@prettier/plugin-xml/src/plugin.js"
        argv = [
            *(self._program("node"), str(modules / "prettier/bin/prettier.cjs")),
            *(f"--plugin={plugin}", "--no-error-on-unmatched-pattern"),
            *PRETTY,
        ]
        return [Check("prettier", [*argv, "--check"], [*argv, "--write"])]

    def _orphans(self, tally: Tally) -> int:
        """Test files that Odoo would never run, for their package does not import them."""
        before = tally.failed
        for folder in self.project.addons.folders:
            for path in orphans(folder / "tests"):
                tally.fail(f"lint failed: {path} is not imported by its package")
        return tally.failed - before

    def _run(self, check: Check) -> tuple[Check, str | None]:
        done = output(check.argv, env=self._environment(), cwd=self.places.repo)
        text = f"--- {check.name}\n{done.stdout}{done.stderr}".rstrip()
        return check, text if done.returncode else None

    def _ensure_node(self) -> None:
        """Install the pinned prettier."""
        stamps = Stamps(self.places.home / "stamps")
        names = ("package.json", "package-lock.json")
        key = " ".join(file_sha256(self.places.repo / name) for name in names)
        if stamps.holds("node", key):
            return
        say("installing prettier")
        stamps.remove("node")
        self.node.mkdir(exist_ok=True)
        for name in names:
            shutil.copyfile(self.places.repo / name, self.node / name)
        log = self.places.logs / "npm.log"
        argv = [self._program("npm"), "ci", "--no-audit", "--no-fund"]
        logged(argv, log, "install prettier", env=self._environment(), cwd=self.node)
        stamps.write("node", key)

    def _program(self, name: str) -> str:
        return str(self.venv.bin / name)

    def _environment(self) -> dict[str, str]:
        return {
            # Node trusts its own list of authorities; a company's is in the system's.
            **({"NODE_EXTRA_CA_CERTS": str(AUTHORITIES)} if AUTHORITIES.exists() else {}),
            **os.environ,
            "PATH": f"{self.venv.bin}:{os.environ.get('PATH', os.defpath)}",
            "npm_config_cache": str(self.places.cache / "npm"),
            # Else prettier makes a folder node_modules at the top.
            "CACHE_DIR": str(self.places.home / "cache"),
            "RUFF_CACHE_DIR": str(self.places.home / "cache/ruff"),
        }


def orphans(tests: Path) -> list[Path]:
    """The test files of a folder that its ``__init__.py`` does not import."""
    package = tests / "__init__.py"
    text = package.read_text(encoding="utf-8") if package.exists() else ""
    imported = set(text.replace(",", " ").replace("(", " ").replace(")", " ").split())
    return [path for path in sorted(tests.glob("test_*.py")) if path.stem not in imported]
