"""Tests that run beside others: what they say and count, and that they end with us."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from workbench import tester as module


@pytest.fixture
def tester(tmp_path):
    """Whose tests live in a folder of their own."""
    venv = SimpleNamespace(python=sys.executable)
    odoo = SimpleNamespace(venv=venv, environment=lambda: None)
    places = SimpleNamespace(home=tmp_path, logs=tmp_path, repo=tmp_path)
    return module.Tester(SimpleNamespace(odoo=odoo, places=places))


def write(tmp_path, *bodies):
    lines = [f"def test_{n}():\n    {body}\n" for n, body in enumerate(bodies)]
    (tmp_path / "test_it.py").write_text("import time\n" + "\n".join(lines))


def test_it_tells_at_the_end_what_passed_and_what_failed(tester, tmp_path, capfd):
    write(tmp_path, "pass", "pass", "raise ValueError('spoilt')")
    with tester.beside("beside", "test_it.py") as finish:
        assert capfd.readouterr().out == ""
        tally = finish()
    assert (tally.passed, tally.failed) == (2, 1)
    assert [note.endswith("test_it::test_2") for note in tally.notes] == [True]
    assert "spoilt" in capfd.readouterr().out


def test_no_test_is_a_failure(tester, tmp_path):
    write(tmp_path)
    with tester.beside("beside", "test_it.py") as finish:
        assert finish().failed == 1


def test_when_others_break_it_is_ended(tester, tmp_path, monkeypatch):
    write(tmp_path, "time.sleep(600)")
    started = []
    popen = subprocess.Popen
    monkeypatch.setattr(
        subprocess, "Popen", lambda *args, **kw: started.append(popen(*args, **kw)) or started[-1]
    )
    with pytest.raises(KeyError), tester.beside("beside", "test_it.py"):
        raise KeyError
    assert started[0].poll() is not None
