"""Databases: templates to copy from, copies, and the notes that say what they hold.

The note is the database's own comment, written when it is complete: a database that was
left half made has none and is made again, and a note cannot outlive its database.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from .addons import Addons
from .locks import alone
from .odoo import Odoo
from .postgres import ROLE, Cluster
from .shell import say
from .stamps import digest, file_sha256

FORMAT = "1"


class Databases:
    """All databases of the project's cluster."""

    def __init__(self, odoo: Odoo, cluster: Cluster) -> None:
        self.odoo = odoo
        self.cluster = cluster
        self.places = odoo.places

    def exists(self, name: str) -> bool:
        """Whether there is a database of this name."""
        sql = f"SELECT 1 FROM pg_database WHERE datname = {quoted(name)}"
        return bool(self.cluster.ask(sql))

    def names(self, prefix: str) -> list[str]:
        """The databases whose names begin so."""
        sql = f"SELECT datname FROM pg_database WHERE starts_with(datname, {quoted(prefix)})"
        return self.cluster.ask(sql)

    def note(self, name: str) -> str:
        """What the database was noted to hold; empty when it is not complete."""
        sql = (
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database"
            f" WHERE datname = {quoted(name)}"
        )
        return "".join(self.cluster.ask(sql))

    def set_note(self, name: str, note: str) -> None:
        """Note that the database is complete, and of what."""
        self.cluster.ask(f'COMMENT ON DATABASE "{name}" IS {quoted(note)}')

    def drop(self, name: str) -> None:
        """Remove a database and its files, whoever is connected to it."""
        self.cluster.ask(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        shutil.rmtree(self.files(name), ignore_errors=True)

    def copy(self, source: str, name: str) -> None:
        """A copy with its files, in well under a second."""
        self.drop(name)
        self.cluster.ask(f'CREATE DATABASE "{name}" OWNER {ROLE} TEMPLATE "{source}"')
        if self.files(source).is_dir():
            shutil.copytree(self.files(source), self.files(name))

    def rename(self, source: str, name: str) -> None:
        """Give a database another name, its files with it."""
        if self.files(source).is_dir():
            shutil.rmtree(self.files(name), ignore_errors=True)
            self.files(source).rename(self.files(name))
        self.cluster.ask(f'ALTER DATABASE "{source}" RENAME TO "{name}"')

    def files(self, name: str) -> Path:
        """Where Odoo keeps the attachments of a database."""
        return self.places.data / "filestore" / name

    def template(self, name: str, modules: list[str], demo: bool) -> str:
        """A database with stock modules only, made once and copied ever after."""
        modules = sorted(modules)
        with alone(self.places.home / f"locks/{name}", f"it makes the database {name}"):
            key = self._key(modules, demo)
            if self.note(name) != key:
                say(f"making the database {name}: {', '.join(modules)}")
                self.drop(name)
                self.create(name, modules, demo)
                self.set_note(name, key)
        return name

    def create(self, name: str, modules: list[str], demo: bool) -> str:
        """Let Odoo make a database; returns its log."""
        words = ["-d", name, "-i", ",".join(modules), "--stop-after-init", "--no-http"]
        if demo:
            words.append("--with-demo")
        return self.odoo.run(self._log(name), f"make the database {name}", *words)

    def install(self, name: str, modules: list[str]) -> str:
        """Install modules into a database; returns Odoo's log."""
        words = ["-d", name, "-i", ",".join(modules), "--stop-after-init", "--no-http"]
        log = self._log(f"{name}-install")
        return self.odoo.run(log, f"install {', '.join(modules)}", *words)

    def upgrade(self, name: str, modules: list[str]) -> str:
        """Install what is new of the modules and upgrade the others."""
        joined = ",".join(modules)
        words = [
            "-d",
            name,
            "-u",
            joined,
            "-i",
            joined,
            "--stop-after-init",
            "--no-http",
        ]
        log = self._log(f"{name}-upgrade")
        return self.odoo.run(log, f"upgrade {', '.join(modules)}", *words)

    def _log(self, name: str) -> Path:
        return self.places.logs / f"{name}.log"

    def _key(self, modules: list[str], demo: bool) -> str:
        requirements = file_sha256(self.odoo.venv.requirements)
        return digest(FORMAT, self.odoo.version(), requirements, *modules, str(demo))


class Demo:
    """The database that ``make run`` serves."""

    NAME = "demo"

    def __init__(self, databases: Databases, addons: Addons) -> None:
        self.databases = databases
        self.addons = addons

    def ensure(self) -> bool:
        """Have it with the addons as they are now; returns whether it is new."""
        key = self.addons.checksum()
        is_new = not self.databases.exists(self.NAME)
        if is_new:
            self._create(key)
        elif self.databases.note(self.NAME) != key:
            say(f"the addons changed: upgrading the database {self.NAME}")
            self.databases.upgrade(self.NAME, self.addons.names)
            self.databases.set_note(self.NAME, key)
        return is_new

    def _create(self, key: str) -> None:
        """Make it under another name first: what bears the name is complete."""
        stock = self.addons.stock()
        template = self.databases.template("template_demo", stock, demo=True)
        say(f"making the database {self.NAME} with demo data: {', '.join(self.addons.names)}")
        half = f"{self.NAME}_new"
        self.databases.copy(template, half)
        self.databases.install(half, self.addons.names)
        self.databases.set_note(half, key)
        self.databases.rename(half, self.NAME)


def quoted(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"
