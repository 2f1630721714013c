"""Which sources of leads are the same, by what they are called.

Odoo makes a new source for every spelling. Two names mean one source when they have the same
*key*. In this order:

1. accents, upper case and Odoo's counter at the end ("Facebook [2]") do not count;
2. of a web address only the name of the site counts: "https://l.facebook.com/ads" and
   "facebook.com" are "facebook", "google.co.uk" is "google";
3. spaces and punctuation do not count: "Face-Book" is "facebook";
4. well-known short names stand for long ones: "fb" is "facebook" (``ALIASES``).

Numbers count: "Fair 2025" is not "Fair 2026". Nor are other words dropped: "Facebook Ads" may be
what is paid for and "Facebook" what is not. This proposes; a person decides.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

ALIASES: Mapping[str, str] = {
    "fb": "facebook",
    "fbook": "facebook",
    "ga": "google",
    "gg": "google",
    "goog": "google",
    "ig": "instagram",
    "insta": "instagram",
    "li": "linkedin",
    "lnkd": "linkedin",
    "mail": "email",
    "nl": "newsletter",
    "pin": "pinterest",
    "tg": "telegram",
    "tt": "tiktok",
    "tw": "twitter",
    "wa": "whatsapp",
    "yt": "youtube",
    "youtu": "youtube",
}
COUNTER = re.compile(r"(\s*\[\d+\])+\s*$")
ADDRESS = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:[:/?#]\S*)?$")
# Before the country a second part that names no site: google.co.uk.
SECOND_PARTS = {"ac", "co", "com", "edu", "gov", "net", "org"}


@dataclass(frozen=True)
class Source:
    """A source as it is called; the heavier one stays when two are the same."""

    id: int
    name: str
    weight: tuple[int, ...] = ()


def get_key(name: str) -> str:
    """What the name means; empty when it says nothing."""
    text = COUNTER.sub("", name.strip()).casefold()
    plain = "".join(
        char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char)
    )
    address = ADDRESS.match(plain)
    site = _get_site(address.group(1)) if address else plain
    key = "".join(char for char in site if char.isalnum())
    return ALIASES.get(key, key)


def _get_site(host: str) -> str:
    """The name of the site: `facebook` of `l.facebook.com`."""
    *parts, _country = host.split(".")
    if len(parts) > 1 and parts[-1] in SECOND_PARTS:
        parts.pop()
    return parts[-1]


def propose(
    sources: Iterable[Source], distinct: Collection[frozenset[int]] = ()
) -> list[tuple[str, list[Source]]]:
    """Sets of sources that are the same, each with its key, what stays first.

    :param distinct: pairs of ids of which somebody has said that they are not the same; such a
        pair is never in one set
    """
    sets: dict[str, list[list[Source]]] = {}
    for source in sorted(sources, key=lambda source: (*(-w for w in source.weight), source.id)):
        key = get_key(source.name)
        if not key:
            continue
        for same in sets.setdefault(key, []):
            if all(frozenset((source.id, other.id)) not in distinct for other in same):
                same.append(source)
                break
        else:
            sets[key].append([source])
    return [
        (key, same) for key, candidates in sorted(sets.items()) for same in candidates if same[1:]
    ]
