"""Prepares the databases, lets two Odoos do the same work in turn, and reports.

Two databases of one volume: ``bench_N`` with Odoo alone, filled once; ``bench_N_ours``, a
copy with the addon installed, the past built and costs of the sources entered, made anew when the
addon changes. What is measured with accounting has a third, ``bench_N_account``: a copy of that
one, with the bridge and its documents.
"""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any

from workbench.errors import Problem
from workbench.locks import alone
from workbench.project import Project
from workbench.shell import say
from workbench.stamps import digest, file_sha256

from .figures import MISSED, OK, Cost, Figure, typical
from .rules import OLD
from .rules import PREPARATION as RULES
from .rules import statements as rule_statements
from .volume import TABLES, USERS, statements
from .volume_accounting import GOODS
from .volume_accounting import PREPARATION as ACCOUNTING
from .volume_accounting import statements as accounting_statements
from .volume_costs import COSTS
from .works import ALL, p5_volume, p8_briefing
from .works.work import Work

# The goal that has no piece of work: it is measured when the database is made.
PAST = "p10"
MICROSECONDS = 100
STOCK_RULES = "base_automation"
BRIDGE = "crm_relationship_account"
MEMORY_MB = 100

# The users, and the ids that the volume builds on.
PREPARATION = f"""
import json
users = env["res.users"].with_context(no_reset_password=True).create([
    {{"name": f"Seller {{n}}", "login": f"bench_{{n}}", "email": f"seller{{n}}@bench.example.com",
      "group_ids": [(4, env.ref("sales_team.group_sale_salesman_all_leads").id)]}}
    for n in range({USERS})
])
env.flush_all()
ids = {{name: (env.execute_query(SQL("SELECT coalesce(max(id), 0) FROM %s",
                                     SQL.identifier(table))))[0][0]
       for name, table in {TABLES!r}.items()}}
ids |= {{"user": min(users.ids), "robot": env.ref("base.partner_root").id,
        "note": env.ref("mail.mt_note").id, "comment": env.ref("mail.mt_comment").id,
        "call": env.ref("mail.mail_activity_data_call").id}}
env.cr.commit()
print("IDS " + json.dumps(ids))
"""


class Worker:
    """A process of Odoo on one database, which works when it is told."""

    def __init__(self, project: Project, database: str) -> None:
        log = project.places.logs / f"{database}-worker.log"
        self.log = log.open("w", encoding="utf-8")
        self.process = subprocess.Popen(
            [str(project.venv.python), "-m", "benchmarks.worker", database],
            cwd=project.places.repo,
            env=project.odoo.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
            text=True,
        )

    def ask(self, **request: Any) -> dict[str, Any]:
        """Let it do something; returns what it says about it."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise Problem(f"a worker of the benchmark ended (log: {self.log.name})")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """Let it end."""
        if self.process.stdin:
            self.process.stdin.close()
        self.process.wait()
        self.log.close()


class Bench:
    """One run of the benchmark with N contacts.

    ``only`` names the goals to measure (``p8``); without it they are all measured.
    """

    def __init__(self, project: Project, size: int, only: frozenset[str] = frozenset()) -> None:
        self.goals = [goal for goal in ALL if not only or _key(goal) in only]
        if unknown := only - {*map(_key, ALL), PAST}:
            raise Problem(f"ONLY={' '.join(sorted(unknown))}: there is no such goal")
        self.is_past_asked = not only or PAST in only
        self.project = project
        self.databases = project.databases
        self.size = size
        self.base = f"bench_{size}"
        self.ours = f"bench_{size}_ours"
        self.accounting = f"bench_{size}_account"
        self.results = project.places.home / "bench"

    def run(self) -> int:
        """Measure and report; returns 1 when a count is above its goal."""
        self.project.ensure()
        with alone(self.project.places.home / "locks/bench", "it measures"):
            self._ensure_base()
            self._ensure_ours()
            if any(_key(goal) <= "p5" for goal in self.goals):
                self._ensure_rules()
            if self._is_accounting_asked():
                self._ensure_accounting()
            figures = [*self._work(), *self._past(), *self._growth()]
        for figure in figures:
            print(figure)
        missed = [figure for figure in figures if figure.verdict == MISSED]
        say(f"{len(figures)} figures, {len(missed)} missed ({self.size} contacts)")
        return int(any(figure.is_exact for figure in missed))

    # ---- databases ----

    def _ensure_base(self) -> None:
        source = file_sha256(Path(__file__).with_name("volume.py"))
        template = self.databases.template("template_plain", self._stock(), demo=False)
        key = digest(source, self.databases.note(template), str(self.size))
        if self.databases.note(self.base) == key:
            return
        say(f"filling the database {self.base}: {self.size} contacts")
        self.databases.drop(self.ours)
        self.databases.copy(template, self.base)
        for sql in statements(self.size, self._prepare(self.base, PREPARATION)):
            self.project.cluster.ask(sql, self.base)
        self.project.cluster.ask("VACUUM ANALYZE", self.base)
        self.databases.set_note(self.base, key)

    def _ensure_rules(self) -> None:
        """Odoo's own rules in the one database, rules with a past in the other."""
        ask = self.project.cluster.ask
        installed = "SELECT 1 FROM ir_module_module WHERE name = '{}' AND state = 'installed'"
        if not ask(installed.format(STOCK_RULES), self.base):
            say(f"installing {STOCK_RULES} into {self.base}")
            self.databases.install(self.base, [STOCK_RULES])
        filled = (
            f"SELECT 1 FROM crm_relationship_rule_run run JOIN crm_relationship_rule rule"
            f" ON rule.id = run.rule_id WHERE rule.name->>'en_US' = '{OLD}' LIMIT 1"
        )
        if not ask(filled, self.ours):
            say("making ten years of a rule's past")
            ids = self._prepare(self.ours, RULES)
            for sql in rule_statements(self.size, ids):
                ask(sql, self.ours)
            ask("VACUUM ANALYZE crm_important_date, crm_relationship_rule_run", self.ours)

    def _stock(self) -> list[str]:
        return self.project.addons.core.stock()

    def _prepare(self, database: str, code: str) -> dict[str, int]:
        done = self._shell(database, "from odoo.tools import SQL\n" + code)
        ids: dict[str, int] = json.loads(done.split("IDS ", 1)[1].splitlines()[0])
        return ids

    def _shell(self, database: str, code: str) -> str:
        done = subprocess.run(
            self.project.odoo.command("shell", "-d", database, "--no-http", "--log-level=warn"),
            env=self.project.odoo.environment(),
            input=code,
            capture_output=True,
            text=True,
            check=False,
        )
        if "IDS " not in done.stdout:
            raise Problem(f"could not prepare {database}: {done.stderr[-300:]}")
        return done.stdout

    def _ensure_ours(self) -> None:
        addons = self.project.addons.core
        source = file_sha256(Path(__file__).with_name("volume_costs.py"))
        key = digest(self.databases.note(self.base), addons.checksum(), source)
        if self.databases.note(self.ours) == key:
            return
        say(f"installing {', '.join(addons.names)} into a copy of {self.base}")
        self.databases.copy(self.base, self.ours)
        started = time.monotonic()
        self.databases.install(self.ours, addons.names)
        installed = time.monotonic() - started
        say("building the history of the past")
        worker = Worker(self.project, self.ours)
        built = worker.ask(build=True)
        worker.close()
        self.project.cluster.ask(COSTS, self.ours)
        self.project.cluster.ask("VACUUM ANALYZE", self.ours)
        self._save("past", {**built, "install_s": installed})
        self.databases.set_note(self.ours, key)

    def _is_accounting_asked(self) -> bool:
        return any(work.accounting for goal in self.goals for work in goal.WORKS.values())

    def _ensure_accounting(self) -> None:
        """The bridge beside the addon, and years of invoices and payments."""
        source = file_sha256(Path(__file__).with_name("volume_accounting.py"))
        key = digest(self.databases.note(self.ours), self.project.addons.checksum(), source)
        if self.databases.note(self.accounting) == key:
            return
        ask = self.project.cluster.ask
        say(f"installing account and its bridge into a copy of {self.ours}")
        self.databases.copy(self.ours, self.accounting)
        self.databases.install(self.accounting, ["account", BRIDGE])
        say("making invoices, refunds and payments")
        ids = self._prepare(self.accounting, ACCOUNTING)
        for sql in accounting_statements(self.size, ids):
            ask(sql, self.accounting)
        ask("VACUUM ANALYZE", self.accounting)
        self._prepare(self.accounting, GOODS)
        ask("VACUUM ANALYZE account_move", self.accounting)
        self.databases.set_note(self.accounting, key)

    # ---- measurements ----

    def _work(self) -> Iterator[Figure]:
        names = {self.base, self.ours}
        if self._is_accounting_asked():
            names.add(self.accounting)
        workers = {name: Worker(self.project, name) for name in names}
        costs: dict[str, dict[str, Cost]] = {name: {} for name in workers}
        for goal in self.goals:
            say(f"measuring: {(goal.__doc__ or '').splitlines()[0]}")
            for works in _compared(goal.WORKS):
                cases = [
                    (base, name) for name in works for base in self._get_databases(works[name])
                ]
                rounds = max(work.rounds for work in works.values())
                for (base, name), measured in _in_turn(workers, cases, rounds).items():
                    costs[base][name] = typical(measured)
        for worker in workers.values():
            worker.close()
        costs[self.ours] |= costs.get(self.accounting, {})
        spent = {name: cost.cpu_ms for name, cost in costs[self.ours].items()}
        self._save("works", {**self._load("works", self.size), **spent})
        for goal in self.goals:
            yield from goal.figures(costs[self.base], costs[self.ours])

    def _get_databases(self, work: Work) -> list[str]:
        if work.accounting:
            return [self.accounting]
        return [self.ours] if work.ours_only else [self.base, self.ours]

    def _past(self) -> Iterator[Figure]:
        """P10, measured when the addon was installed into this volume."""
        if not self.is_past_asked:
            return
        past = self._load("past", self.size)
        a_partner = 1e6 * past["cpu_s"] / self.size
        yield Figure(
            "P10",
            f"history of {past['events']} events",
            f"at most {MICROSECONDS} µs a contact",
            f"{a_partner:.0f} µs CPU a contact, {past['wall_s']:.0f} s, {past['rows']} rows",
            OK if a_partner <= MICROSECONDS else MISSED,
            is_exact=False,
        )
        yield Figure(
            "P10",
            "memory of the process",
            f"grows by at most {MEMORY_MB} MB",
            f"{past['memory_mb']:.0f} MB more",
            OK if past["memory_mb"] <= MEMORY_MB else MISSED,
            is_exact=False,
        )
        yield Figure(
            "P10",
            "clients brought up to date after it",
            "",
            f"{1e6 * past['refresh_cpu_s'] / self.size:.0f} µs CPU a contact, "
            f"{past['refresh_s']:.0f} s",
            "",
            is_exact=False,
        )

    def _growth(self) -> Iterator[Figure]:
        """P5 and P8: ten times the volume, when both were measured."""
        few, many = (self._load("works", size) for size in (self.size // 10, self.size))
        for name in [name for goal in self.goals for name in goal.WORKS]:
            if name not in few or name not in many:
                continue
            if name in p5_volume.GROWING:
                yield self._grown("P5", name, few[name], many[name], 1.3)
            if name in p8_briefing.GROWING:
                yield self._grown("P8", name, few[name], many[name], 1.2)

    def _grown(self, key: str, name: str, few: float, many: float, limit: float) -> Figure:
        return Figure(
            key,
            f"{name}, {self.size} to {self.size // 10}",
            f"at most {limit:g} times",
            f"{few:.1f} -> {many:.1f} ms CPU ({many / few:.2f} times)",
            OK if many / few <= limit else MISSED,
            is_exact=False,
        )

    # ---- results ----

    def _save(self, what: str, values: dict[str, Any]) -> None:
        self.results.mkdir(exist_ok=True)
        path = self.results / f"{what}-{self.size}.json"
        path.write_text(json.dumps(values, indent=1), encoding="utf-8")

    def _load(self, what: str, size: int) -> dict[str, Any]:
        path = self.results / f"{what}-{size}.json"
        if not path.exists():
            return {}
        values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return values


def _key(goal: ModuleType) -> str:
    """How a goal is called: the first word of its file's name."""
    return goal.__name__.rpartition(".")[2].split("_", 1)[0]


def _compared(works: dict[str, Work]) -> list[dict[str, Work]]:
    """Works that are compared with each other; each other one is compared with itself elsewhere."""
    groups = groupby(works.items(), lambda named: named[1].group or named[0])
    return [dict(group) for __, group in groups]


def _in_turn(
    workers: dict[str, Worker], cases: list[tuple[str, str]], rounds: int
) -> dict[tuple[str, str], list[Cost]]:
    """Works (database, name) one after the other, A B A B; the first round only warms up."""
    runs: dict[tuple[str, str], list[Cost]] = {case: [] for case in cases}
    for turn in range(rounds + 1):
        for base, name in cases:
            cost = Cost(**workers[base].ask(work=name))
            if turn:
                runs[base, name].append(cost)
    return runs
