"""A worker killed at any point: another one goes on, and what comes out is the same."""

import pytest

pytestmark = pytest.mark.database

RULE, RUN = "crm.relationship.rule", "crm.relationship.rule.run"
# Where one worker after the other is killed, and how many rows of the ledger are there, and
# no longer waiting, by then. Who has no address gets a row more: somebody is to call.
KILLED = [
    ("planned but not committed", (RULE, "_save_progress", 1, "before"), "0|0"),
    ("between plan and do", (RULE, "_save_progress", 1, "after"), "600|0"),
    ("in the middle of the third batch", (RUN, "_settle", 3, "before"), "602|200"),
    ("before the commit of a batch", (RULE, "_save_progress", 4, "before"), "603|302"),
    ("after the commit of a batch", (RULE, "_save_progress", 4, "after"), "603|503"),
    ("all done, nobody told", (RULE, "_tell_people", 1, "before"), "603|603"),
    ("told but not committed", (RULE, "_tell_people", 1, "after"), "603|603"),
]
COUNTS = """
    SELECT count(*), count(*) FILTER (WHERE state <> 'todo') FROM crm_relationship_rule_run
"""
# Odoo itself gives up a job for a while that was cut off three times.
FORGET = "UPDATE ir_cron_progress SET timed_out_counter = 0"


def test_killed_again_and_again_the_end_is_the_same(project, copy, worker, run, state, undisturbed):
    name = copy()
    for where, point, counts in KILLED:
        worker(name, *point).start().wait_until_there().kill()
        assert project.cluster.ask(COUNTS, name) == [counts], where
        project.cluster.ask(FORGET, name)
    assert run(name) == ""
    assert state(name) == undisturbed
