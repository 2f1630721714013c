"""P2: letters of a rule into the queue cost a third of Odoo's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..figures import Cost, Figure, a_record, times_less
from ..rules import RECORDS
from .rules import has_ours, leads_due, letter, our_rule, stock_rule
from .work import Work

NAME = f"rule, {RECORDS} letters"


def _prepare(env: Any) -> Any:
    leads_due(env)
    template = letter(env)
    if has_ours(env):
        return our_rule(env, kind="mail", template_id=template.id)
    return stock_rule(env, state="mail_post", mail_post_method="email", template_id=template.id)


WORKS: dict[str, Work] = {NAME: Work(lambda run: run(), _prepare, records=RECORDS, rounds=5)}


def figures(base: Mapping[str, Cost], ours: Mapping[str, Cost]) -> Iterator[Figure]:
    """Odoo's automation rule and ours side by side."""
    yield a_record("P2", NAME, base[NAME], ours[NAME], 1.0)
    yield times_less("P2", NAME, base[NAME], ours[NAME], 3)
