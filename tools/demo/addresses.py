"""Telephone numbers and mailboxes, of nobody."""

from itertools import count

from .clients import CLIENTS


class Telephone:
    """Numbers that are well formed and belong to nobody (555-01xx)."""

    AREAS = ("415", "510", "209", "925", "408")

    def __init__(self):
        self.given = count()

    def next(self):
        number = next(self.given)
        return f"+1 {self.AREAS[number % 5]}-555-{100 + number // 5:04d}"


def slug(name):
    return name.lower().replace("dr. ", "").replace("é", "e").replace("-", "")


def private_mailbox(name):
    return f"{slug(name).replace(' ', '.')}@mail.example.org"


def domain_of(client):
    return f"{slug(client.name).replace(' ', '')}.example.com"


def mailbox_of_stranger(lead):
    mailbox = private_mailbox(lead.stranger)
    employer = next((client for client in CLIENTS if client.key == lead.works), None)
    return mailbox.replace("mail.example.org", domain_of(employer)) if employer else mailbox
