"""How well a relationship does, from 0 to 100: docs/health.md says why it is counted so.

    health = 100 * recency * conduct * complaints * word

Each part is from 0 to 1. `recency` falls with every hour since the last contact and is one
half after two rhythms; `conduct` is the weighted mean of what is known of how both sides
behave; an open complaint halves all, and fades when it is made good; a promise of ours
that is late takes a fifth.

The same formula stands in SQL in `models/touch/res_partner_health.py`, so that any number of
clients can be sorted by it at any moment; a test compares the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

# Health from recency alone is one half after so many rhythms without contact.
HALF_LIFE_RHYTHMS = 2
# The rhythm of who has none.
DEFAULT_RHYTHM = 90
# What the parts of conduct weigh; what is not known of a client weighs nothing.
WEIGHT_RECIPROCITY = 0.4
WEIGHT_OUTCOMES = 0.3
WEIGHT_PROMISES = 0.3
# A few talks say little: so many are added that ended undecided.
PRIOR_OUTCOMES = 2
# What is left while a complaint is open, and how fast one that was made good is forgotten.
OPEN_COMPLAINT = 0.5
COMPLAINT_HALF_LIFE = 60
# What is left while a promise of ours is late.
LATE_PROMISE = 0.8


@dataclass(frozen=True)
class Conduct:
    """What the newest talks with a client and our promises to it were like."""

    # Contacts and attempts, and those of them in which the client took part.
    contacts: int = 0
    theirs: int = 0
    # Talks of which the end is known, and those that ended well or badly.
    outcomes: int = 0
    successes: int = 0
    failures: int = 0
    # Our promises that are closed, and those of them that we kept in time or late.
    promises: int = 0
    kept: int = 0
    kept_late: int = 0

    @property
    def reciprocity(self) -> float | None:
        """1 when at least every second contact is also theirs."""
        return min(1.0, 2 * self.theirs / self.contacts) if self.contacts else None

    @property
    def outcome(self) -> float | None:
        """Success counts 1, undecided 1/2, failure 0."""
        if not self.outcomes:
            return None
        points = (self.outcomes + self.successes - self.failures) / 2
        return (points + PRIOR_OUTCOMES / 2) / (self.outcomes + PRIOR_OUTCOMES)

    @property
    def promise(self) -> float | None:
        """Kept counts 1, kept late 1/2, broken 0."""
        return (self.kept + self.kept_late / 2) / self.promises if self.promises else None

    @property
    def score(self) -> float:
        """The weighted mean of what is known; 1 when nothing is."""
        parts = (
            (WEIGHT_RECIPROCITY, self.reciprocity),
            (WEIGHT_OUTCOMES, self.outcome),
            (WEIGHT_PROMISES, self.promise),
        )
        known = [(weight, value) for weight, value in parts if value is not None]
        total = sum(weight for weight, __ in known)
        return sum(weight * value for weight, value in known) / total if known else 1.0


@dataclass(frozen=True)
class Standing:
    """A client at a moment."""

    # Days, with fractions, since the last contact.
    days_silent: float
    # Days the next contact may take: promised, else usual; 0 when neither is known.
    rhythm: int
    conduct: float
    has_complaint: bool = False
    # Days since the last complaint was made good; None when there was none.
    days_content: float | None = None
    has_late_promise: bool = False

    @property
    def recency(self) -> float:
        rhythm = self.rhythm or DEFAULT_RHYTHM
        return float(0.5 ** (max(0.0, self.days_silent) / (HALF_LIFE_RHYTHMS * rhythm)))

    @property
    def complaints(self) -> float:
        if self.has_complaint:
            return OPEN_COMPLAINT
        if self.days_content is None:
            return 1.0
        fading = 0.5 ** (max(0.0, self.days_content) / COMPLAINT_HALF_LIFE)
        return float(1 - (1 - OPEN_COMPLAINT) * fading)

    @property
    def word(self) -> float:
        return LATE_PROMISE if self.has_late_promise else 1.0

    @property
    def health(self) -> int:
        return floor(100 * self.recency * self.conduct * self.complaints * self.word + 0.5)
