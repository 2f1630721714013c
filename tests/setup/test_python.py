"""When a virtual environment is made anew."""

import os
from pathlib import Path

import pytest

from workbench import python
from workbench.places import Places


@pytest.fixture
def venv(tmp_path, monkeypatch):
    """An environment whose making is counted, not done."""
    monkeypatch.delenv("PYTHON", raising=False)
    monkeypatch.setattr(python, "INTERPRETER", str(tmp_path / "python3.11"))
    Path(python.INTERPRETER).touch()
    places = Places.of(tmp_path / "repo", {"HOME": str(tmp_path)})
    places.make()
    (places.repo / "requirements.txt").write_text("a==1\n")
    venv = python.Venv(places, "venv", "requirements.txt")
    venv.made = 0

    def create():
        venv.made += 1
        (venv.folder / "lib/python3.11/site-packages").mkdir(parents=True)
        venv.bin.mkdir()
        venv.python.symlink_to(python.INTERPRETER)

    monkeypatch.setattr(venv, "_create", create)
    monkeypatch.setattr(venv, "_install", lambda: None)
    venv.ensure()
    return venv


def test_it_is_made_once(venv):
    venv.ensure()
    assert venv.made == 1


def test_other_requirements_make_it_anew(venv):
    venv.requirements.write_text("a==2\n")
    venv.ensure()
    assert venv.made == 2


def test_another_interpreter_leaves_it_unless_it_was_asked_for(venv, monkeypatch, tmp_path):
    other = tmp_path / "python3.12"
    other.touch()
    monkeypatch.setattr(python, "INTERPRETER", str(other))
    venv.ensure()
    assert venv.made == 1
    monkeypatch.setenv("PYTHON", str(other))
    venv.ensure()
    assert venv.made == 2


def test_interpreter_that_is_gone_makes_it_anew(venv, monkeypatch, tmp_path):
    os.rename(tmp_path / "python3.11", tmp_path / "python3.12")
    monkeypatch.setattr(python, "INTERPRETER", str(tmp_path / "python3.12"))
    venv.ensure()
    assert venv.made == 2


def test_interrupted_making_starts_again(venv, monkeypatch):
    venv.requirements.write_text("a==2\n")

    def killed():
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(venv, "_install", killed)
        with pytest.raises(KeyboardInterrupt):
            venv.ensure()
    venv.ensure()
    assert venv.made == 3
