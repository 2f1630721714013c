"""Odoo itself: which one, its configuration, its command line."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from .addons import Addons
from .debs import LEFT_OUT, OdooPackage
from .errors import Problem
from .places import Places
from .postgres import PORT, ROLE, Cluster
from .python import ODOO_VARIABLE, Venv
from .shell import cause, last_line
from .stamps import Stamps, digest, write_whole

SERIES = (19, 0)
LAUNCHER = """\
import sys
import odoo.cli
sys.argv[0] = "odoo"
odoo.cli.main()
"""


class Odoo:
    """An Odoo 19 that runs in the project's environment on the project's cluster."""

    def __init__(self, places: Places, venv: Venv, cluster: Cluster) -> None:
        self.places = places
        self.venv = venv
        self.cluster = cluster
        self.given = os.environ.get("ODOO_PATH") or None
        self.package = OdooPackage(places)

    @property
    def import_path(self) -> Path:
        """The folder that holds the package ``odoo``."""
        return locate(Path(self.given)) if self.given else self.package.import_path

    @property
    def addons_paths(self) -> list[Path]:
        """The folders of Odoo's own addons: two in a source checkout, one in a package."""
        inner, outer = self.import_path / "odoo/addons", self.import_path / "addons"
        return [inner] if (inner / "crm").is_dir() else [inner, outer]

    @property
    def config(self) -> Path:
        """The configuration file; another Odoo has another one."""
        suffix = f"-{digest(self.given)[:8]}" if self.given else ""
        return self.places.home / f"odoo{suffix}.conf"

    def ensure(self) -> None:
        """Have Odoo there and configured."""
        if not self.given:
            self.package.ensure()
        self._check()
        self.write_config()

    def version(self) -> str:
        """Changes when databases made with another Odoo are of no use any more."""
        if self.given:
            release = (self.import_path / "odoo/release.py").read_text(encoding="utf-8")
            return digest(str(self.import_path), release, _commit(self.import_path))
        return Stamps(self.places.home / "stamps").read(OdooPackage.STEP) or ""

    def write_config(self) -> None:
        """Write what ``./odoo`` and all others run with."""
        paths = [str(path) for path in self.addons_paths]
        if Addons(self.places.repo).all:
            paths.append(str(self.places.repo))
        text = CONFIG.format(
            socket=self.cluster.socket,
            port=PORT,
            role=ROLE,
            data=self.places.data,
            paths=",".join(paths),
        )
        if not self.config.exists() or self.config.read_text(encoding="utf-8") != text:
            write_whole(self.config, text)

    def environment(self) -> dict[str, str]:
        """The variables that a program of Odoo's runs with."""
        return {
            **os.environ,
            **self.cluster.environment(),
            "ODOO_RC": str(self.config),
            ODOO_VARIABLE: str(self.import_path),
            "PATH": f"{self.venv.bin}:{os.environ.get('PATH', os.defpath)}",
        }

    def command(self, *words: str) -> list[str]:
        """Odoo's command line."""
        return [str(self.venv.python), "-c", LAUNCHER, *words]

    def run(self, log: Path, what: str, *words: str) -> str:
        """Run Odoo to its end, its log in a file; returns that log."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("w", encoding="utf-8") as stream:
            code = subprocess.run(
                self.command(*words),
                env=self.environment(),
                cwd=self.places.home,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                check=False,
            ).returncode
        text = log.read_text(encoding="utf-8", errors="replace")
        if code:
            why = cause(text) or last_line(text)
            raise Problem(f"could not {what}: {why} (log: {log})")
        return text

    def _check(self) -> None:
        release = self.import_path / "odoo/release.py"
        version = read_series(release)
        if version != SERIES:
            raise Problem(f"ODOO_PATH holds no Odoo 19.0: {release} says {version}")

    def gap(self) -> bool:
        """Whether a file is missing that the backend's pages ask for."""
        mail = [path for path in self.addons_paths if (path / "mail").is_dir()]
        inside = LEFT_OUT.removeprefix("odoo/addons/")
        return bool(mail) and not (mail[0] / inside).exists()


CONFIG = """\
[options]
db_host = {socket}
db_port = {port}
db_user = {role}
data_dir = {data}
addons_path = {paths}
http_interface = 127.0.0.1
"""


def locate(path: Path) -> Path:
    """The folder to import ``odoo`` from, for what a user may call the path of Odoo."""
    path = path.expanduser().absolute()
    for folder in (path, path.parent):
        if (folder / "odoo/release.py").is_file():
            return folder
    raise Problem(
        f"ODOO_PATH={path} holds no Odoo: name a source checkout or a dist-packages folder"
    )


def read_series(release: Path) -> tuple[int, ...]:
    """The series that Odoo's release file tells."""
    text = release.read_text(encoding="utf-8")
    match = re.search(r"^version_info\s*=\s*\((\d+),\s*(\d+)", text, re.MULTILINE)
    return tuple(int(part) for part in match.groups()) if match else ()


def _commit(path: Path) -> str:
    """The commit of a checkout, empty when it is none."""
    done = subprocess.run(
        ["git", "-C", str(path), "rev-parse", "HEAD"],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() if done.returncode == 0 else ""
