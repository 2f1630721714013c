"""The virtual environments: one for Odoo and its tests, one for the lint tools."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from .places import Places
from .shell import logged, say
from .stamps import Stamps, digest

# Odoo is found through this variable, behind the environment's own packages, so that a
# system-wide Odoo does not bring the system's libraries along.
ODOO_VARIABLE = "ODOO_IMPORT_PATH"
HOOK = f"""\
import os, sys; sys.path.extend(filter(None, [os.environ.get("{ODOO_VARIABLE}")]))
"""

# The interpreter behind ours, which may itself be that of a virtual environment.
INTERPRETER = os.path.realpath(sys.executable)


class Venv:
    """A virtual environment made from one requirements file."""

    def __init__(self, places: Places, name: str, requirements: str) -> None:
        self.places = places
        self.name = name
        self.requirements = places.repo / requirements
        self.folder = places.home / name
        self.stamps = Stamps(places.home / "stamps")

    @property
    def bin(self) -> Path:
        """The folder of its programs."""
        return self.folder / "bin"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self.bin / "python"

    def ensure(self) -> None:
        """Make it when it is not there or its requirements changed."""
        key = self._key()
        if self.stamps.holds(self.name, key) and self._is_usable():
            return
        say(f"installing Python packages ({self.requirements.name})")
        self.stamps.remove(self.name)
        shutil.rmtree(self.folder, ignore_errors=True)
        self._create()
        self._install()
        self._write_hook()
        self.stamps.write(self.name, key)

    def _key(self) -> str:
        text = self.requirements.read_text(encoding="utf-8")
        return digest(text, str(self.folder), HOOK)

    def _is_usable(self) -> bool:
        """Whether its interpreter is still there, and the one that was asked for, if any."""
        if not self.python.exists():
            return False
        return not os.environ.get("PYTHON") or os.path.realpath(self.python) == INTERPRETER

    def _create(self) -> None:
        log = self.places.logs / f"{self.name}.log"
        argv: list[str | Path] = [INTERPRETER, "-m", "venv", self.folder]
        logged(argv, log, "make a virtual environment")

    def _install(self) -> None:
        log = self.places.logs / f"{self.name}-pip.log"
        env = {**os.environ, "PIP_CACHE_DIR": str(self.places.cache / "pip")}
        argv: list[str | Path] = [
            *(self.python, "-m", "pip", "install", "--no-input"),
            *("--disable-pip-version-check", "--prefer-binary"),
            *("-r", self.requirements),
        ]
        logged(argv, log, f"install {self.requirements.name}", env=env)

    def _write_hook(self) -> None:
        (packages,) = self.folder.glob("lib/python3*/site-packages")
        (packages / "odoo_import_path.pth").write_text(HOOK, encoding="utf-8")
