"""Which client an inquiry comes from, and how sure that is.

A client is a *family*: a company with its contacts, or one private person. The
database says which contacts have an address, number or domain; this decides.

- **Certain**: the address or the number belongs to one family alone. Where a
  number belongs to several, the domain or the name may point out one of them.
- **Proposed**: several families remain, address and number contradict each
  other, only the company's domain is the same, or the contact is archived.
- What very many have says nothing about anybody and is not looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .addresses import same_name

Kind = Literal["email", "phone", "domain"]
Evidence = Literal["email_phone", "email", "phone", "domain", "archived"]

# An address, number or domain that more clients share tells none from another.
SHARED_BY_MAX = 5
STRENGTH: Mapping[Evidence, int] = {
    "email_phone": 95,
    "email": 90,
    "phone": 80,
    "archived": 60,
    "domain": 50,
}


@dataclass(frozen=True)
class Inquiry:
    """Who somebody says to be, normalised; what is not known is empty."""

    email: str = ""
    phone: str = ""
    domain: str = ""
    contact_name: str = ""
    company_name: str = ""
    # Its mailbox belongs to an office, not to a person.
    is_role: bool = False
    # The company of ours that it belongs to: whose contacts it may be.
    company_ids: frozenset[int] = frozenset()
    # The client that was named by hand, if any.
    family_id: int = 0
    # Clients of whom somebody has said that it is not them.
    not_family_ids: frozenset[int] = frozenset()

    def asked(self) -> list[tuple[Kind, str]]:
        """What to look for."""
        said: list[tuple[Kind, str]] = [
            ("email", self.email),
            ("phone", self.phone),
            ("domain", self.domain),
        ]
        return [(kind, value) for kind, value in said if value]


@dataclass(frozen=True)
class Contact:
    """A contact that has what was looked for."""

    partner_id: int
    family_id: int
    name: str = ""
    family_name: str = ""
    company_id: int = 0
    is_person: bool = True
    is_active: bool = True


@dataclass(frozen=True)
class Match:
    """A client that an inquiry may come from, and why."""

    partner_id: int
    family_id: int
    evidence: Evidence
    value: str

    @property
    def strength(self) -> int:
        return STRENGTH[self.evidence]


@dataclass(frozen=True)
class Verdict:
    """One client for certain, or those it may be, the most likely first."""

    certain: Match | None = None
    proposals: tuple[Match, ...] = field(default=())


Known = Mapping[tuple[Kind, str], Sequence[Contact]]


def judge(inquiry: Inquiry, known: Known) -> Verdict:
    """Decide which client an inquiry comes from.

    :param known: who has the addresses, numbers and domains that were looked for
    """
    found = {
        kind: _possible(inquiry, known.get((kind, value), ())) for kind, value in inquiry.asked()
    }
    present = {
        kind: _telling(c for c in contacts if c.is_active) for kind, contacts in found.items()
    }
    families = {kind: {c.family_id for c in contacts} for kind, contacts in present.items()}
    by_email, by_phone = families.get("email", set()), families.get("phone", set())
    by_domain = families.get("domain", set())
    exact = (by_email & by_phone) or (by_email | by_phone)
    if not by_email and by_phone:
        exact = _narrowed(inquiry, by_phone, by_domain, present["phone"])
    matches = [_match(inquiry, family_id, present) for family_id in sorted(exact)]
    if len(matches) == 1 and not (by_domain and not by_email and not exact & by_domain):
        return Verdict(certain=matches[0])
    if not by_email:
        matches += [_match(inquiry, family_id, present) for family_id in sorted(by_domain - exact)]
    if not exact:
        matches += _archived(inquiry, found, by_domain)
    return Verdict(proposals=tuple(sorted(matches, key=lambda match: -match.strength)))


def _possible(inquiry: Inquiry, contacts: Iterable[Contact]) -> list[Contact]:
    """Contacts of our company that nobody has ruled out."""
    return [
        contact
        for contact in contacts
        if (not contact.company_id or contact.company_id in inquiry.company_ids)
        and contact.family_id not in inquiry.not_family_ids
        and inquiry.family_id in (0, contact.family_id)
    ]


def _telling(contacts: Iterable[Contact]) -> list[Contact]:
    """The contacts, unless what they have in common is everybody's."""
    shared = list(contacts)
    return shared if len({c.family_id for c in shared}) <= SHARED_BY_MAX else []


def _narrowed(
    inquiry: Inquiry, by_phone: set[int], by_domain: set[int], contacts: Sequence[Contact]
) -> set[int]:
    """Of the families with a number, the one whose domain or name agrees as well."""
    if len(by_phone) == 1:
        return by_phone
    by_name = {contact.family_id for contact in contacts if _has_name(inquiry, contact)}
    agreeing = by_phone & (by_domain | by_name)
    return agreeing if len(agreeing) == 1 else by_phone


def _has_name(inquiry: Inquiry, contact: Contact) -> bool:
    return same_name(inquiry.company_name, contact.family_name) or (
        same_name(inquiry.contact_name, contact.name)
    )


def _match(inquiry: Inquiry, family_id: int, present: Mapping[Kind, Sequence[Contact]]) -> Match:
    """The person of the family it comes from, else the family itself, and why."""
    having: dict[Kind, list[Contact]] = {
        kind: [contact for contact in contacts if contact.family_id == family_id]
        for kind, contacts in present.items()
    }
    email, phone = having.get("email", []), having.get("phone", [])
    if email:
        person = None if inquiry.is_role else _person(email, phone)
        evidence: Evidence = "email_phone" if phone else "email"
        return Match(person or family_id, family_id, evidence, inquiry.email)
    if phone:
        return Match(_caller(inquiry, phone) or family_id, family_id, "phone", inquiry.phone)
    return Match(family_id, family_id, "domain", inquiry.domain)


def _person(by_email: Sequence[Contact], by_phone: Sequence[Contact]) -> int | None:
    """Who of the family has the address: rather who has the number too."""
    with_phone = {contact.partner_id for contact in by_phone}
    persons = sorted(
        (contact.partner_id not in with_phone, contact.partner_id)
        for contact in by_email
        if contact.is_person
    )
    return persons[0][1] if persons else None


def _caller(inquiry: Inquiry, by_phone: Sequence[Contact]) -> int | None:
    """Who of the family has the number, if that is one person and not somebody else."""
    named = [contact for contact in by_phone if same_name(inquiry.contact_name, contact.name)]
    callers = named or ([] if inquiry.contact_name else list(by_phone))
    return callers[0].partner_id if len(callers) == 1 and callers[0].is_person else None


def _archived(
    inquiry: Inquiry, found: Mapping[Kind, Sequence[Contact]], but: set[int]
) -> list[Match]:
    """Clients we no longer keep who had the address or the number."""
    gone: dict[int, Match] = {}
    for kind, value in inquiry.asked():
        if kind != "domain":
            for contact in _telling(c for c in found[kind] if not c.is_active):
                match = Match(contact.partner_id, contact.family_id, "archived", value)
                gone.setdefault(contact.family_id, match)
    return [match for family_id, match in sorted(gone.items()) if family_id not in but]
