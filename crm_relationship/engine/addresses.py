"""What an e-mail address or a name says about who is behind it."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Literal

# Mailboxes of an office, in the languages our users meet most: whoever reads
# them, they are not one person.
ROLE_MAILBOXES = frozenset(
    """
    abuse accounting accounts admin administration ap ar bestellung billing booking bookings
    buchhaltung büro buero careers commercial compta comptabilite compras contact contacto
    contatti crm customerservice desk direction einkauf enquiries enquiry export facturacion
    facturation facture feedback finance hallo hello help helpdesk hi hola hostmaster hr info
    informacion information inquiry invoice invoices it jobs kontakt mail mailbox marketing
    news newsletter no-reply no_reply noreply office order orders payments personal post
    postmaster presse press privacy procurement purchase purchasing rechnung reception
    recruitment reservations root sales secretariat sekretariat service services shop staff
    store support team technik tech vendas ventas verkauf vertrieb web webmaster welcome zakaz
    """.split()  # noqa: SIM905
)


def is_role_mailbox(address: str, more: Collection[str] = ()) -> bool:
    """Whether an address belongs to an office and not to a person.

    `sales+fair@…` and `info-be@…` are `sales` and `info`.

    :param more: mailboxes that count as well, in lower case
    """
    mailbox = address.partition("@")[0].casefold()
    stems = {mailbox, mailbox.partition("+")[0], re.split(r"[-_+\d]", mailbox, maxsplit=1)[0]}
    return any(stem in ROLE_MAILBOXES or stem in more for stem in stems if stem)


def kind_of(said: str) -> Literal["email", "domain", "phone", "mailbox"]:
    """What somebody has written down: an address, a domain, a number or a mailbox."""
    if "@" in said.strip("@"):
        return "email"
    if re.fullmatch(r"[\d\s+()./-]+", said):
        return "phone"
    return "domain" if "." in said else "mailbox"


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same but for case, dots, commas and spaces."""
    return bool(_bare(one)) and _bare(one) == _bare(other)


def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).casefold()
