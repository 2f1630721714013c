"""Rules at work in processes of their own, on copies of one database that is set up once."""

import os
import signal
import subprocess
from itertools import count
from pathlib import Path

import pytest

from workbench.gate import PREFIX
from workbench.shell import output
from workbench.stamps import digest

FOLDER = Path(__file__).parent
NUMBERS = count(1)
PEOPLE = 300
BASE = "template_rules"

# 300 people whose birthday is today: every 100th has no address, every third speaks French.
# One rule writes to them, and has those called who can't be written to; one makes tasks.
FILL = f"""
from datetime import timedelta
from odoo import Command, fields
env["ir.cron"].search([]).active = False
env.ref("crm_relationship.ir_cron_rules").active = True
env["crm.relationship.rule"].search([]).active = False
env["res.lang"]._activate_lang("fr_FR")
env.company.resource_calendar_id.tz = "UTC"
today, now = fields.Date.today(), fields.Datetime.now()
sellers = env["res.users"].with_context(no_reset_password=True).create([
    {{"name": f"Seller {{n}}", "login": f"seller{{n}}", "email": f"seller{{n}}@us.example.com",
      "notification_type": "email",
      "group_ids": [Command.link(env.ref("sales_team.group_sale_manager").id)]}}
    for n in range(4)
])
birthday = env["crm.important.date.kind"].create({{"name": "Their day"}})
quiet = env["res.partner"].with_context(tracking_disable=True, mail_auto_subscribe_no_notify=True)
people = quiet.create([
    {{"name": f"Person {{n}}", "email": n % 100 and f"person{{n}}@people.example.com",
      "tz": "UTC", "lang": "en_US" if n % 3 else "fr_FR", "user_id": sellers[n % 3].id,
      "important_date_ids": [Command.create(
          {{"kind_id": birthday.id, "month": today.month, "day": today.day}})]}}
    for n in range({PEOPLE})
])
template = env["mail.template"].create({{
    "name": "Greeting", "model_id": env["ir.model"]._get_id("res.partner"),
    "subject": "All the best, {{{{ object.name }}}}", "use_default_to": True,
    "email_from": "us@us.example.com",
    "body_html": "<p>Dear <t t-out='object.name'/>, all the best!</p>",
}})
template.with_context(lang="fr_FR").write({{
    "subject": "Bonne fête, {{{{ object.name }}}}",
    "body_html": "<p>Cher <t t-out='object.name'/>, meilleurs voeux !</p>",
}})
call = env["crm.relationship.rule.action"].create({{"kind": "activity", "summary": "Call instead"}})
common = {{"active": True, "user_id": sellers[3].id, "date_kind_id": birthday.id, "send_hour": 0,
          "purpose": "service", "date_start": now - timedelta(days=2)}}
env["crm.relationship.rule"].create([
    {{"name": "Letters", **common, "action_ids": [Command.create(
        {{"kind": "mail", "template_id": template.id, "otherwise_id": call.id}})]}},
    {{"name": "Tasks", **common, "action_ids": [Command.create(
        {{"kind": "activity", "summary": "Say it in person"}})]}},
])
"""

# What a run leaves behind, each as the query that lists it. Numbers of rows that another
# order of work gives out differently are left out.
STATE = {
    "ledger": """
        SELECT key, state, reason, attempts, mail_id IS NOT NULL, activity_id IS NOT NULL,
               to_announce
          FROM crm_relationship_rule_run
    """,
    "letters": """
        SELECT client.email, message.subject, mail.state, message.res_id
          FROM mail_mail mail
          JOIN mail_message message ON message.id = mail.mail_message_id
          JOIN mail_mail_res_partner_rel rel ON rel.mail_mail_id = mail.id
          JOIN res_partner client ON client.id = rel.res_partner_id
         WHERE message.model = 'res.partner'
    """,
    "tasks": """
        SELECT res_model, res_id, res_name, user_id, summary, date_deadline, active
          FROM mail_activity
    """,
    "digests": """
        SELECT message.subject, reader.email
          FROM mail_message message
          JOIN mail_notification told ON told.mail_message_id = message.id
          JOIN res_partner reader ON reader.id = told.res_partner_id
         WHERE message.subject ~ 'new task'
    """,
}


@pytest.fixture(scope="session")
def base(project):
    """The database that is copied; it is made when the addons have changed."""
    databases, addons = project.databases, project.addons.core
    template = databases.template("template_plain", addons.stock(), demo=False)
    key = digest(databases.note(template), addons.checksum(), FILL)
    if databases.note(BASE) != key:
        databases.copy(template, BASE)
        databases.install(BASE, addons.names)
        fill(project)
        databases.set_note(BASE, key)
    return BASE


def fill(project):
    """Put people and rules into the database."""
    argv = project.odoo.command("shell", "-d", BASE, "--no-http", "--log-level=warn")
    end = "\nenv.cr.commit()\nprint('the script ended')\n"
    done = output(argv, env=project.odoo.environment(), text=FILL + end)
    assert "the script ended" in done.stdout, done.stderr


@pytest.fixture
def copy(project, base):
    """Makes copies of the database."""
    made = []

    def make(sql=""):
        made.append(f"{PREFIX}{os.getpid()}_rules_{next(NUMBERS)}")
        project.databases.copy(base, made[-1])
        if sql:
            project.cluster.ask(sql, made[-1])
        return made[-1]

    yield make
    for name in made:
        project.databases.drop(name)


class Worker:
    """A process that does what is due; see `worker.py`."""

    def __init__(self, project, database, point):
        self.log = project.places.logs / f"{database}-{next(NUMBERS)}-rules.log"
        with self.log.open("w", encoding="utf-8") as stream:
            self.process = subprocess.Popen(
                [str(project.odoo.venv.python), str(FOLDER / "worker.py"), database, *point],
                env={**project.odoo.environment(), "PYTHONPATH": str(project.odoo.import_path)},
                cwd=project.places.repo,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
            )
        self._wait_for("ready")

    def start(self):
        """Let it begin."""
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return self

    go_on = start

    def wait_until_there(self):
        """Wait until it has come to its point."""
        self._wait_for("here")
        return self

    def kill(self):
        """End it as the kernel does when memory is short."""
        self.process.send_signal(signal.SIGKILL)
        assert self.process.wait() == -signal.SIGKILL

    def finish(self):
        """Wait until all is done; returns what it logged."""
        self.process.stdin.close()
        log = self.process.wait(timeout=300)
        log = self.log.read_text(encoding="utf-8")
        assert self.process.returncode == 0, log
        return log

    def _wait_for(self, word):
        line = self.process.stdout.readline()
        assert line == f"{word}\n", self.log.read_text(encoding="utf-8")


@pytest.fixture
def worker(project):
    """Makes workers; those still there at the end are killed."""
    made = []

    def make(database, *point):
        made.append(Worker(project, database, [str(part) for part in point]))
        return made[-1]

    yield make
    for worker in made:
        worker.process.kill()
        worker.process.wait()
        worker.process.stdin.close()
        worker.process.stdout.close()


@pytest.fixture
def run(worker):
    """Does all that is due on a database, in a process of its own; returns its log."""
    return lambda database: worker(database).start().finish()


@pytest.fixture
def state(project):
    """All that the rules made of a database, for comparing."""
    return lambda database: read_state(project, database)


def read_state(project, database):
    return {kind: sorted(project.cluster.ask(sql, database)) for kind, sql in STATE.items()}


@pytest.fixture(scope="session")
def undisturbed_database(project, base):
    """A database on which nothing gets in the way of the rules."""
    name = f"{PREFIX}{os.getpid()}_undisturbed"
    project.databases.copy(base, name)
    worker = Worker(project, name, ())
    assert worker.start().finish() == ""
    yield name
    project.databases.drop(name)


@pytest.fixture(scope="session")
def undisturbed(project, undisturbed_database):
    """What the rules made there."""
    return read_state(project, undisturbed_database)


@pytest.fixture
def due(project):
    """Makes the scheduled action due again, as a quarter of an hour later."""

    def make(database):
        project.cluster.ask("UPDATE ir_cron SET nextcall = now() - interval '1 minute'", database)

    return make
