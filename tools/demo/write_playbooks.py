"""Playbooks as they are worked by: published a year ago, with what was ticked since."""

from .clients import CLIENTS
from .days import later
from .deals import LEADS, LOST, NEW, PROPOSAL, WON, owner
from .write_leads import last_step
from .xml_file import QUIETLY, File, Raw, Ref

PUBLISHED = Raw("DateTime.now() - relativedelta(days=370)")
OFFER = "playbook_offer"
OFFER_BODY = (
    "<p>An offer answers the question that was asked. If we cannot say in one sentence what the "
    "client wants to have changed, it is too early: call once more.</p>"
    "<p>Two variants, not five; the price on the first page; what it does not contain, too. "
    "Whoever gets it should be able to hand it to the boss without explaining.</p>"
    "<p>We do not send offers into silence. The day we talk about it is agreed before it "
    "goes out.</p>"
)
OFFER_LINES = [
    ("question", "What would make you say yes without asking anybody?"),
    ("question", "What did the others offer, and what do you like about it?"),
    ("question", "What must not happen on the day we deliver?"),
    ("step", "Measure or see the room, or have photos of it"),
    ("step", "Know the budget, or offer two variants"),
    ("step", "Ask the workshop for a day that holds"),
    ("step", "Agree on the day when we talk about the offer"),
]
PROSPECT = "playbook_prospect"
WHY_NOT = [
    "They sent the plan with all measures",
    "Same room as last year",
    "Stock goods, no delivery day needed",
]


def write_playbooks():
    out = File("crm_playbook_demo.xml", QUIETLY)
    _write_offer(out)
    _publish_prospect(out)
    _write_ticks_of_deals(out)
    _write_ticks_of_clients(out)
    out.write()


def _write_offer(out):
    out.record(
        OFFER,
        "crm.playbook",
        name="Before we make an offer",
        stage_id=Ref("crm.stage_lead2"),
        team_ids=Raw("[Command.set([ref('crm_team_oak_light')])]"),
        draft_body=OFFER_BODY,
    )
    lines = []
    for number, (kind, name) in enumerate(OFFER_LINES, 1):
        xmlid = f"{OFFER}_line_{number}"
        out.record(
            xmlid,
            "crm.playbook.step",
            playbook_id=Ref(OFFER),
            sequence=number,
            kind=kind,
            name=name,
            is_published=Raw("True"),
        )
        lines.append(f"{{'id': ref('{xmlid}'), 'kind': {kind!r}, 'name': {name!r}}}")
    _write_version(out, OFFER, Raw(f"[{', '.join(lines)}]"), Raw(repr(OFFER_BODY)))


def _publish_prospect(out):
    lines = Raw("obj().browse(ref('playbook_prospect')).step_ids._prepare_lines()", "crm.playbook")
    body = Raw("obj().browse(ref('playbook_prospect')).draft_body", "crm.playbook")
    _write_version(out, PROSPECT, lines, body)


def _write_version(out, playbook, lines, body):
    out.record(
        f"{playbook}_version",
        "crm.playbook.version",
        playbook_id=Ref(playbook),
        version=Raw("1"),
        date=PUBLISHED,
        user_id=Ref("user_anna"),
        body=body,
        lines=lines,
        note="How we go about it, from what worked and what did not",
    )
    present = (
        f"[[ref('{playbook}')], {{'version_id': ref('{playbook}_version'), 'draft_note': False}}]"
    )
    out.function("crm.playbook", "write", "base.user_root", present)
    for user in ("anna", "carla") if playbook == OFFER else ("anna", "ben", "carla"):
        out.record(
            f"{playbook}_read_{user}",
            "crm.playbook.read",
            playbook_id=Ref(playbook),
            version_id=Ref(f"{playbook}_version"),
            user_id=Ref(f"user_{user}"),
            date=Raw("DateTime.now() - relativedelta(days=365)"),
        )


def _steps_done(lead, number):
    """How many of the four steps were done; who wins has mostly done more."""
    if lead.stage == WON:
        return (4, 4, 3, 4, 2, 0)[number % 6]
    if lead.stage == LOST:
        return (0, 2, 0, 4, 1)[number % 5]
    return {PROPOSAL: (4, 3, 2)[number % 3], NEW: 0}.get(lead.stage, number % 4)


def _write_ticks_of_deals(out):
    steps = [
        f"{OFFER}_line_{number}"
        for number, (kind, __) in enumerate(OFFER_LINES, 1)
        if kind == "step"
    ]
    for number, lead in enumerate(LEADS):
        done = _steps_done(lead, number)
        for place, step in enumerate(steps[:done]):
            skipped = place == 0 and number % 7 == 3
            _write_tick(
                out,
                f"{lead.xmlid}_tick_{place}",
                key=Raw(f"'lead:%d:%d' % (ref('{lead.xmlid}'), ref('{step}'))"),
                playbook_id=Ref(OFFER),
                step_id=Ref(step),
                lead_id=Ref(lead.xmlid),
                state="skipped" if skipped else "done",
                reason=WHY_NOT[number % 3] if skipped else "",
                user_id=Ref(f"user_{owner(lead)}"),
                date=last_step(lead),
            )


def _write_ticks_of_clients(out):
    came = {}
    for lead in LEADS:
        came.setdefault(lead.client, lead.came)
    prospects = [client for client in CLIENTS if client.status not in ("cold", "lost")]
    for number, client in enumerate(prospects):
        # Who buys today was asked all of it when it was a prospect, mostly.
        usual = (3, 5, 1, 4, 0, 2) if client.status == "prospect" else (5, 5, 3, 5, 0, 4)
        for place in range(1, 1 + usual[number % 6]):
            step = f"{PROSPECT}_step_{place}"
            _write_tick(
                out,
                f"{client.key}_tick_{place}",
                key=Raw(f"'client:%d:%d' % (ref('{client.ref}'), ref('{step}'))"),
                playbook_id=Ref(PROSPECT),
                step_id=Ref(step),
                partner_id=Ref(client.ref),
                state="done",
                user_id=Ref(f"user_{client.user}"),
                date=later(came[client.key], 1),
            )


def _write_tick(out, xmlid, /, **values):
    # Who unticks a step deletes the tick, and ticks it anew by another: the first stays away.
    out.record(xmlid, "crm.playbook.tick", is_created_again=False, **values)
