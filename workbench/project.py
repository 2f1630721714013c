"""The whole set-up of one checkout, put together."""

from __future__ import annotations

import shutil
from pathlib import Path

from . import system
from .addons import Addons
from .databases import Databases
from .errors import Problem
from .locks import alone
from .odoo import Odoo
from .places import Places
from .postgres import Cluster
from .python import INTERPRETER, Venv
from .shell import is_root, say


class Project:
    """Everything the commands work with; each part is made when it is asked for."""

    def __init__(self, repo: Path) -> None:
        self.places = Places.of(repo)
        self.venv = Venv(self.places, "venv", "requirements.txt")
        self.lint_venv = Venv(self.places, "lint", "requirements-lint.txt")
        self._cluster: Cluster | None = None

    @property
    def addons(self) -> Addons:
        """The addons as they are at this moment."""
        return Addons(self.places.repo)

    @property
    def cluster(self) -> Cluster:
        """The database server; it needs to know its system user, so not too early."""
        if self._cluster is None:
            self._cluster = Cluster(self.places)
        return self._cluster

    @property
    def odoo(self) -> Odoo:
        """Odoo in the project's environment."""
        return Odoo(self.places, self.venv, self.cluster)

    @property
    def databases(self) -> Databases:
        """The databases on the cluster."""
        return Databases(self.odoo, self.cluster)

    def ensure(self, *, browser: bool = False) -> None:
        """All that is needed to run Odoo: packages, Odoo, Python packages, a database."""
        self.places.make()
        with alone(self.places.home / "locks/setup", "it sets up the project"):
            self._ensure_packages(browser)
            self.odoo.ensure()
            self.venv.ensure()
        self.cluster.ensure()
        if browser and self.odoo.gap():
            say("note: this Odoo lacks a file of the video calls; browser tests may fail")

    def ensure_lint(self) -> None:
        """The lint tools alone."""
        self.places.make()
        with alone(self.places.home / "locks/setup", "it sets up the project"):
            self._ensure_packages(browser=False, server=False)
            self.lint_venv.ensure()

    def remove(self) -> None:
        """Stop the server and delete the project's folder; downloads stay."""
        if not self.places.home.exists():
            return
        if not is_root() or system.server_programs():
            self.cluster.remove()
        shutil.rmtree(self.places.home, ignore_errors=True)
        if self.places.home.exists():
            raise Problem(
                f"could not delete all of {self.places.home}: is part of it another user's?"
            )

    def _ensure_packages(self, browser: bool, server: bool = True) -> None:
        wanted = [("python3-venv", lambda: system.has_venv(INTERPRETER))]
        if server:
            wanted.append(("postgresql", lambda: bool(system.server_programs())))
        if browser:
            wanted.append(("chromium", system.has_browser))
        system.ensure_packages(wanted, self.places.logs)
