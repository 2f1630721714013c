"""The link to unsubscribe clicked twice at once, answered by two processes of Odoo."""

import socket
import subprocess
import threading
import urllib.parse
import urllib.request

import pytest

from workbench.serve import answers
from workbench.shell import wait_until

pytestmark = pytest.mark.database

LINK = """
from odoo.addons.crm_relationship.models.rule.crm_relationship_unsubscribe import Recipient
person = env["res.partner"].search([("name", "=", "Person 7")])
reader = Recipient("email", person.email, person.id, None, env.company.id, person.lang)
[url] = env["crm.relationship.unsubscribe"]._get_urls([reader]).values()
print("LINK", url)
"""
# Who comes first takes a second, so that the other is there before it is done.
SLOW = """
    CREATE FUNCTION take_a_second() RETURNS trigger LANGUAGE plpgsql
        AS 'BEGIN PERFORM pg_sleep(1); RETURN NEW; END';
    CREATE TRIGGER slow BEFORE INSERT ON mail_blacklist
        FOR EACH ROW EXECUTE FUNCTION take_a_second();
"""
# What a click leaves behind: the address on the blacklist, the history, the chatter.
TRACES = """
    SELECT (SELECT count(*) FROM mail_blacklist WHERE email = 'person7@people.example.com'),
           (SELECT count(*) FROM crm_interaction WHERE partner_id = client.id),
           (SELECT count(*) FROM mail_message
             WHERE model = 'res.partner' AND res_id = client.id AND body ~ 'Unsubscribed')
      FROM res_partner client WHERE client.name = 'Person 7'
"""


@pytest.fixture
def serve(project):
    """Serves a database by two processes; returns where."""
    servers = []

    def start(database):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        words = ("-d", database, "--db-filter", f"^{database}$", "--http-port", str(port))
        log = (project.places.logs / f"{database}-serve.log").open("w", encoding="utf-8")
        with log:
            servers.append(
                subprocess.Popen(
                    project.odoo.command(*words, "--workers=2", "--max-cron-threads=0"),
                    env=project.odoo.environment(),
                    stdout=log,
                    stderr=log,
                )
            )
        url = f"http://127.0.0.1:{port}"
        assert wait_until(lambda: answers(f"{url}/web/health"), seconds=120)
        return url

    yield start
    for server in servers:
        server.terminate()
        server.wait(timeout=60)


def click(url, codes):
    """As mail programs do it (RFC 8058)."""
    request = urllib.request.Request(url, data=b"List-Unsubscribe=One-Click", method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        codes.append(answer.status)


def test_two_clicks_at_once_are_one(project, copy, script, serve):
    name = copy(SLOW)
    log = script(name, LINK)
    path = urllib.parse.urlsplit(log.split("LINK ")[1].split()[0]).path
    assert project.cluster.ask(TRACES, name) == ["0|0|0"]
    url = serve(name)
    codes = []
    clicks = [threading.Thread(target=click, args=(url + path, codes)) for __ in range(6)]
    for one in clicks:
        one.start()
    for one in clicks:
        one.join()
    assert codes == [200] * 6
    assert project.cluster.ask(TRACES, name) == ["1|1|1"]
