"""Runs inside Odoo, in a process of its own: does what it is told and says what it cost.

It reads one JSON request a line and answers with one line each:
`{"work": name}` -> statements, CPU, records; `{"build": true}` -> the history of the past.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any

from .works import ALL

LOGIN = "bench_1"
# So many rows read one after the other are worth an index.
LARGE = 5_000


class Worker:
    """A database and what is done in it."""

    def __init__(self, database: str) -> None:
        from odoo.modules.registry import Registry

        self.registry = Registry(database)
        # What is loaded stays: collecting garbage does not look through it in the middle of a
        # measurement. What the work itself leaves behind is collected, and counted, as ever.
        gc.collect()
        gc.freeze()
        self.works = {name: work for goal in ALL for name, work in goal.WORKS.items()}

    def measure(self, name: str) -> dict[str, Any]:
        """Do a piece of work as a salesperson and undo it."""
        from odoo import api

        work = self.works[name]
        with self.registry.cursor() as cr:
            users = api.Environment(cr, api.SUPERUSER_ID, {})["res.users"]
            uid = users.search([("login", "=", LOGIN)]).id
            env = api.Environment(cr, uid, {})
            case = work.prepare(env)
            cr.flush()
            env.invalidate_all()
            gc.collect()
            read = _read_through(cr)
            statements, before = cr.sql_log_count, _cpu(cr)
            result = work.act(case)
            cr.flush()
            spent, count = _cpu(cr) - before, cr.sql_log_count - statements
            scanned = _large(read, _read_through(cr))
            cr.rollback()
        return {
            "statements": count,
            "cpu_ms": 1000 * spent,
            "records": work.records,
            "touched": result if isinstance(result, int) else None,
            "scanned": scanned,
        }

    def build(self) -> dict[str, float]:
        """Build the history of the past and bring the clients up to date."""
        from odoo import api

        with self.registry.cursor() as cr:
            env = api.Environment(cr, api.SUPERUSER_ID, {})
            memory, wall, before = _memory(), time.monotonic(), _cpu(cr)
            env["crm.interaction.backfill"]._build_all()
            built = {
                "cpu_s": _cpu(cr) - before,
                "wall_s": time.monotonic() - wall,
                "memory_mb": _memory() - memory,
                "rows": env["crm.interaction"].search_count([]),
                "events": sum(env["crm.interaction.backfill"].search([]).mapped("seen_count")),
            }
            wall, before = time.monotonic(), _cpu(cr)
            env["crm.relationship.refresh"]._refresh_queued()
            built |= {"refresh_cpu_s": _cpu(cr) - before, "refresh_s": time.monotonic() - wall}
            cr.commit()
        return built


def _cpu(cr: Any) -> float:
    """Seconds of processor time of this process and of its PostgreSQL backend."""
    pid = cr._cnx.get_backend_pid()
    backend = int(Path(f"/proc/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9
    return time.process_time() + backend


def _read_through(cr: Any) -> dict[str, tuple[int, int]]:
    """Sequential scans in this transaction, and the rows they read, by table."""
    cr.execute(
        "SELECT relname, seq_scan, seq_tup_read FROM pg_stat_xact_user_tables WHERE seq_scan > 0"
    )
    return {table: (scans, rows) for table, scans, rows in cr.fetchall()}


def _large(before: dict[str, tuple[int, int]], after: dict[str, tuple[int, int]]) -> dict[str, int]:
    """Rows read by a scan in between, of the tables that are large."""
    read = {}
    for table, (scans, rows) in after.items():
        old_scans, old_rows = before.get(table, (0, 0))
        if scans > old_scans and (rows - old_rows) / (scans - old_scans) > LARGE:
            read[table] = (rows - old_rows) // (scans - old_scans)
    return read


def _memory() -> float:
    """Most memory that this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(database: str) -> None:
    """Answer requests until there are no more."""
    from odoo.tools import config

    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    config.parse_config(["-c", os.environ["ODOO_RC"], "-d", database, "--log-level=warn"])
    worker = Worker(database)
    for line in sys.stdin:
        request = json.loads(line)
        answer = worker.build() if "build" in request else worker.measure(request["work"])
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


if __name__ == "__main__":
    main(sys.argv[1])
