#!/usr/bin/env python3
"""Load the demo data in thought on every day of some years: `python tools/check_demo_days.py`.

The data is relative to today, so a day could come on which it contradicts itself: a contact
in the future, a deal won before it came, an inquiry answered before it was asked. The
dates of all files of the folder are worked out as Odoo would, without Odoo and without a
database, at several hours of each day. Prints nothing but the days that are wrong.
"""

import datetime as real
import sys
from calendar import monthrange
from pathlib import Path
from xml.etree import ElementTree

import pytz
from dateutil.relativedelta import relativedelta

DEMO = Path(__file__).resolve().parent.parent / "crm_relationship" / "demo"
# Four years: every date falls on every day of the week, and one year has a 29 February.
FIRST_DAY = real.datetime(2026, 1, 1)
DAYS = 4 * 365 + 1
TIMES = (real.timedelta(minutes=3), real.timedelta(hours=23, minutes=55))
# Inquiries that wait for an answer on any day.
WAITING = 6
# People of Odoo's own demo contacts, who are not in our files.
PEOPLE_OF_ODOO = {
    "base.res_partner_12": (15, 28),
    "base.res_partner_10": (17, 18),
    "base.res_partner_3": (5, 10),
    "base.res_partner_4": (7, 13),
}


class Clock(real.datetime):
    """`datetime` whose now is set, the same in every time zone."""

    moment = FIRST_DAY

    @classmethod
    def now(cls, tz=None):
        return cls.moment

    today = now


class Demo:
    """The fields of all records with a date in them, compiled once."""

    def __init__(self):
        self.records = []
        self.names = {"DateTime": Clock, "datetime": Clock, "relativedelta": relativedelta}
        self.names |= {"pytz": pytz, "ref": str}
        for path in sorted(DEMO.glob("*.xml")):
            for node in ElementTree.parse(path).iter("record"):
                self.records.append((node.get("id"), node.get("model"), self._fields(node)))

    def _fields(self, node):
        fields = {}
        for field in node.iter("field"):
            formula = field.get("eval")
            if formula and "DateTime" in formula:
                formula = compile(formula, field.get("name"), "eval")
            fields[field.get("name")] = formula or field.get("ref") or field.text
        return fields

    def at(self, moment):
        """All records as they would be loaded at this moment, by model."""
        Clock.moment = moment
        found = {}
        for xmlid, model, fields in self.records:
            values = {name: self._value(field) for name, field in fields.items()}
            found.setdefault(model, {})[xmlid] = values
        return found

    def _value(self, field):
        if isinstance(field, str) or field is None:
            return field
        return eval(field, dict(self.names))


def check_leads(leads, now):
    for xmlid, lead in leads.items():
        if not lead["create_date"] <= now:
            yield f"{xmlid} is still to come"
        closed = lead.get("date_closed")
        if closed and not lead["create_date"] < closed <= now:
            yield f"{xmlid} is closed before it came, or in the future"


def check_interactions(interactions, leads, now):
    for xmlid, row in interactions.items():
        if row["date"] > now:
            yield f"{xmlid} is still to come"
        lead = leads.get(row.get("lead_id"))
        if lead and row["date"] < lead["create_date"] - relativedelta(seconds=1):
            yield f"{xmlid} is before its lead"


def check_waiting(interactions, clients):
    """An answer goes to anybody of the client, and an attempt is none."""
    answers = {}
    for row in interactions.values():
        reached = row.get("outcome_id") != "outcome_no_answer" and not row.get("is_attempt")
        if row["direction"] == "out" and reached:
            answers.setdefault(clients.get(row.get("partner_id")), []).append(row["date"])
    waiting = [
        row
        for row in interactions.values()
        if row.get("needs_reply")
        and not any(
            date >= row["date"] for date in answers.get(clients.get(row.get("partner_id"), 0), [])
        )
    ]
    if len(waiting) != WAITING:
        yield f"{len(waiting)} wait: {[row['subject'] for row in waiting]}"


def check_dates(dates, today):
    birthdays = 0
    for xmlid, date in dates.items():
        month, day, year = (int(date.get(name) or 0) for name in ("month", "day", "year"))
        if day > monthrange(year or 2000, month)[1]:
            yield f"{xmlid} does not exist: {year}-{month}-{day}"
        birthdays += (month, day) == (today.month, today.day)
    if not birthdays:
        yield "nobody has a birthday today"


def check_costs(costs):
    for xmlid, cost in costs.items():
        if cost["date_to"] < cost["date_from"]:
            yield f"{xmlid} ends before it begins"


def check_rules(runs, now):
    for xmlid, run in runs.items():
        if not run["date_due"] <= run["date_done"] <= now:
            yield f"{xmlid} was done before it was due, or is still to come"


def check_meetings(events, now):
    last_week = now.date() - real.timedelta(days=now.weekday() + 7)
    before = [event for event in events.values() if event["start"] < now]
    span = (last_week - real.timedelta(days=7), last_week)
    in_week = [event for event in before if span[0] <= event["start"].date() < span[1]]
    if len(in_week) != 5:
        yield f"{len(in_week)} meetings in the week before last"
    month = now + relativedelta(months=1)
    ahead = [event for event in events.values() if event["start"].month == month.month]
    if len([event for event in ahead if event["start"] > now]) < 7:
        yield f"{len(ahead)} meetings next month"


def check_day(demo, clients, now):
    found = demo.at(now)
    leads, interactions = found["crm.lead"], found["crm.interaction"]
    yield from check_leads(leads, now)
    yield from check_interactions(interactions, leads, now)
    yield from check_waiting(interactions, clients)
    yield from check_dates(found["crm.important.date"], now)
    yield from check_costs(found["crm.source.cost"])
    yield from check_meetings(found["calendar.event"], now)
    yield from check_rules(found["crm.relationship.rule.run"], now)


def main():
    demo = Demo()
    partners = demo.at(FIRST_DAY)["res.partner"]
    clients = {xmlid: values.get("parent_id", xmlid) for xmlid, values in partners.items()}
    clients |= {
        f"base.res_partner_address_{number}": client
        for client, numbers in PEOPLE_OF_ODOO.items()
        for number in numbers
    }
    wrong = 0
    for number in range(DAYS):
        for time in TIMES:
            now = FIRST_DAY + real.timedelta(days=number) + time
            for message in check_day(demo, clients, now):
                sys.stdout.write(f"{now}: {message}\n")
                wrong += 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
