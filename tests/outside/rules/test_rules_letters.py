"""What arrives: a mail server receives the letters of rules, each once, each the right one."""

import pytest
from smtp_sink import Sink

pytestmark = pytest.mark.database

SERVER = """
    INSERT INTO ir_mail_server (name, smtp_host, smtp_port, smtp_authentication, smtp_encryption,
                                active, sequence)
    VALUES ('Sink', '127.0.0.1', {port}, 'login', 'none', true, 1)
"""
# From now on the queue is due as well.
QUEUE = """
    UPDATE ir_cron SET active = true, nextcall = now() - interval '1 minute'
     WHERE id IN (SELECT res_id FROM ir_model_data WHERE name = 'ir_cron_mail_scheduler_action');
"""
WAITING = "SELECT count(*) FROM mail_mail WHERE state IN ('outgoing', 'exception')"
PEOPLE = "SELECT name, email, lang FROM res_partner WHERE email LIKE '%@people.example.com'"


@pytest.fixture
def sink():
    with Sink() as sink:
        yield sink
        sink.shutdown()


def test_everybody_receives_one_letter_in_their_language(project, copy, worker, run, sink):
    name = copy(SERVER.format(port=sink.port))
    # Killed when a batch has been queued but not committed: its letters never leave.
    point = ("crm.relationship.rule.run", "_settle", 3, "after")
    worker(name, *point).start().wait_until_there().kill()
    assert sink.letters == [], "nothing leaves but from the queue"
    run(name)
    assert sink.letters == []

    project.cluster.ask(QUEUE, name)
    while project.cluster.ask(WAITING, name) != ["0"]:
        before = len(sink.letters)
        run(name)
        assert len(sink.letters) > before
    received = sorted(
        (recipients, str(message["To"]), str(message["Subject"]))
        for recipients, message in sink.letters
        if "new tasks" not in str(message["Subject"])
    )
    greetings = {"en_US": "All the best", "fr_FR": "Bonne fête"}
    expected = []
    for line in project.cluster.ask(PEOPLE, name):
        person, address, lang = line.split("|")
        expected.append(([address], f"{person} <{address}>", f"{greetings[lang]}, {person}"))
    assert received == sorted(expected)
    assert len(received) == 297
    digests = [message for __, message in sink.letters if "new tasks" in str(message["Subject"])]
    assert sorted(str(message["To"]) for message in digests) == [
        f"Seller {number} <seller{number}@us.example.com>" for number in range(3)
    ]
