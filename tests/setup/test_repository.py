"""What must never be in a file of the set-up."""

import re
from pathlib import Path

import pytest

REPO = Path(__file__).parents[2]
REQUIREMENTS = ("requirements.txt", "requirements-lint.txt")


@pytest.mark.parametrize("name", REQUIREMENTS)
def test_requirements_are_pinned(name):
    lines = [line.split("#")[0].strip() for line in (REPO / name).read_text().splitlines()]
    loose = [line for line in lines if line and not re.match(r"[\w.-]+==[\w.]+(; .*)?$", line)]
    assert loose == []


def test_what_others_look_for_is_named():
    text = (REPO / "requirements.txt").read_text()
    assert "psycopg2" in text
    assert "pytest-odoo==" in text


def test_lock_file_names_no_host():
    assert "://" not in (REPO / "package-lock.json").read_text()


def test_set_up_names_no_host():
    files = [REPO / "Makefile", REPO / "odoo", *(REPO / "workbench").iterdir()]
    files += [REPO / name for name in REQUIREMENTS]
    named = re.compile(r"\w+://(?!\{|localhost)\w")
    found = [path.name for path in files if path.is_file() and named.search(path.read_text())]
    assert found == []
