"""An upgrade from 19.0.1.0.0: what the data files do not touch because it may be a user's own."""

import pytest

pytestmark = pytest.mark.database

# As it was in 19.0.1.0.0, with a client who has waited for an hour.
BEFORE = """
from odoo import fields
rule = env.ref("crm_relationship.crm_interaction_rule_salesman")
rule.domain_force = "[('is_private', '=', False)]"
env.ref("mail.mail_activity_data_email").interaction_channel = False
env["properties.base.definition"].search([("id", "!=", 0)]).properties_definition = [
    {"name": "language", "string": "Speaks", "type": "char"}
]
client = env["res.partner"].create({"name": "Old Client", "user_id": env.ref("base.user_admin").id})
env["crm.interaction"].create({
    "partner_id": client.id, "direction": "in", "needs_reply": True, "subject": "A price?",
    "date": fields.Datetime.subtract(fields.Datetime.now(), hours=1),
})
promise = env["crm.promise"].create({
    "name": "Call back", "date_due": fields.Date.today(),
    "partner_id": env["res.partner"].create({"name": "Promised"}).id,
})
promise.activity_id.is_promise = False
came = env["res.partner"].create({"name": "Came Once"})
env["crm.lead"].create({"name": "Desks", "partner_id": came.id})
env.cr.flush()
came._set_acquisition()
came.acquisition_lead_id = False
env["crm.relationship.status"].search([]).write({"move_on": False, "move_back_on": False})
sent = env["res.partner"].create({
    "name": "Sent Before", "referrer_id": came.id, "user_id": env.ref("base.user_admin").id,
    "relationship_status_id": env.ref("crm_relationship.status_customer").id,
})
env["crm.lead"].create({"name": "Chairs", "partner_id": sent.id}).action_set_won()
marketing = env.ref("crm_relationship.rule_birthday")
service = env.ref("crm_relationship.rule_keep_in_touch")
assert (marketing.purpose, service.purpose) == ("marketing", "service")
env.cr.execute("ALTER TABLE crm_relationship_rule DROP COLUMN hold_complaint")
healthy = env["res.partner"].create({
    "name": "Healthy", "relationship_status_id": env.ref("crm_relationship.status_key").id,
})
env["crm.interaction"].create({"partner_id": healthy.id, "date": "2020-01-01"})
env.cr.flush()
healthy._refresh_relationship()
env.cr.execute("UPDATE res_partner SET health_conduct = NULL WHERE id = %s", [healthy.id])
env.cr.execute("UPDATE res_partner SET first_won_date = NULL WHERE id = %s", [sent.id])
silent = env["res.partner"].create([{"name": f"Silent {number}"} for number in range(101)])
env.flush_all()
customer = env.ref("crm_relationship.status_customer")
env["res.partner"]._apply_dated_changes(
    [(client.id, None, customer.id, "Bought", "2020-01-01") for client in silent]
)
env.cr.execute("DELETE FROM crm_relationship_refresh")
module = env["ir.module.module"].search([("name", "=", "crm_relationship")])
module.latest_version = "19.0.1.0.0"
"""
AFTER = """
for name in ("backfill", "summaries", "waiting", "moves"):
    env.ref(f"crm_relationship.ir_cron_{name}").method_direct_trigger()
env.cr.rollback()
rule = env.ref("crm_relationship.crm_interaction_rule_salesman")
print("private leads:", "former_lead_user_id" in rule.domain_force)
print("email:", env.ref("mail.mail_activity_data_email").interaction_channel)
definition = env["properties.base.definition"].search([("id", "!=", 0)])
names = [item["string"] for item in definition.properties_definition]
print("properties:", names[0], len(names))
waiting = env["crm.interaction"].search([("subject", "=", "A price?")])
print("waits:", waiting.is_waiting, "by", bool(waiting.response_deadline))
promise = env["crm.promise"].search([("name", "=", "Call back")])
print("promise:", promise.activity_id.is_promise)
came = env["res.partner"].search([("name", "=", "Came Once")])
print("first lead:", came.acquisition_lead_id.name, bool(came.acquisition_date))
marketing = env.ref("crm_relationship.rule_birthday")
service = env.ref("crm_relationship.rule_keep_in_touch")
print("holds:", marketing.hold_complaint, service.hold_complaint)
healthy = env["res.partner"].search([("name", "=", "Healthy")])
print("conduct:", healthy.health_conduct)
dormant = env.ref("crm_relationship.status_dormant")
print("dormant:", dormant.move_on, dormant.move_days, dormant.move_from_ids.mapped("kind"))
silent = env["res.partner"].search([("name", "like", "Silent ")])
print("silent:", set(silent.relationship_status_id.mapped("kind")), dormant.move_held_count)
print("told:", env["mail.message"].search_count([
    ("subject", "=", "101 clients would become Dormant"),
    ("partner_ids", "in", env.ref("base.user_admin").partner_id.id),
]))
sent = env["res.partner"].search([("name", "=", "Sent Before")])
thanks = env.ref("crm_relationship.mail_activity_type_thanks")
print("won:", bool(sent.first_won_date), "thanks:", env["mail.activity"].search_count(
    [("activity_type_id", "=", thanks.id)]
))
print("tasks:", env["mail.activity"].search_count([("res_name", "=", "Old Client")]))
"""


def test_upgrade_brings_what_a_new_installation_has(project, database, script):
    name = database(demo=False)
    project.databases.install(name, project.addons.core.names)
    script(name, BEFORE)
    project.databases.upgrade(name, ["crm_relationship"])
    log = script(name, AFTER)
    for line in (
        "private leads: True",
        "email: email",
        "properties: Speaks 7",
        "waits: True by True",
        "promise: True",
        "first lead: Desks True",
        "holds: True False",
        "conduct: 1.0",
        "dormant: silence 365 ['customer', 'regular']",
        "silent: {'customer'} 101",
        "told: 1",
        "won: True thanks: 0",
        "tasks: 0",
    ):
        assert line in log, (line, log)
