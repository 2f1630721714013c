"""P3: one bad record of many costs half as much again at most, and is the only one that fails."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..figures import Cost, Figure, ratio, touched
from ..rules import DAY, RECORDS
from .rules import BODY, birthday_rule, letter
from .work import Work

TASKS, LETTERS = f"birthday rule, {RECORDS} tasks", f"birthday rule, {RECORDS} letters"
SQL_ERROR, PYTHON_ERROR = f"{TASKS}, one an SQL error", f"{LETTERS}, one a Python error"
AGAIN = f"{TASKS}, the bad one again"


def _tasks(env: Any) -> Any:
    return birthday_rule(env, kind="activity", summary="Call")


def _letters(env: Any) -> Any:
    """A letter with a trap that nobody falls into: what it costs is in both runs."""
    body = BODY.replace("contact_name", "name")
    trap = """<p t-if="object.name == 'Nobody'" t-out="1 / 0"/>"""
    template = letter(env, "res.partner", body + trap)
    return birthday_rule(env, kind="mail", template_id=template.id)


def _victim(rule: Any) -> int:
    """Somebody in the middle of those whose day it is."""
    dates = rule.env["crm.important.date"].search(
        [("month", "=", DAY.month), ("day", "=", DAY.day)], order="partner_id"
    )
    return int(dates[len(dates) // 2].partner_id.id)


def _with_sql_error(env: Any) -> Any:
    """PostgreSQL takes no task of one record."""
    rule = _tasks(env)
    env.cr.execute(
        "ALTER TABLE mail_activity ADD CONSTRAINT bench CHECK"
        " (res_model <> 'res.partner' OR res_id <> %s) NOT VALID",
        [_victim(rule)],
    )
    return rule


def _with_python_error(env: Any) -> Any:
    """The letter can't be written for one record."""
    rule = _letters(env)
    name = rule.env["res.partner"].browse(_victim(rule)).name
    template = rule.action_ids.template_id
    template.body_html = str(template.body_html).replace("Nobody", name)
    return rule


def _failed(env: Any) -> Any:
    """A run after which the bad one is asked for again."""
    rule = _with_sql_error(env)
    _run_spoilt(rule)
    env.cr.execute("ALTER TABLE mail_activity DROP CONSTRAINT bench")
    rule.action_retry_failed()
    return rule


def _run(rule: Any, bad: int = 0) -> int:
    """Only what was really done counts: what was not may not look cheap."""
    done = int(rule._run(DAY))
    runs = rule.env["crm.relationship.rule.run"]
    states = dict(runs._read_group([("rule_id", "=", rule.id)], ["state"], ["__count"]))
    assert states == {"done": RECORDS - bad, **({"failed": bad} if bad else {})}, states
    return done


def _run_spoilt(rule: Any) -> int:
    return _run(rule, bad=1)


WORKS: dict[str, Work] = {
    name: Work(act, prepare, records=RECORDS, rounds=5, ours_only=True)
    for name, act, prepare in (
        (TASKS, _run, _tasks),
        (SQL_ERROR, _run_spoilt, _with_sql_error),
        (LETTERS, _run, _letters),
        (PYTHON_ERROR, _run_spoilt, _with_python_error),
        (AGAIN, _run, _failed),
    )
}


def figures(base: Mapping[str, Cost], ours: Mapping[str, Cost]) -> Iterator[Figure]:
    """With the bad one and without."""
    for clean, spoilt in ((TASKS, SQL_ERROR), (LETTERS, PYTHON_ERROR)):
        yield ratio("P3", spoilt, ours[spoilt].cpu_ms, ours[clean].cpu_ms, 1.5)
    yield touched("P3", AGAIN, ours[AGAIN], 1)
