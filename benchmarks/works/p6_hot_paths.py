"""P6: what people do all day costs at most three statements more, whatever the number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..figures import Cost, Figure, added_cpu, added_statements
from .work import MANY_ROUNDS, SOME_ROUNDS, Work

BATCH = 50
STATEMENTS = 3


def _partners(env: Any, count: int) -> Any:
    """Clients from the middle of the volume."""
    partners = env["res.partner"]
    return partners.search([("email", "=like", "client%")], offset=1000 % (count * 7), limit=count)


def _leads(env: Any, count: int) -> Any:
    return env["crm.lead"].search(
        [("won_status", "=", "pending"), ("user_id", "!=", False)], order="id", limit=count
    )


def _lead_values(env: Any, count: int) -> tuple[Any, list[dict[str, Any]]]:
    values = [
        {"name": f"New deal {number}", "type": "opportunity", "partner_id": partner.id}
        for number, partner in enumerate(_partners(env, count))
    ]
    return env["crm.lead"], values


def _activities(env: Any, count: int) -> Any:
    call = env.ref("mail.mail_activity_data_call")
    activities = env["mail.activity"].create(
        [
            {
                "res_model_id": env["ir.model"]._get_id("crm.lead"),
                "res_id": lead.id,
                "activity_type_id": call.id,
                "user_id": env.uid,
            }
            for lead in _leads(env, count)
        ]
    )
    env.flush_all()
    return activities


def _write_to(partner: Any) -> Any:
    return partner.message_post(
        body="890 each.",
        message_type="comment",
        subtype_xmlid="mail.mt_comment",
        partner_ids=partner.ids,
    )


def _act_on(name: str, count: int, prepare: Any, act: Any) -> dict[str, Work]:
    """The same work on one record and on many."""
    return {
        f"{name}, one": Work(act, lambda env: prepare(env, 1), rounds=MANY_ROUNDS),
        f"{name}, {count}": Work(
            act, lambda env: prepare(env, count), records=count, rounds=SOME_ROUNDS
        ),
    }


WORKS: dict[str, Work] = {
    **_act_on("lead create", BATCH, _lead_values, lambda case: case[0].create(case[1])),
    **_act_on("lead write", BATCH, _leads, lambda leads: leads.write({"expected_revenue": 77})),
    **_act_on("lead won", BATCH, _leads, lambda leads: leads.action_set_won()),
    "message_post note": Work(
        lambda partner: partner.message_post(
            body="He sounded tired.", message_type="comment", subtype_xmlid="mail.mt_note"
        ),
        lambda env: _partners(env, 1),
        rounds=MANY_ROUNDS,
    ),
    "message_post comment": Work(_write_to, lambda env: _partners(env, 1), rounds=MANY_ROUNDS),
    **_act_on("activity done", BATCH, _activities, lambda tasks: tasks.action_done()),
    **_act_on("partner write", BATCH, _partners, lambda partners: partners.write({"color": 3})),
}


def figures(base: Mapping[str, Cost], ours: Mapping[str, Cost]) -> Iterator[Figure]:
    """Base and addon side by side."""
    for name in WORKS:
        yield added_statements("P6", name, base[name], ours[name], STATEMENTS)
        yield added_cpu("P6", name, base[name], ours[name])
