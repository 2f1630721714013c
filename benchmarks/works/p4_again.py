"""P4: a second run on the same day finds nothing new, for ten statements a rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from typing import Any

from ..figures import Cost, Figure, few_statements, touched
from ..rules import DAY, RECORDS
from .rules import birthday_rule, letter, old_rule
from .work import Work

LATER = DAY + timedelta(minutes=15)
LIMIT = 10


def _done(rule: Any) -> Any:
    """A rule that has run today."""
    assert rule._run(DAY) == RECORDS
    return rule


def _letters(env: Any) -> Any:
    template = letter(env, "res.partner", "<p>All the best</p>")
    return birthday_rule(env, kind="mail", template_id=template.id)


def _again(prepare: Callable[[Any], Any]) -> Work:
    return Work(lambda rule: rule._run(LATER), lambda env: _done(prepare(env)), ours_only=True)


WORKS: dict[str, Work] = {
    "second run, tasks": _again(lambda env: birthday_rule(env, kind="activity", summary="Call")),
    "second run, letters": _again(_letters),
    "second run, tasks after ten years": _again(old_rule),
}


def figures(base: Mapping[str, Cost], ours: Mapping[str, Cost]) -> Iterator[Figure]:
    """Ours alone."""
    for name in WORKS:
        yield few_statements("P4", name, ours[name], LIMIT)
        yield touched("P4", name, ours[name], 0)
