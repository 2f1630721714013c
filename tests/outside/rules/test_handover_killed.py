"""A handover whose worker is killed on the way there and on the way back."""

import pytest

from workbench.odoolog import complaints

pytestmark = pytest.mark.database

HANDOVER = "crm.handover"
CLIENTS, BATCH = 1200, 500
# One salesperson's clients, written down to be handed over, and nothing else to do.
FILL = f"""
from odoo import Command, fields
giver, taker = env["res.users"].with_context(no_reset_password=True).create([
    {{"name": name, "login": name, "email": f"{{name}}@us.example.com",
      "group_ids": [Command.link(env.ref("sales_team.group_sale_salesman").id)]}}
    for name in ("giver", "taker")
])
quiet = env["res.partner"].with_context(tracking_disable=True, mail_auto_subscribe_no_notify=True)
quiet.create([{{"name": f"Lent {{n}}", "user_id": giver.id}} for n in range({CLIENTS})])
today = fields.Date.today()
env["crm.handover"].create({{
    "from_user_id": giver.id, "to_user_id": taker.id,
    "date_from": fields.Date.subtract(today, days=1), "date_until": fields.Date.add(today, days=9),
}})._start()
env["crm.interaction.backfill"].search([("id", "!=", 0)]).state = "done"
env["ir.cron"].search([("id", "!=", 0)]).active = False
work = env.ref("crm_relationship.ir_cron_handover")
work.write({{"active": True, "nextcall": fields.Datetime.now()}})
env.flush_all()
env.cr.execute("DELETE FROM crm_relationship_refresh")
"""
# Whose clients they are, the lines by their state, notes on clients, messages to both.
COUNTS = """
    SELECT (SELECT count(*) FROM res_partner p JOIN res_users u ON u.id = p.user_id
             WHERE p.name LIKE 'Lent %' AND u.login = 'taker'),
           (SELECT string_agg(state || ' ' || number, ', ' ORDER BY state)
              FROM (SELECT state, count(*) AS number FROM crm_handover_line GROUP BY state) lines),
           (SELECT count(*) FROM mail_message m JOIN res_partner p ON p.id = m.res_id
             WHERE m.model = 'res.partner' AND p.name LIKE 'Lent %' AND m.body LIKE '%taker%'),
           (SELECT count(*) FROM mail_message m WHERE m.message_type = 'user_notification')
"""
THERE = [
    ("lines claimed", (HANDOVER, "_claim_lines", 1, "after"), 0),
    ("given but not committed", (HANDOVER, "_write_lines", 1, "after"), 0),
    ("in the second batch", (HANDOVER, "_write_lines", 2, "after"), BATCH),
    ("before both are told", (HANDOVER, "_finish", 1, "before"), CLIENTS),
    ("told but not committed", (HANDOVER, "_finish", 1, "after"), CLIENTS),
]
BACK = [
    ("begun but not committed", (HANDOVER, "_begin_return", 1, "after"), CLIENTS),
    ("taken but not committed", (HANDOVER, "_return_lines", 1, "after"), CLIENTS),
    ("in the second batch", (HANDOVER, "_return_lines", 2, "after"), CLIENTS - BATCH),
    ("listed but not committed", (HANDOVER, "_list_what_came", 1, "after"), 0),
]
DUE = "UPDATE crm_handover SET date_until = current_date"
AGAIN = """
    UPDATE ir_cron_progress SET timed_out_counter = 0;
    UPDATE ir_cron SET nextcall = now() at time zone 'UTC' WHERE active
"""


def lines(moved, before, after):
    """What the lines say when so many have been moved."""
    left = {after: moved, before: CLIENTS - moved}
    return ", ".join(f"{state} {left[state]}" for state in sorted(left) if left[state])


def test_killed_again_and_again_each_client_goes_once_and_comes_back_once(
    project, copy, script, worker, run
):
    name = copy()
    script(name, FILL)
    for where, point, moved in THERE:
        worker(name, *point).start().wait_until_there().kill()
        expected = f"{moved}|{lines(moved, 'todo', 'moved')}|{moved}|0"
        assert project.cluster.ask(COUNTS, name) == [expected], where
        project.cluster.ask(AGAIN, name)
    assert complaints(run(name)) == []
    told = f"{CLIENTS}|moved {CLIENTS}|{CLIENTS}|2"
    assert project.cluster.ask(COUNTS, name) == [told]
    project.cluster.ask(DUE, name)
    project.cluster.ask(AGAIN, name)
    for where, point, kept in BACK:
        worker(name, *point).start().wait_until_there().kill()
        state = lines(CLIENTS - kept, "moved", "returned")
        assert project.cluster.ask(COUNTS, name) == [f"{kept}|{state}|{CLIENTS}|2"], where
        project.cluster.ask(AGAIN, name)
    assert complaints(run(name)) == []
    assert project.cluster.ask(COUNTS, name) == [f"0|returned {CLIENTS}|{CLIENTS}|4"]
    assert project.cluster.ask("SELECT state FROM crm_handover", name) == ["returned"]
