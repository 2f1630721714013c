"""Two bad records of 300, one that PostgreSQL refuses and one that Python stumbles over."""

import pytest

pytestmark = pytest.mark.database

# No task can be made for one, no letter written to another.
SPOIL = """
    ALTER TABLE mail_activity ADD CONSTRAINT spoilt CHECK (res_name <> 'Person 151');
    UPDATE mail_template
       SET body_html = (replace(body_html::text, '<p>', $$<p><t t-if='object.name == $$
                                || $$\\"Person 152\\"' t-out='1 / 0'/>$$))::jsonb
     WHERE name->>'en_US' = 'Greeting';
"""
MEND = """
    ALTER TABLE mail_activity DROP CONSTRAINT spoilt;
    UPDATE mail_template
       SET body_html = regexp_replace(body_html::text, '<t t-if[^>]*>', '', 'g')::jsonb
     WHERE name->>'en_US' = 'Greeting';
"""
RETRY = """
runs = env["crm.relationship.rule.run"].search([("state", "=", "failed")])
runs.filtered(lambda run: run.partner_id.name == {name!r}).action_retry()
"""
FAILED = """
    SELECT client.name, run.attempts, run.reason
      FROM crm_relationship_rule_run run JOIN res_partner client ON client.id = run.partner_id
     WHERE run.state = 'failed' ORDER BY client.name
"""
# What was touched by the last run, and what people are asked to look at.
DONE_SINCE = "SELECT count(*) FROM crm_relationship_rule_run WHERE date_done > '{}'"
NOTICES = """
    SELECT summary, count(*) FROM mail_activity WHERE res_model = 'crm.relationship.rule'
     GROUP BY summary
"""
NOW = "SELECT now() AT TIME ZONE 'UTC'"


def test_everybody_else_is_served_and_only_who_is_retried_is_touched(
    project, copy, run, due, state, script, undisturbed
):
    name = copy(SPOIL)
    ask = project.cluster.ask
    log = run(name)
    assert log.count(" failed for ") == 2
    (sql, python) = ask(FAILED, name)
    assert sql.startswith("Person 151|1|new row for relation")
    assert python.startswith("Person 152|1|") and "division by zero" in python
    missing = {kind: set(undisturbed[kind]) - set(state(name)[kind]) for kind in undisturbed}
    assert {kind: len(missing[kind]) for kind in ("ledger", "letters", "tasks")} == {
        "ledger": 2,
        "letters": 1,
        "tasks": 1,
    }
    assert len(ask(NOTICES, name)) == 1

    now = ask(NOW, name)[0]
    due(name)
    assert run(name) == ""
    assert ask(DONE_SINCE.format(now), name) == ["0"], "nothing is tried again by itself"

    ask(MEND, name)
    script(name, RETRY.format(name="Person 152"))
    assert run(name) == ""
    assert ask(DONE_SINCE.format(now), name) == ["1"]
    assert [line.split("|")[0] for line in ask(FAILED, name)] == ["Person 151"]
    assert state(name)["letters"] == undisturbed["letters"]
