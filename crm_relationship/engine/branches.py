"""Who sent whom is a forest: of each client the sums over all whom it sent, directly or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

# Sums of amounts, freed of what adding up fractions in binary leaves behind.
DIGITS = 6


def sum_below(
    senders: Mapping[int, int | None], figures: Mapping[int, Sequence[float]]
) -> dict[int, list[float]]:
    """Of each client the sums of the figures of all below it, without its own.

    Each client is looked at once, however many stand above it: from those who sent nobody
    upwards. Data of old may be a circle: then each in it has all of the circle but itself below.

    :param senders: of each client who sent it; who is not in `figures` counts as nobody
    :param figures: of each client its own, all of one length
    """
    above: dict[int, int] = {
        client: sender
        for client, sender in senders.items()
        if sender is not None and sender in figures and sender != client and client in figures
    }
    below = {client: [0.0] * len(own) for client, own in figures.items()}
    waiting = Counter(above.values())
    ready = [client for client in figures if client not in waiting]
    while ready:
        client = ready.pop()
        sender = above.get(client)
        if sender is None:
            continue
        _add(below[sender], _together(figures[client], below[client]))
        waiting[sender] -= 1
        if not waiting[sender]:
            del waiting[sender]
            ready.append(sender)
    for circle in _circles(above, waiting):
        _close(circle, figures, below)
    return {client: [round(value, DIGITS) for value in sums] for client, sums in below.items()}


def _circles(above: Mapping[int, int], left: Iterable[int]) -> list[list[int]]:
    """Those who are left stand in circles, each of them in one."""
    seen: set[int] = set()
    circles = []
    for start in left:
        circle = []
        place: int | None = start
        while place is not None and place not in seen:
            seen.add(place)
            circle.append(place)
            place = above.get(place)
        if circle:
            circles.append(circle)
    return circles


def _close(
    circle: Iterable[int], figures: Mapping[int, Sequence[float]], below: dict[int, list[float]]
) -> None:
    members = list(circle)
    whole = [0.0] * len(figures[members[0]])
    for client in members:
        _add(whole, _together(figures[client], below[client]))
    for client in members:
        below[client] = [total - own for total, own in zip(whole, figures[client], strict=True)]


def _together(one: Sequence[float], other: Sequence[float]) -> list[float]:
    return [a + b for a, b in zip(one, other, strict=True)]


def _add(sums: list[float], values: Sequence[float]) -> None:
    for place, value in enumerate(values):
        sums[place] += value
