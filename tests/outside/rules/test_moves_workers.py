"""Clients whose day has come, looked at by workers that are killed or work side by side."""

import pytest
from queries import SECOND

from workbench.odoolog import complaints

pytestmark = pytest.mark.database

PARTNER = "res.partner"
CLIENTS, BATCH = 2200, 1000
# Customers of 2020, of whom nothing else is known: dormant a year later, lost two years after that.
FILL = f"""
from odoo import fields
quiet = env["res.partner"].with_context(tracking_disable=True, mail_auto_subscribe_no_notify=True)
clients = quiet.create([{{"name": f"Quiet {{n}}"}} for n in range({CLIENTS})])
customer = env.ref("crm_relationship.status_customer")
env.flush_all()
clients._apply_dated_changes(
    [(client.id, None, customer.id, "Bought", "2020-01-01 10:00:00") for client in clients]
)
clients.relationship_check_date = fields.Date.today()
env["crm.interaction.backfill"].search([("id", "!=", 0)]).state = "done"
env["ir.cron"].search([("id", "!=", 0)]).active = False
moves = env.ref("crm_relationship.ir_cron_moves")
moves.write({{"active": True, "nextcall": fields.Datetime.now()}})
env.flush_all()
env.cr.execute("DELETE FROM crm_relationship_refresh")
"""
# How many were moved, and how many rows their way has by then.
COUNTS = """
    SELECT (SELECT count(*) FROM res_partner p JOIN crm_relationship_status s
                ON s.id = p.relationship_status_id
             WHERE p.name LIKE 'Quiet %' AND s.kind = 'lost'),
           (SELECT count(*) FROM crm_relationship_status_change c JOIN res_partner p
                ON p.id = c.partner_id WHERE p.name LIKE 'Quiet %')
"""
WAY = """
    SELECT string_agg(s.kind || ' ' || c.date || ' ' || coalesce(c.date_to::text, 'now'), ', '
                      ORDER BY c.date, c.id)
      FROM crm_relationship_status_change c JOIN res_partner p ON p.id = c.partner_id
      JOIN crm_relationship_status s ON s.id = c.to_status_id
     WHERE p.name LIKE 'Quiet %'
     GROUP BY p.id
"""
LEFT = "SELECT count(*) FROM res_partner WHERE relationship_check_date <= current_date"
DONE = (
    "customer 2020-01-01 10:00:00 2020-12-31 10:00:00, "
    "dormant 2020-12-31 10:00:00 2022-12-31 10:00:00, lost 2022-12-31 10:00:00 now"
)
KILLED = [
    ("claimed", (PARTNER, "_claim_due", 1, "after"), f"0|{CLIENTS}"),
    ("moved but not committed", (PARTNER, "_advance_status", 1, "after"), f"0|{CLIENTS}"),
    ("between status and trace", (PARTNER, "_write_moves", 1, "after"), f"0|{CLIENTS}"),
    (
        "in the second batch",
        (PARTNER, "_advance_status", 2, "before"),
        f"{BATCH}|{CLIENTS + 2 * BATCH}",
    ),
]
FORGET = "UPDATE ir_cron_progress SET timed_out_counter = 0"


@pytest.fixture
def quiet(copy, script):
    """Makes databases in which 2,200 clients are silent for years, and nobody has looked."""

    def make():
        name = copy()
        script(name, FILL)
        return name

    return make


def assert_moved(project, name):
    assert set(project.cluster.ask(WAY, name)) == {DONE}
    assert project.cluster.ask(COUNTS, name) == [f"{CLIENTS}|{3 * CLIENTS}"]
    assert project.cluster.ask(LEFT, name) == ["0"]


def test_killed_again_and_again_everybody_moves_once(project, quiet, worker, run):
    name = quiet()
    for where, point, counts in KILLED:
        worker(name, *point).start().wait_until_there().kill()
        assert project.cluster.ask(COUNTS, name) == [counts], where
        project.cluster.ask(FORGET, name)
    assert run(name) == ""
    assert_moved(project, name)


def test_one_moves_the_others_while_another_stands_still(project, quiet, worker, run):
    name = quiet()
    project.cluster.ask(SECOND, name)
    first = worker(name, PARTNER, "_claim_due", 1, "after").start().wait_until_there()
    # What the first holds is passed over, and nobody waits for it.
    assert complaints(run(name)) == []
    moved = CLIENTS - BATCH
    assert project.cluster.ask(COUNTS, name) == [f"{moved}|{CLIENTS + 2 * moved}"]
    assert complaints(first.go_on().finish()) == []
    assert_moved(project, name)


def test_two_at_full_speed(project, quiet, worker):
    name = quiet()
    project.cluster.ask(SECOND, name)
    workers = [worker(name), worker(name)]
    for one in workers:
        one.start()
    assert [complaints(one.finish()) for one in workers] == [[], []]
    assert_moved(project, name)
