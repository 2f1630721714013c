"""How each client became what it is to us."""

from .clients import CLIENTS, GIVEN_UP, LEFT, QUIET
from .days import Week, later
from .deals import LEADS, WON
from .xml_file import QUIETLY, File


def status_steps(client):
    """How the client became what it is: (moment, from, to, who, why)."""
    deals = [lead for lead in LEADS if lead.client == client.key]
    deals.sort(key=lambda lead: lead.came.order)
    won = sorted((lead for lead in deals if lead.stage == WON), key=lambda lead: lead.closed.order)
    steps = [(deals[0].came, "cold", "", "First lead or contact")]
    if client.status != "cold":
        steps.append((later(deals[0].came, 1), "prospect", client.user, "Asked for an offer"))
    if won:
        steps.append((won[0].closed, "customer", client.user, f'Because "{won[0].name}" was won'))
    if client.key in GIVEN_UP:
        week, reason = GIVEN_UP[client.key]
        steps.append((Week(week, 3, 16), "dormant", client.user, reason))
    if len(won) > 1 and client.status in ("regular", "key"):
        steps.append((won[1].closed, "regular", client.user, "Came back for more"))
    if client.status == "key":
        steps.append((won[-1].closed, "key", "anna", "Too important to be one of many"))
    if client.status == "dormant":
        steps.append((Week(client.last - 18, 1, 7), "dormant", "anna", QUIET))
    if client.status == "lost":
        week, reason = LEFT[client.key]
        steps.append((Week(week - 1, 2, 10), "lost", client.user, reason))
    before = [None, *(status for __, status, __, __ in steps[:-1])]
    return [
        (moment, old, new, who, why)
        for old, (moment, new, who, why) in zip(before, steps, strict=True)
    ]


def write_statuses():
    out = File("crm_relationship_status_change_demo.xml", QUIETLY)
    for client in CLIENTS:
        for moment, old, new, who, why in status_steps(client):
            start = f"ref('status_{old}')" if old else "None"
            change = f"(ref('{client.ref}'), {start}, ref('status_{new}'), {why!r})"
            uid = f"user_{who}" if who else "base.user_root"
            out.function("res.partner", "_apply_status_changes", uid, f"[[{change}], {moment}]")
    out.write()
