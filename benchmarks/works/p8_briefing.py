"""P8: briefing and first page of the timeline cost little more than Odoo's own chatter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..figures import Cost, Figure, ratio
from .work import Work

# A private person, a company with two people, and one with a history of hundreds of rows.
PERSON, COMPANY, BUSY = "a person", "a company", "Client 5"
CHATTER = f"chatter of {BUSY}"
# What grows with the volume is told by clients who have the same in each: people, deals,
# meetings, mails and calls.
PROFILES = {PERSON: (0, 1, 1, 5, 2), COMPANY: (2, 2, 1, 15, 2)}
# So many clients are looked through for one who comes nearest.
CANDIDATES = 3_000
LIKE_PROFILE = """
    SELECT client.id FROM (
           SELECT id FROM res_partner
            WHERE email LIKE 'client%%' AND commercial_partner_id = id AND name <> %s
            ORDER BY id LIMIT %s) client
     CROSS JOIN LATERAL (
           SELECT array_agg(p.id) AS ids, count(*) - 1 AS people
             FROM res_partner p WHERE p.commercial_partner_id = client.id) family
     CROSS JOIN LATERAL (
           SELECT array_agg(l.id) AS ids, count(*) AS deals
             FROM crm_lead l WHERE l.partner_id = ANY(family.ids)) lead
     CROSS JOIN LATERAL (
           SELECT count(*) AS meetings
             FROM calendar_attendee a WHERE a.partner_id = ANY(family.ids)) met
     CROSS JOIN LATERAL (
           SELECT count(*) AS mails FROM mail_message m
            WHERE (m.model = 'res.partner' AND m.res_id = ANY(family.ids)
                   OR m.model = 'crm.lead' AND m.res_id = ANY(lead.ids))
              AND m.message_type IN ('email', 'comment')
              AND m.subtype_id IN (SELECT id FROM mail_message_subtype
                                    WHERE internal IS NOT TRUE)) written
     CROSS JOIN LATERAL (
           SELECT count(*) AS calls FROM mail_activity a
            WHERE (a.res_model = 'res.partner' AND a.res_id = ANY(family.ids)
                   OR a.res_model = 'crm.lead' AND a.res_id = ANY(lead.ids))) done
     ORDER BY abs(people - %s) + abs(deals - %s) + abs(meetings - %s) + abs(mails - %s)
              + abs(calls - %s), client.id
     LIMIT 1
"""


def _named(name: str) -> Any:
    """Finds the client of this name, or who comes nearest to this profile."""

    def find(env: Any) -> Any:
        partners = env["res.partner"]
        if name not in PROFILES:
            return partners.search([("name", "=", name)], limit=1)
        env.cr.execute(LIKE_PROFILE, (BUSY, CANDIDATES, *PROFILES[name]))
        return partners.browse(env.cr.fetchone()[0])

    return find


def _chatter(partner: Any) -> Any:
    """What the route `/mail/thread/messages` does."""
    from odoo.addons.mail.tools.discuss import Store

    messages = partner.env["mail.message"]._message_fetch(domain=None, thread=partner)["messages"]
    messages.set_message_done()
    return Store().add(messages).get_result()


WORKS: dict[str, Work] = {
    f"chatter of {PERSON}": Work(_chatter, _named(PERSON)),
    CHATTER: Work(_chatter, _named(BUSY)),
    **{
        f"{what} of {name}": Work(act, _named(name), ours_only=True)
        for name in (PERSON, COMPANY, BUSY)
        for what, act in (
            ("briefing", lambda partner: partner.get_briefing()),
            ("timeline", lambda partner: partner.get_timeline()),
        )
    },
}


def figures(base: Mapping[str, Cost], ours: Mapping[str, Cost]) -> Iterator[Figure]:
    """Ours against the chatter call in the same database."""
    unit = ours[CHATTER].cpu_ms
    for name, limit in ((PERSON, 1.5), (COMPANY, 3.0), (BUSY, 3.0)):
        for what in ("briefing", "timeline"):
            work = f"{what} of {name}"
            people = "" if name == PERSON else " and its people"
            yield ratio("P8", f"{work}{people}", ours[work].cpu_ms, unit, limit)


# What is compared with a tenth of the volume: clients of one profile.
GROWING = [f"{what} of {name}" for what in ("briefing", "timeline") for name in PROFILES]
