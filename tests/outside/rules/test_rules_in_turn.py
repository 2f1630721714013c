"""Tasks shared out in a team by two workers at once: everybody has as many, nobody is forgotten."""

import pytest
from queries import SECOND

pytestmark = pytest.mark.database

# The tasks of 300 people go to three members of a team in turn.
SHARE_OUT = """
sellers = env["res.users"].search([("login", "in", ("seller0", "seller1", "seller2"))])
team = env["crm.team"].create({"name": "In turn", "company_id": False})
team.member_ids = sellers
rules = env["crm.relationship.rule"]
rules.search([("name", "=", "Letters")]).active = False
rules.search([("name", "=", "Tasks")]).action_ids.responsible = "round_robin"
assert sellers.sale_team_id == team
"""
SHARES = """
    SELECT count(*) FROM mail_activity WHERE summary = 'Say it in person' GROUP BY user_id
"""
REACHED = """
    SELECT count(*), count(DISTINCT res_id) FROM mail_activity WHERE summary = 'Say it in person'
"""


def shares(project, name):
    """How many tasks each member got."""
    assert project.cluster.ask(REACHED, name) == ["300|300"], "none is lost, none is double"
    return sorted(int(line) for line in project.cluster.ask(SHARES, name))


def test_one_takes_turns(copy, run, script, project):
    name = copy()
    script(name, SHARE_OUT)
    assert run(name) == ""
    assert shares(project, name) == [100, 100, 100]


def test_two_at_once_share_out_evenly(copy, worker, run, due, script, project):
    """Both begin with the same member, each of their batches is even in itself."""
    name = copy(SECOND)
    script(name, SHARE_OUT)
    first = worker(name, "crm.relationship.rule.run", "_settle", 1, "before")
    first.start().wait_until_there()
    run(name)
    first.go_on().finish()
    due(name)
    assert run(name) == ""
    found = shares(project, name)
    assert len(found) == 3
    assert found[-1] - found[0] <= 2
