"""When the demo database is made, upgraded or left alone."""

import pytest

from workbench.databases import Demo, quoted


class FakeDatabases:
    """Databases as a dictionary of their notes; remembers what was asked."""

    def __init__(self, **notes):
        self.notes = notes
        self.calls = []

    def exists(self, name):
        return name in self.notes

    def note(self, name):
        return self.notes.get(name, "")

    def set_note(self, name, note):
        self.notes[name] = note

    def template(self, name, modules, demo):
        self.calls.append(f"template {name} {modules} {demo}")
        return name

    def copy(self, source, name):
        self.calls.append(f"copy {source} {name}")
        self.notes[name] = ""

    def install(self, name, modules):
        self.calls.append(f"install {name} {modules}")

    def upgrade(self, name, modules):
        self.calls.append(f"upgrade {name} {modules}")

    def rename(self, source, name):
        self.calls.append(f"rename {source} {name}")
        self.notes[name] = self.notes.pop(source)


class FakeAddons:
    names = ["crm_relationship"]

    def stock(self):
        return ["crm", "sms"]

    def checksum(self):
        return "now"


@pytest.fixture
def addons():
    return FakeAddons()


def test_new_database_bears_its_name_only_when_it_is_complete(addons):
    databases = FakeDatabases()
    assert Demo(databases, addons).ensure()
    assert databases.calls == [
        "template template_demo ['crm', 'sms'] True",
        "copy template_demo demo_new",
        "install demo_new ['crm_relationship']",
        "rename demo_new demo",
    ]
    assert databases.notes == {"demo": "now"}


def test_same_addons_change_nothing(addons):
    databases = FakeDatabases(demo="now")
    assert not Demo(databases, addons).ensure()
    assert databases.calls == []


def test_changed_addons_are_upgraded(addons):
    databases = FakeDatabases(demo="before")
    Demo(databases, addons).ensure()
    assert databases.calls == ["upgrade demo ['crm_relationship']"]
    assert databases.notes == {"demo": "now"}


def test_database_made_by_hand_is_kept_and_upgraded(addons):
    databases = FakeDatabases(demo="")
    Demo(databases, addons).ensure()
    assert databases.calls == ["upgrade demo ['crm_relationship']"]


def test_failed_upgrade_is_tried_again(addons):
    databases = FakeDatabases(demo="before")

    def fails(name, modules):
        raise RuntimeError

    databases.upgrade = fails
    with pytest.raises(RuntimeError):
        Demo(databases, addons).ensure()
    assert databases.notes == {"demo": "before"}


def test_quotes_are_doubled():
    assert quoted("a'b") == "'a''b'"
