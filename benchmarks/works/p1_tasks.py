"""P1: tasks of a rule, with a digest and the ledger, cost a fifteenth of Odoo's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..figures import Cost, Figure, a_record, times_less
from ..rules import RECORDS
from .rules import has_ours, leads_due, our_rule, stock_rule
from .work import Work

NAME = f"rule, {RECORDS} tasks"


def _prepare(env: Any) -> Any:
    leads_due(env)
    if has_ours(env):
        return our_rule(env, kind="activity", summary="Call")
    return stock_rule(
        env,
        state="next_activity",
        activity_type_id=env.ref("mail.mail_activity_data_todo").id,
        activity_summary="Call",
        activity_user_type="generic",
        activity_user_field_name="user_id",
    )


WORKS: dict[str, Work] = {NAME: Work(lambda run: run(), _prepare, records=RECORDS, rounds=3)}


def figures(base: Mapping[str, Cost], ours: Mapping[str, Cost]) -> Iterator[Figure]:
    """Odoo's automation rule and ours side by side."""
    yield a_record("P1", NAME, base[NAME], ours[NAME], 1.0)
    yield times_less("P1", NAME, base[NAME], ours[NAME], 15)
