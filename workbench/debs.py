"""Odoo 19 from Debian's packages: downloaded and unpacked, never installed.

Debian carries Odoo 19 in its suite ``sid``, for another Python than this machine's. An
apt state of our own, apart from the system's, fetches the package and the few that its
files link to; the files are then unpacked into the project's folder.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import aptsource
from .errors import Problem
from .locks import alone
from .places import Places
from .shell import cause, last_line, logged, output, say
from .stamps import Stamps, digest, file_sha256, write_whole

SUITE = "sid"
# Odoo's files link to these by relative paths, so they are unpacked beside it.
PACKAGES = (
    "odoo-19",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    # Newer releases name their files otherwise.
    "fonts-font-awesome/bookworm",
)
FONT_SUITE = "bookworm"
IMPORT_PATH = Path("usr/lib/python3/dist-packages")
# Debian leaves this file out as not free, and each page of the backend would report it
# as missing. Odoo uses it for nothing but blurring the background of video calls.
LEFT_OUT = "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
SPACE_NEEDED = 2_500_000_000


@dataclass(frozen=True)
class Package:
    """A package file and the checksum that the signed package list gives for it."""

    name: str
    sha256: str

    def is_in(self, folder: Path) -> bool:
        """Whether ``folder`` holds the file, whole."""
        path = folder / self.name
        return path.is_file() and file_sha256(path) == self.sha256


class OdooPackage:
    """The unpacked Odoo of one checkout."""

    STEP = "odoo"

    def __init__(self, places: Places, etc_apt: Path = Path("/etc/apt")) -> None:
        self.places = places
        self.etc_apt = etc_apt
        self.stamps = Stamps(places.home / "stamps")
        self.root = places.home / "server"
        self.folder = places.cache / "debs"

    @property
    def import_path(self) -> Path:
        """The folder that holds the package ``odoo``."""
        return self.root / IMPORT_PATH

    def ensure(self) -> None:
        """Download, verify and unpack what is not there yet."""
        if self.stamps.read(self.STEP) and self.import_path.is_dir():
            return
        with alone(self.places.cache / "debs.lock", "it downloads Odoo"):
            packages = self._download()
        self._unpack(packages)
        self.stamps.write(self.STEP, digest(*(p.sha256 for p in packages)))

    def _download(self) -> list[Package]:
        """The package files in the cache; without network when they are there."""
        self.folder.mkdir(parents=True, exist_ok=True)
        listing = self.folder / "packages.list"
        packages = read_listing(listing)
        if packages and all(package.is_in(self.folder) for package in packages):
            return packages
        say("downloading Odoo 19 from Debian (about 130 MB)")
        apt = Apt(self.places.cache / "apt", self.places.logs, self.etc_apt)
        packages = apt.locate(PACKAGES)
        missing = [p for p in packages if not p.is_in(self.folder)]
        apt.download(PACKAGES, missing, self.folder)
        write_whole(listing, "".join(f"{p.sha256}  {p.name}\n" for p in packages))
        return packages

    def _unpack(self, packages: list[Package]) -> None:
        need_space(self.places.home, SPACE_NEEDED)
        say("unpacking Odoo 19")
        self.stamps.remove(self.STEP)
        fresh = self.root.with_name("server.new")
        for folder in (fresh, self.root):
            shutil.rmtree(folder, ignore_errors=True)
        for package in packages:
            log = self.places.logs / "unpack.log"
            deb = self.folder / package.name
            logged(["dpkg-deb", "-x", deb, fresh], log, f"unpack {package.name}")
        fill_gap(fresh / IMPORT_PATH)
        os.replace(fresh, self.root)


class Apt:
    """apt-get with a state of its own: the system's lists and cache stay untouched."""

    def __init__(self, state: Path, logs: Path, etc_apt: Path) -> None:
        self.state = state
        self.logs = logs
        self.etc_apt = etc_apt

    def locate(self, names: tuple[str, ...]) -> list[Package]:
        """The files of the packages, from the first archive that has them all."""
        archives = aptsource.debian_archives(self.etc_apt)
        if not archives:
            raise Problem(
                f"no Debian archive found in {self.etc_apt}: set ODOO_PATH to an Odoo 19"
                " that is already there"
            )
        errors = ""
        for archive in archives:
            self._write_source(archive)
            errors += self._run("update").stderr
            answer = self._run("download", "--print-uris", *names)
            if answer.returncode == 0:
                return read_uris(answer.stdout)
            errors += answer.stderr
        why = cause(errors) or first_error(errors)
        raise Problem(f"could not find odoo-19 in Debian's {SUITE}: {why}")

    def download(self, names: tuple[str, ...], packages: list[Package], folder: Path) -> None:
        """Fetch the files of ``packages``, checked against the signed package list."""
        if not packages:
            return
        need_space(folder, 300_000_000)
        fresh = self.state / "fresh"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        wanted = {package.name.split("_")[0] for package in packages}
        asked = [name for name in names if name.split("/")[0] in wanted]
        log = self.logs / "download.log"
        logged(self._argv("download", *asked), log, "download Odoo", cwd=fresh)
        for package in packages:
            if not package.is_in(fresh):
                raise Problem(f"{package.name} arrived damaged: run it again")
            os.replace(fresh / package.name, folder / package.name)

    def _write_source(self, archive: aptsource.Source) -> None:
        shutil.rmtree(self.state, ignore_errors=True)
        for folder in ("parts", "lists/partial", "archives/partial", "preferences"):
            (self.state / folder).mkdir(parents=True)
        (self.state / "parts/debian.sources").write_text(
            archive.stanza(SUITE, FONT_SUITE), encoding="utf-8"
        )

    def _run(self, *words: str):  # type: ignore[no-untyped-def]
        return output(self._argv(*words), env={**os.environ, "LC_ALL": "C"})

    def _argv(self, *words: str) -> list[str]:
        settings = {
            "Dir::Etc::SourceList": "/dev/null",
            "Dir::Etc::SourceParts": self.state / "parts",
            "Dir::Etc::Preferences": "/dev/null",
            "Dir::Etc::PreferencesParts": self.state / "preferences",
            "Dir::State::Lists": self.state / "lists",
            "Dir::Cache": self.state,
            "APT::Sandbox::User": "root",
            "APT::Default-Release": SUITE,
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        options = [x for key, value in settings.items() for x in ("-o", f"{key}={value}")]
        return ["apt-get", "-q", *options, *words]


def read_uris(text: str) -> list[Package]:
    """The packages of ``apt-get download --print-uris``."""
    packages = []
    for line in text.splitlines():
        parts = line.split()
        if len(parts) == 4 and parts[3].startswith("SHA256:"):
            packages.append(Package(parts[1], parts[3].removeprefix("SHA256:")))
    return packages


def first_error(text: str) -> str:
    """What apt complained of first: the rest mostly follows from it."""
    lines = text.splitlines()
    return next((line for line in lines if line.startswith("E: ")), last_line(text))


def read_listing(path: Path) -> list[Package]:
    """The packages noted at the last download, empty when there was none."""
    if not path.is_file():
        return []
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return [Package(name, sha256) for sha256, name in lines]


def fill_gap(import_path: Path) -> None:
    """Put a placeholder where Debian left a file out."""
    path = import_path / LEFT_OUT
    if path.parent.parent.is_dir() and not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text("/* left out by Debian, not needed */\n", encoding="utf-8")


def need_space(folder: Path, needed: int) -> None:
    """Stop before the disk is full."""
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise Problem(
            f"{folder} needs {needed / 1e9:.1f} GB of free disk, there are"
            f" {free / 1e9:.1f}: free some space and run it again"
        )
