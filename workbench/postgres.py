"""A PostgreSQL cluster of the project's own, reached through a socket only.

It listens on no network port, so it is in nobody's way: the port only names the socket
file, in a folder of this cluster. Nothing in it is precious, so it trades safety at a
power cut for speed.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from . import system
from .errors import Problem
from .locks import alone
from .places import NAME, Places
from .shell import identity, is_root, last_line, output, say

PORT = 5432
ROLE = "odoo"
SUPERUSER = "postgres"
SYSTEM_USER = "postgres"
SYSTEM_HOME = Path("/var/lib/postgresql")
SOCKET_LIMIT = 107
SETTINGS = f"""
listen_addresses = ''
port = {PORT}
max_connections = 120
shared_buffers = 256MB
work_mem = 16MB
maintenance_work_mem = 128MB
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_wal_size = 2GB
checkpoint_timeout = 30min
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
"""


class Cluster:
    """The server of one checkout: made, started, asked and stopped."""

    def __init__(self, places: Places) -> None:
        self.places = places
        self.user = SYSTEM_USER if is_root() else None
        self.base = self._base()
        self.data = self.base / "data"
        self.log = self.base / "server.log"
        self.socket = socket_folder(self.base / "socket", places.token)

    def ensure(self) -> None:
        """Have it running: make it the first time, start it when it is down."""
        with alone(self.places.home / "locks/postgres", "it starts PostgreSQL"):
            if not (self.data / "PG_VERSION").exists():
                self._create()
            if not self.is_up():
                self._start()

    def stop(self) -> None:
        """Shut it down; nothing happens when it does not run."""
        if (self.data / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop")

    def remove(self) -> None:
        """Stop it and delete all of it."""
        if self.data.exists():
            self.stop()
        for folder in (self.base, self.socket):
            shutil.rmtree(folder, ignore_errors=True)

    def is_up(self) -> bool:
        """Whether it answers."""
        return self._psql("postgres", "SELECT 1").returncode == 0

    def ask(self, sql: str, database: str = "postgres") -> list[str]:
        """Run SQL as superuser; the lines of its answer."""
        done = self._psql(database, sql)
        if done.returncode:
            raise Problem(f"PostgreSQL: {last_line(done.stderr)} (log: {self.log})")
        return done.stdout.splitlines()

    def environment(self) -> dict[str, str]:
        """The variables that lead PostgreSQL's own programs here."""
        return {"PGHOST": str(self.socket), "PGPORT": str(PORT), "PGUSER": ROLE}

    def _base(self) -> Path:
        """The cluster's folder.

        As root the server runs as another user, who cannot enter a home like /root: then
        the cluster lies in that user's own home.
        """
        own = self.places.home / "postgres"
        if self.user is None or not _exists(self.user) or may_enter(self.user, own.parent):
            return own
        return SYSTEM_HOME / f"{NAME}-{self.places.token}"

    def _create(self) -> None:
        say("making a PostgreSQL cluster")
        self._make_folder(self.base)
        fresh = self.base / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        self._must(
            *("initdb", "-D", fresh, "-U", SUPERUSER, "-A", "trust", "-N"),
            *("-E", "UTF8", "--locale=C.UTF-8"),
        )
        with (fresh / "postgresql.conf").open("a", encoding="utf-8") as stream:
            stream.write(SETTINGS)
        self._must(
            *("postgres", "--single", "-D", fresh, "postgres"),
            text=f"CREATE ROLE {ROLE} LOGIN CREATEDB\n",
        )
        os.replace(fresh, self.data)

    def _start(self) -> None:
        self._make_folder(self.base)
        self._make_folder(self.socket)
        self._clear_remains()
        options = f"-c unix_socket_directories='{self.socket}'"
        argv: list[str | Path] = ["-D", self.data, "-l", self.log, "-w", "-t", "60"]
        done = self._run("pg_ctl", *argv, "-o", options, "start")
        if done.returncode and not self.is_up():
            why = last_line(done.stderr) or last_line(done.stdout)
            raise Problem(f"could not start PostgreSQL: {why} (log: {self.log})")

    def _clear_remains(self) -> None:
        """Deal with a pid file whose server is gone, or is there but cannot be reached."""
        pid_file = self.data / "postmaster.pid"
        if not pid_file.exists():
            return
        pid = pid_file.read_text(encoding="utf-8").split("\n", 1)[0].strip()
        if is_postgres(pid):
            self._run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")
        else:
            pid_file.unlink(missing_ok=True)

    def _make_folder(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.user:
            entry = pwd.getpwnam(self.user)
            os.chown(folder, entry.pw_uid, entry.pw_gid)
        elif folder.stat().st_uid != os.getuid():
            raise Problem(f"{folder} belongs to another user: remove it and run it again")

    def _must(self, program: str, *words: str | Path, text: str | None = None) -> None:
        done = self._run(program, *words, text=text)
        if done.returncode:
            raise Problem(f"{program} failed: {last_line(done.stderr)}")

    def _run(
        self, program: str, *words: str | Path, text: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        folder = system.server_programs()
        if folder is None:
            raise Problem("PostgreSQL is missing: run make setup")
        return output([folder / program, *words], user=self.user, text=text)

    def _psql(self, database: str, sql: str) -> subprocess.CompletedProcess[str]:
        words: list[str | Path] = [
            "-XAtq",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            self.socket,
            "-p",
            str(PORT),
        ]
        return self._run("psql", *words, "-U", SUPERUSER, "-d", database, text=sql)


def socket_folder(wanted: Path, token: str) -> Path:
    """``wanted``, or a short folder when a socket's path there would be too long."""
    longest = len(os.fsencode(wanted)) + len(f"/.s.PGSQL.{PORT}.lock")
    if longest <= SOCKET_LIMIT:
        return wanted
    temporary = Path(tempfile.gettempdir())
    short = temporary if len(str(temporary)) < 40 else Path("/tmp")
    return short / f"{NAME}-{token}"


def may_enter(user: str, folder: Path) -> bool:
    """Whether ``user`` can reach what lies in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    test = subprocess.run(["test", "-x", str(folder)], cwd="/", check=False, **identity(user))
    return test.returncode == 0


def is_postgres(pid: str) -> bool:
    """Whether a process of this number runs and is a PostgreSQL server."""
    try:
        return "postgres" in Path("/proc", pid, "comm").read_text(encoding="utf-8")
    except OSError:
        return False


def _exists(user: str) -> bool:
    try:
        pwd.getpwnam(user)
    except KeyError:
        return False
    return True
