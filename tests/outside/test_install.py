"""Install, fill, uninstall, install again: nothing is left over and nothing complains."""

import pytest

from workbench.odoolog import complaints

pytestmark = pytest.mark.database

# What a database consists of, each as the query that lists it.
INVENTORY = {
    "tables": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
    "views": "SELECT viewname FROM pg_views WHERE schemaname = 'public'",
    "columns": """
        SELECT table_name || '.' || column_name FROM information_schema.columns
        WHERE table_schema = 'public'
    """,
    "constraints": "SELECT conrelid::regclass || '.' || conname FROM pg_constraint",
    "indexes": "SELECT indexname FROM pg_indexes WHERE schemaname = 'public'",
    "sequences": "SELECT sequencename FROM pg_sequences WHERE schemaname = 'public'",
    "functions": """
        SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    """,
    "triggers": "SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model || '.' || name FROM ir_model_fields",
    "selections": """
        SELECT f.model || '.' || f.name || '=' || s.value
        FROM ir_model_fields_selection s JOIN ir_model_fields f ON f.id = s.field_id
    """,
    # Odoo itself notes that mail and others extend a model that inherits from theirs, and
    # keeps these notes when any addon with such a model is uninstalled.
    "external ids": """
        SELECT module || '.' || name FROM ir_model_data
        WHERE module LIKE 'crm_relationship%'
        OR model NOT IN ('ir.model.inherit', 'ir.model.fields.selection')
    """,
    "scheduled actions": "SELECT cron_name FROM ir_cron",
    "actions": "SELECT type || ' ' || id FROM ir_actions",
    "menus": "SELECT id::text FROM ir_ui_menu",
    "views of models": "SELECT id::text FROM ir_ui_view",
    "groups": "SELECT id::text FROM res_groups",
    "access rights": "SELECT id::text FROM ir_model_access",
    "record rules": "SELECT id::text FROM ir_rule",
    "mail templates": "SELECT id::text FROM mail_template",
    "SMS templates": "SELECT id::text FROM sms_template",
    "activity types": "SELECT id::text FROM mail_activity_type",
    "parameters": "SELECT key FROM ir_config_parameter",
    "defaults": "SELECT id::text FROM ir_default",
    "subtypes": "SELECT id::text FROM mail_message_subtype",
}
FILL = """
partner = env["res.partner"].create({"name": "Left Over", "email": "left@over.example"})
# Whoever opted out before the addon was uninstalled is on Odoo's own blacklist still.
env["mail.blacklist"]._remove(partner.email)
status = env["crm.relationship.status"].search([], limit=1)
partner.relationship_status_id = status
lead = env["crm.lead"].create({"name": "Left over", "partner_id": partner.id})
lead.message_post(body="An offer", message_type="email", partner_ids=partner.ids)
lead.activity_schedule("mail.mail_activity_data_call", summary="Call").action_feedback()
env["mail.activity.type"].search([], limit=1)
kind = env.ref("crm_relationship.date_kind_birthday")
today = env["crm.relationship.rule"]._fields["date_start"].today()
env["crm.important.date"].create(
    {"partner_id": partner.id, "kind_id": kind.id, "month": today.month, "day": today.day}
)
letter = env.ref("crm_relationship.mail_template_birthday")
rule = env["crm.relationship.rule"].create(
    {
        "name": "Left over",
        "active": True,
        "user_id": env.ref("base.user_admin").id,
        "date_kind_id": kind.id,
        "date_start": today.replace(year=2020),
        "send_hour": 0,
        "action_ids": [
            (0, 0, {"kind": "mail", "template_id": letter.id}),
            (0, 0, {"kind": "activity", "summary": "Call"}),
            (0, 0, {"kind": "activity", "summary": "Later", "delay": 3}),
        ],
    }
)
env["crm.relationship.rule"].with_context(active_test=False).search([]).action_switch_on()
rule._run()
assert {"done", "todo"} <= set(rule.run_ids.mapped("state")), rule.run_ids.mapped("reason")
env["crm.relationship.unsubscribe"].search([], limit=1)._stop("Enough")
partner.relationship_rules_off = True
"""


@pytest.fixture
def inventory(project):
    """Lists what a database consists of."""

    def take(database):
        ask = project.cluster.ask
        return {kind: set(ask(sql, database)) for kind, sql in INVENTORY.items()}

    return take


@pytest.fixture
def uninstall(project):
    """Uninstalls addons of ours; returns Odoo's log."""

    def run(database, names):
        log = project.places.logs / f"{database}-uninstall.log"
        words = ("module", "uninstall", "-d", database, *names)
        return project.odoo.run(log, f"uninstall {' '.join(names)}", *words)

    return run


@pytest.mark.parametrize("demo", [False, True], ids=["the core", "all with demo"])
def test_install_uninstall_reinstall(project, database, script, inventory, uninstall, demo):
    name = database(demo)
    names = (project.addons if demo else project.addons.core).names
    before = inventory(name)

    assert "\n".join(complaints(project.databases.install(name, names))) == ""
    installed = inventory(name)
    assert installed["models"] > before["models"]
    assert "\n".join(complaints(script(name, FILL))) == ""

    assert "\n".join(complaints(uninstall(name, names))) == ""
    assert leftovers(before, inventory(name)) == {}

    assert "\n".join(complaints(project.databases.install(name, names))) == ""
    assert inventory(name)["models"] == installed["models"]
    assert "\n".join(complaints(script(name, FILL))) == ""


def test_upgrade_of_what_is_installed_changes_nothing(project, database, inventory):
    name = database(demo=True)
    project.databases.install(name, project.addons.names)
    before = inventory(name)
    log = project.databases.upgrade(name, project.addons.names)
    assert "\n".join(complaints(log)) == ""
    assert inventory(name) == before


def test_bridges_come_and_go_without_the_core(project, database, script, inventory, uninstall):
    """They install themselves with the core, and leave nothing behind in it."""
    name = database(demo=True)
    bridges = [addon.name for addon in project.addons.bridges]
    names = ", ".join(f"'{bridge}'" for bridge in bridges)
    installed = f"SELECT name FROM ir_module_module WHERE state = 'installed' AND name IN ({names})"
    before = inventory(name)

    log = project.databases.install(name, project.addons.core.names)
    assert "\n".join(complaints(log)) == ""
    assert sorted(project.cluster.ask(installed, name)) == sorted(bridges)

    assert "\n".join(complaints(uninstall(name, bridges))) == ""
    left = inventory(name)
    for bridge in bridges:
        assert not [found for found in left["external ids"] if found.startswith(f"{bridge}.")]
    assert "\n".join(complaints(script(name, FILL))) == ""

    assert "\n".join(complaints(uninstall(name, project.addons.core.names))) == ""
    assert leftovers(before, inventory(name)) == {}


def leftovers(before, after):
    """What is there now and was not, and what was there and is not."""
    changed = {kind: sorted(before[kind] ^ after[kind]) for kind in before}
    return {kind: names for kind, names in changed.items() if names}
