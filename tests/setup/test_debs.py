"""Odoo's package: found in the cache or fetched, verified, unpacked whole or not at all."""

import hashlib
import shutil
import subprocess

import pytest

from workbench import debs
from workbench.errors import Problem
from workbench.places import Places

CONTENT = b"a package"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture
def places(tmp_path):
    places = Places.of(tmp_path / "repo", {"XDG_CACHE_HOME": str(tmp_path / "cache")})
    places.make()
    return places


class FakeApt:
    """Serves one package; remembers what it was asked for."""

    def __init__(self, *_):
        self.fetched = []

    def locate(self, names):
        return [debs.Package("odoo-19_1_all.deb", SHA256)]

    def download(self, names, packages, folder):
        for package in packages:
            self.fetched.append(package.name)
            (folder / package.name).write_bytes(CONTENT)


@pytest.fixture
def apt(monkeypatch):
    apt = FakeApt()
    monkeypatch.setattr(debs, "Apt", lambda *_: apt)
    return apt


@pytest.fixture
def unpacked(monkeypatch):
    """Stands for dpkg-deb: notes its calls and makes the folder."""
    calls = []

    def logged(argv, log, what):
        calls.append(what)
        (argv[-1] / debs.IMPORT_PATH / "odoo").mkdir(parents=True, exist_ok=True)

    monkeypatch.setattr(debs, "logged", logged)
    return calls


def test_second_time_nothing_is_done(places, apt, unpacked):
    for _ in range(2):
        debs.OdooPackage(places).ensure()
    assert len(unpacked) == 1
    assert apt.fetched == ["odoo-19_1_all.deb"]


def test_another_checkout_needs_no_network(places, apt, unpacked, monkeypatch):
    debs.OdooPackage(places).ensure()
    shutil.rmtree(places.home)
    places.make()
    monkeypatch.setattr(debs, "Apt", None)
    debs.OdooPackage(places).ensure()
    assert len(unpacked) == 2


def test_damaged_file_in_the_cache_is_fetched_again(places, apt, unpacked):
    package = debs.OdooPackage(places)
    package.ensure()
    (package.folder / "odoo-19_1_all.deb").write_bytes(b"half a pack")
    shutil.rmtree(places.home)
    places.make()
    debs.OdooPackage(places).ensure()
    assert apt.fetched == ["odoo-19_1_all.deb"] * 2


def test_interrupted_unpacking_starts_again(places, apt, monkeypatch, unpacked):
    package = debs.OdooPackage(places)

    def killed(path):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(debs, "fill_gap", killed)
        with pytest.raises(KeyboardInterrupt):
            package.ensure()
    assert not package.root.exists()
    (package.root.with_name("server.new") / "half").mkdir()
    package.ensure()
    assert package.import_path.is_dir()
    assert not (package.root / "half").exists()


def test_damaged_download_is_refused(places, monkeypatch):
    apt = debs.Apt(places.cache / "apt", places.logs, places.home)

    def logged(argv, log, what, cwd):
        (cwd / "odoo-19_1_all.deb").write_bytes(b"something else")

    monkeypatch.setattr(debs, "logged", logged)
    wanted = [debs.Package("odoo-19_1_all.deb", SHA256)]
    with pytest.raises(Problem, match="arrived damaged: run it again"):
        apt.download(("odoo-19",), wanted, places.cache)
    assert not (places.cache / "odoo-19_1_all.deb").exists()


def test_no_debian_archive_names_the_way_out(places, tmp_path):
    apt = debs.Apt(places.cache / "apt", places.logs, tmp_path)
    with pytest.raises(Problem, match="set ODOO_PATH"):
        apt.locate(debs.PACKAGES)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("E: Could not resolve 'mirror'", "no network"),
        ("E: Unable to locate package odoo-19", "Unable to locate package"),
        ("W: old\nE: Release file is expired\nE: no such release", "file is expired$"),
    ],
)
def test_apt_that_fails_is_told_in_a_line(places, tmp_path, monkeypatch, said, told):
    (tmp_path / "sources.list").write_text("deb mirror://one/debian bookworm main\n")
    monkeypatch.setattr(
        debs, "output", lambda argv, env: subprocess.CompletedProcess(argv, 100, "", said)
    )
    with pytest.raises(Problem, match=told) as caught:
        debs.Apt(places.cache / "apt", places.logs, tmp_path).locate(debs.PACKAGES)
    assert "\n" not in str(caught.value)


def test_addresses_printed_by_apt():
    text = (
        "Reading package lists...\n"
        f"'mirror://one/pool/odoo-19_1%2b2_all.deb' odoo-19_1+2_all.deb 9 SHA256:{SHA256}\n"
    )
    assert debs.read_uris(text) == [debs.Package("odoo-19_1+2_all.deb", SHA256)]


def test_gap_is_filled_once_and_only_where_mail_is(tmp_path):
    debs.fill_gap(tmp_path)
    assert not any(tmp_path.iterdir())
    (tmp_path / debs.LEFT_OUT).parent.parent.mkdir(parents=True)
    debs.fill_gap(tmp_path)
    (tmp_path / debs.LEFT_OUT).write_text("the real one")
    debs.fill_gap(tmp_path)
    assert (tmp_path / debs.LEFT_OUT).read_text() == "the real one"


def test_full_disk_is_told_before_it_is_full(tmp_path):
    with pytest.raises(Problem, match="free some space"):
        debs.need_space(tmp_path, 1 << 60)
