"""The past of a filled database: built after installing, and by the upgrade of an older version."""

import pytest

pytestmark = pytest.mark.database

PAST = """
client = env["res.partner"].create({"name": "Old Client", "email": "old@client.example"})
for number in range(3):
    client.message_post(
        body="Hello", subject=f"Mail {number}", message_type="email",
        subtype_xmlid="mail.mt_comment", author_id=client.id, email_from=client.email,
    )
"""
BUILD = """
env.ref("crm_relationship.ir_cron_backfill").method_direct_trigger()
env.ref("crm_relationship.ir_cron_summaries").method_direct_trigger()
"""
OLDER = "UPDATE ir_module_module SET latest_version = '19.0.1.0.0' WHERE name = 'crm_relationship'"
HISTORY = "SELECT subject FROM crm_interaction ORDER BY origin_key"
STATES = "SELECT DISTINCT state FROM crm_interaction_backfill"


def test_past_is_built_by_installing_and_by_upgrading(project, database, script):
    name = database(demo=False)
    ask = project.cluster.ask
    script(name, PAST)
    project.databases.install(name, project.addons.core.names)
    assert ask(STATES, name) == ["todo"]
    script(name, BUILD)
    history = ask(HISTORY, name)
    assert history == ["Mail 0", "Mail 1", "Mail 2"]
    assert ask(STATES, name) == ["done"]

    ask("UPDATE res_partner SET last_interaction_id = NULL", name)
    ask("DELETE FROM crm_interaction; DELETE FROM crm_interaction_backfill", name)
    ask(OLDER, name)
    project.databases.upgrade(name, ["crm_relationship"])
    assert ask(STATES, name) == ["todo"]
    script(name, BUILD)
    assert ask(HISTORY, name) == history
