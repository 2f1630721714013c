"""Warnings and errors in Odoo's log that are not the known noise of Odoo itself."""

from __future__ import annotations

import re

LOUD = re.compile(
    r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ \d+ (?:WARNING|ERROR|CRITICAL) (?P<text>.*)"
)
# Each of these comes without any addon of ours, too.
NOISE = (
    # Python libraries that Odoo uses: their deprecations.
    r"py\.warnings: .*/site-packages/",
)


def complaints(log: str) -> list[str]:
    """The lines that warn or tell an error, without the noise."""
    found = (match["text"] for match in map(LOUD.match, log.splitlines()) if match)
    return [text for text in found if not any(re.search(n, text) for n in NOISE)]
