"""The ledger of two rules, and the letters of one: rows, as if rules had made them."""

from .clients import BY_KEY
from .days import Week
from .rules import (
    DONE,
    FAILED_CLIENT,
    FAILED_WHY,
    KEPT,
    MISSED,
    OFF_SINCE,
    OFF_UNTIL,
    OPEN_TASK,
    RHYTHM,
    SILENT,
    SKIPPED,
    WELCOMED,
)
from .xml_file import QUIETLY, File, Raw, Ref

SINCE = Week(12, 0, 8)
LETTER = (
    "<p>{greeting},</p><p>welcome! We are glad that you have chosen us.</p><p>From now on you "
    "have a person here who knows you: whoever signs this letter.</p><p>Warm regards</p>"
)


def days_ago(days, hour):
    clock = f"hour={hour}, minute=0, second=0, microsecond=0"
    return f"DateTime.today() + relativedelta(days=-{days}, {clock})"


class Ledger:
    """Lines of one rule, each for one client."""

    def __init__(self, out, rule, action):
        self.out = out
        self.rule, self.action = rule, action
        self.count = 0

    def line(self, client, occurrence, due, state, **values):
        """One line; `occurrence` and `due` are Python of the data file."""
        self.count += 1
        day = f"({occurrence}).strftime('%Y-%m-%d')"
        ids = ", ".join(f"ref('{xmlid}')" for xmlid in (self.rule, self.action, client.ref))
        self.out.record(
            f"{self.rule}_run_{self.count}",
            "crm.relationship.rule.run",
            rule_id=Ref(self.rule),
            action_id=Ref(self.action),
            res_model="res.partner",
            res_id=Ref(client.ref),
            partner_id=Ref(client.ref),
            occurrence=Raw(f"({occurrence}).date()"),
            key=Raw(f"'%s:%s:res.partner:%s:%s' % ({ids}, {day})"),
            state=state,
            attempts=Raw("1"),
            date_due=Raw(due),
            **{"date_done": Raw(f"{due} + relativedelta(minutes=5)"), **values},
        )

    def kept(self, key, occurrence, due, state, **values):
        """A task for who looks after the client, unless somebody was in touch before."""
        client = BY_KEY[key]
        if state == DONE:
            values["user_id"] = Ref(f"user_{client.user}")
        elif state == SKIPPED:
            talk = f"({due} + relativedelta(days=-1)).strftime('%m/%d/%Y')"
            values["reason"] = Raw(f"'In touch since: ' + {talk}")
        self.line(client, occurrence, due, state, **values)


def write_rules(last_contacts):
    """:param dict last_contacts: the moment of the last contact by client of the history"""
    out = File("crm_relationship_rule_run_demo.xml", QUIETLY)
    _switch_on(out)
    ledger = Ledger(out, "rule_keep_in_touch", "rule_keep_in_touch_action_call")
    for key, due, state in KEPT:
        rhythm = RHYTHM[BY_KEY[key].status]
        ledger.kept(key, f"{due} + relativedelta(days=-{rhythm})", str(due), state)
    for key, state in (SILENT | {FAILED_CLIENT: "failed"}).items():
        contact = str(last_contacts[key])
        rhythm = RHYTHM[BY_KEY[key].status]
        due = f"{contact} + relativedelta(days={rhythm}, hour=7, minute=0)"
        values = {"activity_id": Ref(OPEN_TASK[key])} if key in OPEN_TASK else {}
        if key == FAILED_CLIENT:
            values = {"reason": FAILED_WHY, "error": f"LockNotAvailable: {FAILED_WHY}"}
        ledger.kept(key, contact, due, state, **values)
    for key, state in MISSED.items():
        due = days_ago(OFF_SINCE - 1, 7)
        rhythm = RHYTHM[BY_KEY[key].status]
        missed = Raw(days_ago(OFF_UNTIL, 6))
        values = {"missed_until": missed, "date_done": missed}
        ledger.kept(key, f"{due} + relativedelta(days=-{rhythm})", due, state, **values)
    _write_welcomes(out)
    out.write()


def _switch_on(out):
    """Anna switched it on three months ago; it has looked until now, but for two days."""
    out.record(
        "rule_keep_in_touch",
        "crm.relationship.rule",
        user_id=Ref("user_anna"),
        date_start=Raw(str(SINCE)),
        active=Raw("True"),
    )
    # Once more, for a new beginning is looked back to.
    looked = f"'looked_until': DateTime.now(), 'off_since': {days_ago(OFF_SINCE, 6)}"
    off = f"'off_until': {days_ago(OFF_UNTIL, 6)}, 'off_told': True"
    arguments = f"[[ref('rule_keep_in_touch')], {{{looked}, {off}}}]"
    out.function("crm.relationship.rule", "write", "base.user_root", arguments)


def _write_welcomes(out):
    ledger = Ledger(out, "rule_welcome", "rule_welcome_action_mail")
    for key, due, greeting in WELCOMED:
        client = BY_KEY[key]
        letter = f"letter_welcome_{key}"
        out.record(
            letter,
            "mail.message",
            model="res.partner",
            res_id=Ref(client.ref),
            message_type="email_outgoing",
            subtype_id=Ref("mail.mt_comment"),
            author_id=Raw(f"obj(ref('user_{client.user}')).partner_id.id", "res.users"),
            subject="Welcome, and thank you",
            body=LETTER.format(greeting=greeting),
            date=Raw(str(due)),
        )
        ledger.line(client, str(due), str(due), DONE, message_id=Ref(letter))
