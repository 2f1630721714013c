"""The commands: one line for what the user can put right, and the Python they start with."""

import errno
import subprocess
from pathlib import Path

import pytest

from workbench import __main__ as commands
from workbench import shell
from workbench.errors import Problem

REPO = Path(__file__).parents[2]


@pytest.fixture
def command(monkeypatch):
    """Runs a command that ends with the given error."""

    def run(error):
        def fails(project, words):
            raise error

        monkeypatch.setitem(commands.COMMANDS, "test", fails)
        monkeypatch.setattr("signal.signal", lambda *_: None)
        return commands.main(["test"])

    return run


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (Problem("port 1 is busy"), "error: port 1 is busy"),
        (OSError(errno.ENOSPC, "No space"), "error: the disk is full: free some space"),
        (PermissionError(errno.EACCES, "no", "/x"), "error: /x is not ours to write"),
        (FileNotFoundError(errno.ENOENT, "No such", "npm"), "error: npm: No such"),
        (KeyboardInterrupt(), "interrupted: the same command goes on"),
    ],
)
def test_error_is_one_line(command, capsys, error, line):
    assert command(error) == 1
    text = capsys.readouterr().err
    assert text.startswith(line)
    assert text.count("\n") == 1


def test_failed_program_is_told_by_its_cause(tmp_path):
    script = ["sh", "-c", "echo could not; echo 'Temporary failure resolving x'; exit 3"]
    with pytest.raises(Problem, match=r"could not fetch: no network.*\(log: "):
        shell.logged(script, tmp_path / "log", "fetch")


def test_failed_program_is_told_by_its_last_line(tmp_path):
    with pytest.raises(Problem, match="could not fetch: the end"):
        shell.logged(["sh", "-c", "echo the end; exit 3"], tmp_path / "log", "fetch")


def fake_python(folder, name, works):
    path = folder / name
    path.write_text(f"#!/bin/sh\n[ $1 = -c ] && exit {0 if works else 1}\necho ran {name} $3\n")
    path.chmod(0o755)


def start(folder, *words, tools=("sh", "dirname", "id")):
    """Run the starter with nothing but these programs around."""
    for tool in tools:
        target = folder / tool
        if not target.exists():
            target.symlink_to(f"/bin/{tool}")
    return subprocess.run(
        ["/bin/sh", REPO / "workbench/start", *words],
        env={"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def programs(tmp_path):
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def test_first_python_is_taken_when_it_fits(programs):
    fake_python(programs, "python3", works=True)
    fake_python(programs, "python3.12", works=True)
    assert start(programs, "lint").stdout == "ran python3 lint\n"


def test_wrong_python_gives_way_to_one_that_fits(programs):
    fake_python(programs, "python3", works=False)
    fake_python(programs, "python3.12", works=True)
    assert start(programs, "lint").stdout == "ran python3.12 lint\n"


def test_no_fitting_python_is_one_line_that_says_what_to_do(programs, monkeypatch):
    script = (REPO / "workbench/start").read_text().replace(" /usr/bin/python3;", ";")
    copy = programs.parent / "workbench"
    copy.mkdir()
    (copy / "start").write_text(script)
    fake_python(programs, "python3", works=False)
    start(programs)
    done = subprocess.run(
        ["/bin/sh", copy / "start", "lint"],
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("error: Odoo 19 needs Python 3.10 to 3.13")
    assert done.stderr.count("\n") == 1
