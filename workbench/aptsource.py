"""Where this machine gets Debian from, read from its own apt configuration.

No address of a mirror is written in this repository: the machine's own source, its
options and keys are taken as they are, and only the suite is another one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

COMPONENT = "main"
# The options of the one-line format that matter to us, by their deb822 names.
OPTIONS = {
    "signed-by": "Signed-By",
    "trusted": "Trusted",
    "check-valid-until": "Check-Valid-Until",
    "allow-insecure": "Allow-Insecure",
    "by-hash": "By-Hash",
}


@dataclass(frozen=True)
class Source:
    """One archive that apt knows: addresses, suites, components and its options."""

    uris: tuple[str, ...]
    suites: tuple[str, ...]
    components: tuple[str, ...]
    options: tuple[tuple[str, str], ...] = field(default=())

    def stanza(self, *suites: str) -> str:
        """The same archive in deb822 format, for other suites."""
        lines = [
            "Types: deb",
            f"URIs: {' '.join(self.uris)}",
            f"Suites: {' '.join(suites)}",
            f"Components: {COMPONENT}",
        ]
        lines += [f"{name}: {value}" for name, value in self.options]
        return "\n".join(lines) + "\n"


def debian_archives(etc_apt: Path) -> list[Source]:
    """The archives that may be Debian's own, the likeliest first.

    An archive whose addresses also serve a suite ``...-updates`` is the distribution
    itself; a vendor's repository for this release comes after it.
    """
    sources = [source for source in read_all(etc_apt) if _may_be_debian(source)]
    updated = {
        uri
        for source in sources
        for uri in source.uris
        if any(suite.endswith("-updates") for suite in source.suites)
    }
    ranked = sorted(sources, key=lambda source: not updated & set(source.uris))
    unique = {(source.uris, source.options): source for source in reversed(ranked)}
    return list(reversed(unique.values()))


def read_all(etc_apt: Path) -> list[Source]:
    """All binary archives of a folder like /etc/apt."""
    found: list[Source] = []
    parts = etc_apt / "sources.list.d"
    for path in [etc_apt / "sources.list", *sorted(parts.glob("*.list"))]:
        if path.is_file():
            found += read_lines(_text(path))
    for path in sorted(parts.glob("*.sources")):
        found += read_deb822(_text(path))
    return found


def read_lines(text: str) -> list[Source]:
    """The archives of a file in the one-line format."""
    found = (_read_line(line) for line in text.splitlines())
    return [source for source in found if source]


def read_deb822(text: str) -> list[Source]:
    """The archives of a file in the deb822 format."""
    kept = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    stanzas = (_fields(block) for block in re.split(r"\n\s*\n", kept))
    return [_from_fields(fields) for fields in stanzas if _is_wanted(fields)]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")


def _read_line(line: str) -> Source | None:
    match = re.match(r"deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)", line.strip())
    if not match:
        return None
    options, uri, suite, components = match.groups()
    pairs = (option.partition("=") for option in (options or "").split())
    kept = tuple((OPTIONS[k], v) for k, _, v in pairs if k in OPTIONS)
    return Source((uri,), (suite,), tuple(components.split()), kept)


def _fields(block: str) -> dict[str, str]:
    """Field names in lower case; a value keeps its continuation lines as they are."""
    fields: dict[str, str] = {}
    name = ""
    for line in block.splitlines():
        if line[:1] in (" ", "\t") and name:
            fields[name] += "\n" + line
        elif ":" in line:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            fields[name] = value.strip()
    return fields


def _is_wanted(fields: dict[str, str]) -> bool:
    enabled = fields.get("enabled", "yes").lower() not in ("no", "false", "0")
    return enabled and "deb" in fields.get("types", "").split() and "uris" in fields


def _from_fields(fields: dict[str, str]) -> Source:
    names = {name.lower(): name for name in OPTIONS.values()}
    return Source(
        tuple(fields["uris"].split()),
        tuple(fields.get("suites", "").split()),
        tuple(fields.get("components", "").split()),
        tuple((names[key], fields[key]) for key in names if key in fields),
    )


def _may_be_debian(source: Source) -> bool:
    plain = [s for s in source.suites if "/" not in s and not s.endswith("-security")]
    on_disc = any(uri.startswith("cdrom:") for uri in source.uris)
    return bool(plain) and COMPONENT in source.components and not on_disc
