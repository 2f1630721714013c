"""Run again, and run by two at once: nothing is doubled and nothing is lost."""

import re

import pytest
from queries import SECOND

from workbench.odoolog import complaints

pytestmark = pytest.mark.database

# Odoo logs the statement; a job that gives up counts as failed.
TRIED_AGAIN = " odoo.sql_db: bad query: "
FAILED = "SELECT cron_name FROM ir_cron WHERE active AND failure_count > 0"


def told(state):
    """How many new tasks each person was told of, whatever the number of messages."""
    tasks = {}
    for line in state["digests"]:
        subject, reader = line.split("|")
        number = int(re.sub("^A new task$", "1 new", subject).split()[0])
        tasks[reader] = tasks.get(reader, 0) + number
    return tasks


def test_everybody_is_reached_once(undisturbed):
    lines = {kind: len(undisturbed[kind]) for kind in undisturbed}
    assert lines == {"ledger": 603, "letters": 297, "tasks": 303, "digests": 3}
    assert {line.split("|")[1] for line in undisturbed["ledger"]} == {"done", "skipped"}
    assert told(undisturbed) == dict.fromkeys(
        (f"seller{number}@us.example.com" for number in range(3)), 101
    )


def test_again_on_the_same_day_nothing_is_new(run, due, state, undisturbed_database, undisturbed):
    due(undisturbed_database)
    assert run(undisturbed_database) == ""
    assert state(undisturbed_database) == undisturbed


@pytest.mark.parametrize(
    "point",
    [
        ("crm.relationship.rule", "_plan", 1, "after"),
        ("crm.relationship.rule.run", "_settle", 2, "before"),
        ("crm.relationship.rule", "_tell_people", 1, "before"),
    ],
    ids=["while one plans", "in the middle of a batch of the other", "before one tells"],
)
def test_one_works_while_another_stands_still(
    project, copy, worker, run, due, state, undisturbed, point
):
    name = copy(SECOND)
    first = worker(name, *point).start().wait_until_there()
    assert unhandled(run(name)) == []
    assert unhandled(first.go_on().finish()) == []
    due(name)
    assert run(name) == ""
    assert_same(state(name), undisturbed)
    assert project.cluster.ask(FAILED, name) == []


def test_two_at_full_speed(project, copy, worker, run, due, state, undisturbed):
    name = copy(SECOND)
    workers = [worker(name), worker(name)]
    for one in workers:
        one.start()
    assert [unhandled(one.finish()) for one in workers] == [[], []]
    due(name)
    assert run(name) == ""
    assert_same(state(name), undisturbed)
    assert project.cluster.ask(FAILED, name) == []


def unhandled(log):
    """What a log complains of, but for what PostgreSQL refused one and it tried again."""
    return [line for line in complaints(log) if TRIED_AGAIN not in line]


def assert_same(state, undisturbed):
    """The same but for the messages: each of the two tells of what it did."""
    assert told(state) == told(undisturbed)
    for kind in ("ledger", "letters", "tasks"):
        assert state[kind] == undisturbed[kind], kind
