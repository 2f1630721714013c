"""P7: opening a form or a list costs at most three statements more, a list of clients one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..figures import Cost, Figure, added_cpu, added_statements
from .work import SOME_ROUNDS, Work

PAGE = 80


def specification(env: Any, model: str, view_type: str, view_id: int | bool = False) -> Any:
    """What the web client asks for: the fields of the view, records one level deep."""
    from lxml import etree

    tree = etree.fromstring(env[model].get_view(view_id, view_type)["arch"])
    fields = env[model]._fields
    asked = {}
    for node in tree.iter("field"):
        if any(parent.tag == "field" for parent in node.iterancestors()):
            continue
        field = fields.get(node.get("name"))
        if field is not None:
            asked[field.name] = _of_field(env, field, node)
    return asked


def _of_field(env: Any, field: Any, node: Any) -> dict[str, Any]:
    if field.type == "many2one":
        return {"fields": {"display_name": {}}}
    if field.type not in ("one2many", "many2many"):
        return {}
    relation = env[field.comodel_name]._fields
    names = {child.get("name") for child in node.iter("field") if child is not node}
    return {
        "fields": {
            name: {"fields": {"display_name": {}}} if relation[name].type == "many2one" else {}
            for name in names & relation.keys()
        }
    }


def _form(model: str, domain: list[Any]) -> Work:
    def prepare(env: Any) -> Any:
        record = env[model].search(domain, order="id", limit=1)
        return record, specification(env, model, "form")

    return Work(lambda case: case[0].web_read(case[1]), prepare, rounds=SOME_ROUNDS)


def _list(model: str, domain: list[Any]) -> Work:
    def prepare(env: Any) -> Any:
        return env[model], specification(env, model, "list")

    return Work(
        lambda case: case[0].web_search_read(domain, case[1], limit=PAGE),
        prepare,
        records=PAGE,
        rounds=SOME_ROUNDS,
    )


LIMITS = {
    "partner form": 3,
    f"partner list of {PAGE}": 1,
    "lead form": 3,
    f"lead list of {PAGE}": 3,
}
WORKS: dict[str, Work] = {
    "partner form": _form("res.partner", [("name", "=", "Client 5")]),
    f"partner list of {PAGE}": _list("res.partner", [("email", "=like", "client%")]),
    "lead form": _form("crm.lead", [("partner_id", "!=", False), ("won_status", "=", "pending")]),
    f"lead list of {PAGE}": _list("crm.lead", [("type", "=", "opportunity")]),
}


def figures(base: Mapping[str, Cost], ours: Mapping[str, Cost]) -> Iterator[Figure]:
    """Base and addon side by side."""
    for name, limit in LIMITS.items():
        yield added_statements("P7", name, base[name], ours[name], limit)
        yield added_cpu("P7", name, base[name], ours[name])
