"""Rules about complaints: each is heard of once when it comes and once when it is resolved."""

import pytest
from queries import SECOND

from workbench.odoolog import complaints

pytestmark = pytest.mark.database

RULE, RUN = "crm.relationship.rule", "crm.relationship.rule.run"
TRIED_AGAIN = " odoo.sql_db: bad query: "
# 150 complaints: the first 120 are resolved, and one is called off. None of it is done yet.
COMPLAIN = """
people = env["res.partner"].search([("name", "=like", "Person %")], order="id", limit=151)
made = env["crm.complaint"].create([
    {"name": "Scratch", "partner_id": person.id, "user_id": person.user_id.id} for person in people
])
made[:120].write({"state": "resolved", "resolution": "New desk", "untold_reason": "Saw it"})
made[-1].action_cancel()
rules = env["crm.relationship.rule"]
birthdays = rules.search([("name", "in", ("Letters", "Tasks"))])
common = {
    "active": True, "trigger": "event", "purpose": "service", "user_id": birthdays[0].user_id.id,
    "date_start": birthdays[0].date_start, "model_id": env["ir.model"]._get_id("crm.complaint"),
}
template = birthdays.action_ids.template_id
birthdays.active = False
for event, action in (
    ("complaint_opened", {"kind": "activity", "summary": "Read the file"}),
    ("complaint_resolved", {"kind": "mail", "template_id": template.id}),
):
    rules.create({"name": event, "event": event, **common, "action_ids": [(0, 0, action)]})
env["crm.relationship.rule.run"].search([("id", "!=", 0)]).unlink()
"""
LEDGER = """
    SELECT rule.event, run.state, count(*), count(DISTINCT run.res_id)
      FROM crm_relationship_rule_run run JOIN crm_relationship_rule rule ON rule.id = run.rule_id
     GROUP BY 1, 2 ORDER BY 1, 2
"""
TASKS = """
    SELECT count(*), count(DISTINCT res_id) FROM mail_activity WHERE summary = 'Read the file'
"""
LETTERS = """
    SELECT count(*), count(DISTINCT rel.res_partner_id)
      FROM mail_mail mail
      JOIN mail_message message ON message.id = mail.mail_message_id
      JOIN mail_mail_res_partner_rel rel ON rel.mail_mail_id = mail.id
     WHERE message.subject LIKE 'All the best, %' OR message.subject LIKE 'Bonne f%'
"""
# Of those resolved the 1st and the 101st have no address.
RIGHT = {
    "ledger": [
        "complaint_opened|done|150|150",
        "complaint_resolved|done|118|118",
        "complaint_resolved|skipped|2|2",
    ],
    "tasks": ["150|150"],
    "letters": ["118|118"],
}
KILLED = [
    (RULE, "_save_progress", 1, "before"),
    (RULE, "_save_progress", 1, "after"),
    (RUN, "_settle", 2, "before"),
    (RULE, "_save_progress", 3, "before"),
    (RULE, "_save_progress", 3, "after"),
    (RULE, "_tell_people", 1, "before"),
]
FORGET = "UPDATE ir_cron_progress SET timed_out_counter = 0"


@pytest.fixture
def complaining(copy, script):
    """Makes a database in which people have complained."""

    def make(sql=""):
        name = copy(sql)
        script(name, COMPLAIN)
        return name

    return make


@pytest.fixture
def found(project):
    """What the rules made of a database."""
    queries = {"ledger": LEDGER, "tasks": TASKS, "letters": LETTERS}
    return lambda name: {kind: project.cluster.ask(sql, name) for kind, sql in queries.items()}


def test_killed_again_and_again_each_is_heard_of_once(
    project, complaining, worker, run, due, found
):
    name = complaining()
    for point in KILLED:
        worker(name, *point).start().wait_until_there().kill()
        project.cluster.ask(FORGET, name)
    assert run(name) == ""
    assert found(name) == RIGHT
    due(name)
    assert run(name) == ""
    assert found(name) == RIGHT


@pytest.mark.parametrize(
    "point", [(RULE, "_plan", 1, "after"), (RUN, "_settle", 1, "before")], ids=["plan", "batch"]
)
def test_two_at_once_each_is_heard_of_once(complaining, worker, run, due, found, point):
    name = complaining(SECOND)
    first = worker(name, *point).start().wait_until_there()
    assert unhandled(run(name)) == []
    assert unhandled(first.go_on().finish()) == []
    due(name)
    assert run(name) == ""
    assert found(name) == RIGHT


def unhandled(log):
    """What a log complains of, but for what PostgreSQL refused one and it tried again."""
    return [line for line in complaints(log) if TRIED_AGAIN not in line]
