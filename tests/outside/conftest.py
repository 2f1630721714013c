"""The addon as a whole, on databases of its own, seen from outside of Odoo's test classes."""

import os
from itertools import count
from pathlib import Path

import pytest

from workbench.gate import PREFIX
from workbench.project import Project
from workbench.shell import output

NUMBERS = count(1)


@pytest.fixture(scope="session")
def project():
    """The set-up of this checkout, ready."""
    project = Project(Path(__file__).parents[2])
    project.ensure()
    return project


@pytest.fixture
def database(project):
    """Makes databases that have what our addons need installed, but not our addons: with demo
    data what all of them need, without what the core needs."""
    databases = project.databases
    made = []

    def make(demo):
        kind = "template_demo" if demo else "template_plain"
        addons = project.addons if demo else project.addons.core
        template = databases.template(kind, addons.stock(), demo=demo)
        made.append(f"{PREFIX}{os.getpid()}_{next(NUMBERS)}")
        databases.copy(template, made[-1])
        return made[-1]

    yield make
    for name in made:
        databases.drop(name)


@pytest.fixture
def script(project, tmp_path):
    """Runs Python in ``./odoo shell`` of a database and returns Odoo's log."""

    def run(database, code):
        argv = project.odoo.command("shell", "-d", database, "--no-http")
        end = "\nenv.cr.commit()\nprint('the script ended')\n"
        done = output(argv, env=project.odoo.environment(), text=code + end)
        log = done.stdout + done.stderr
        assert "the script ended" in log, log
        return log

    return run
