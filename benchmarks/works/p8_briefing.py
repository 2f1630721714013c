"""P8: briefing and first page of the timeline cost little more than Odoo's own chatter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..figures import Cost, Figure, ratio
from .work import Work

# A private person, and a company with people and a history of hundreds of rows.
PERSON, COMPANY = "Client 4", "Client 5"
CHATTER = f"chatter of {COMPANY}"


def _named(name: str) -> Any:
    return lambda env: env["res.partner"].search([("name", "=", name)], limit=1)


def _chatter(partner: Any) -> Any:
    """What the route `/mail/thread/messages` does."""
    from odoo.addons.mail.tools.discuss import Store

    messages = partner.env["mail.message"]._message_fetch(domain=None, thread=partner)["messages"]
    messages.set_message_done()
    return Store().add(messages).get_result()


WORKS: dict[str, Work] = {
    f"chatter of {PERSON}": Work(_chatter, _named(PERSON)),
    CHATTER: Work(_chatter, _named(COMPANY)),
    **{
        f"{what} of {name}": Work(act, _named(name), ours_only=True)
        for name in (PERSON, COMPANY)
        for what, act in (
            ("briefing", lambda partner: partner.get_briefing()),
            ("timeline", lambda partner: partner.get_timeline()),
        )
    },
}


def figures(base: Mapping[str, Cost], ours: Mapping[str, Cost]) -> Iterator[Figure]:
    """Ours against the chatter call in the same database."""
    unit = ours[CHATTER].cpu_ms
    for name, limit in ((PERSON, 1.5), (COMPANY, 3.0)):
        for what in ("briefing", "timeline"):
            work = f"{what} of {name}"
            people = " and its people" if name == COMPANY else ""
            yield ratio("P8", f"{work}{people}", ours[work].cpu_ms, unit, limit)
