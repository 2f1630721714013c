"""Debian packages that must be installed: PostgreSQL, a browser, venv."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from .errors import Problem
from .shell import is_root, logged, output, say

BROWSERS = ("chromium", "google-chrome", "google-chrome-stable", "chromium-browser")


def has_browser() -> bool:
    """Whether a browser is there that Odoo's tests can drive."""
    return any(shutil.which(name) for name in BROWSERS)


def has_venv(python: str) -> bool:
    """Whether this Python can make virtual environments (Debian ships that apart)."""
    return output([python, "-c", "import ensurepip, venv"]).returncode == 0


def server_programs() -> Path | None:
    """The folder of the newest PostgreSQL server programs, 13 or later."""
    found = {
        int(path.parent.parent.name): path.parent
        for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")
        if path.parent.parent.name.isdigit()
    }
    usable = [version for version in found if version >= 13]
    if usable:
        return found[max(usable)]
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None


def missing_packages(wanted: Iterable[tuple[str, Callable[[], object]]]) -> list[str]:
    """The names of the packages whose check fails."""
    return [name for name, is_there in wanted if not is_there()]


def ensure_packages(wanted: Iterable[tuple[str, Callable[[], object]]], logs: Path) -> None:
    """Install what is missing, as root; else say how to."""
    wanted = list(wanted)
    missing = missing_packages(wanted)
    if not missing:
        return
    names = " ".join(missing)
    if not is_root():
        raise Problem(f"Debian packages are missing, type: sudo apt-get install -y {names}")
    say(f"installing Debian packages: {names}")
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    logged(["apt-get", "update"], logs / "apt-update.log", "update apt", env=env)
    install = ["apt-get", "install", "-y", "--no-install-recommends", *missing]
    logged(install, logs / "apt-install.log", f"install {names}", env=env)
    still = missing_packages(wanted)
    if still:
        raise Problem(f"{' '.join(still)} is still missing after apt-get install")
