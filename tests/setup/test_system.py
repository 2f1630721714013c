"""Missing Debian packages: installed as root, asked for otherwise."""

import pytest

from workbench import system
from workbench.errors import Problem


@pytest.fixture
def calls(monkeypatch):
    found = []
    monkeypatch.setattr(system, "logged", lambda argv, *_, **__: found.append(argv))
    return found


def wanted(**there):
    return [(name, lambda name=name: there[name]) for name in there]


def test_nothing_missing_calls_nothing(calls, tmp_path):
    system.ensure_packages(wanted(postgresql=True, chromium=True), tmp_path)
    assert calls == []


def test_ordinary_user_is_told_what_to_type(calls, tmp_path, monkeypatch):
    monkeypatch.setattr(system, "is_root", lambda: False)
    with pytest.raises(Problem) as caught:
        system.ensure_packages(wanted(postgresql=False, chromium=True), tmp_path)
    assert str(caught.value).endswith("type: sudo apt-get install -y postgresql")
    assert calls == []


def test_root_installs_what_is_missing_and_no_more(tmp_path, monkeypatch):
    monkeypatch.setattr(system, "is_root", lambda: True)
    there = {"postgresql": False, "chromium": True}
    calls = []

    def logged(argv, *_, **__):
        calls.append(argv)
        there["postgresql"] = "install" in argv

    monkeypatch.setattr(system, "logged", logged)
    checks = [(name, lambda name=name: there[name]) for name in there]
    system.ensure_packages(checks, tmp_path)
    assert [argv[1] for argv in calls] == ["update", "install"]
    assert "postgresql" in calls[1]
    assert "chromium" not in calls[1]


def test_package_that_stays_missing_is_told(calls, tmp_path, monkeypatch):
    monkeypatch.setattr(system, "is_root", lambda: True)
    with pytest.raises(Problem, match="still missing"):
        system.ensure_packages(wanted(chromium=False), tmp_path)


def test_browser_is_found_by_any_of_its_names(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not system.has_browser()
    (tmp_path / "google-chrome").touch(mode=0o755)
    assert system.has_browser()
