from collections.abc import Callable
from datetime import date, datetime
from typing import NamedTuple

from odoo import api, fields, models

from ...engine.today import in_turns

# Where a thing stands on the list, from the top.
MEETING, LATE, WAITING, DAY, PLANNED, SPARE = range(6)
# These are on the list also when the day was full already.
URGENT = (MEETING, LATE, WAITING)
# What has a lead to brief of when its client is not known.
BRIEFED = ("calendar.event", "crm.interaction", "crm.lead")


class Kind(NamedTuple):
    """A kind of thing to do: where it is found, and how it is told."""

    name: str
    res_model: str
    label: str
    find: Callable  # (day) -> list of Item
    tell: Callable  # (items, day) -> {key: values of the row}


class Item(NamedTuple):
    """Something to do, as far as its place on the list needs to know."""

    key: str
    kind: str
    res_id: int
    place: int  # MEETING ... SPARE
    rank: tuple = ()  # within the place, the smallest first
    client_id: int = 0  # commercial entity
    partner_id: int = 0  # the person
    is_late: bool = False


class Day(NamedTuple):
    """Whose day it is, and when it begins and ends in UTC."""

    user: models.BaseModel
    date: date
    next_date: date  # the next working day
    zone: str
    now: datetime
    start: datetime
    stop: datetime


class CrmToday(models.AbstractModel):
    """What a salesperson does today: one list, ordered, that can be finished.

    Each kind of thing finds its open ones by a constant number of statements
    (`crm_today_met.py`, `crm_today_owed.py` and others); an addon adds
    a kind through `_get_today_kinds`. Only the rows that are shown are told in
    words. Nothing is stored but what was on the list (`crm.today.line`) and what
    was put off (`crm.today.postponement`): a thing is done when it is no longer
    found, by whatever way it was done.

    Everything is read with the rights of who asks.
    """

    _name = "crm.today"
    _description = "Today"

    @api.model
    def get_today(self, user_id=False, limit=False):
        """The list of a salesperson for today, in the time zone of that person.

        :param int user_id: whose; of others for sales managers only
        :param int limit: so many rows at most, instead of those of the day
        :return: dict of

            - `rows`: dicts of `key`, `kind`, `kind_name`, `name`, `partner` {id, name},
              `time`, `reason`, `is_late`, `res_model`, `res_id`, `buttons`, `phone`, and of
              clients who complain `complaint`: of what, and what is done about it
            - `total`: how many things the day holds, done ones included; `done`
            - `more`: how many are open beyond the day's
            - `postponed`: how many were put off and would be on the list
            - `capacity`; `date`; `user` {id, name}; `is_own`; for managers `users`
            - `next`, when nothing is left: `date` and `counts` of the next working day
        """
        user = self._get_today_user(user_id)
        day = self._get_day(user, fields.Datetime.now())
        return self.with_context(tz=day.zone)._prepare_today(day, limit)

    @api.model
    def _prepare_today(self, day, limit):
        user = day.user
        found, postponed = self._find_items(day)
        seen = self.env["crm.today.line"]._get_seen(user, day.date)
        items = [i for i in found if i.key not in postponed and not seen.get(i.key)]
        capacity = self.env.company.today_capacity
        open_keys = {item.key for item in items}
        done = len(seen.keys() - open_keys - postponed)
        size = self._get_size(items, capacity, done)
        if user == self.env.user:
            new = [item.key for item in items[:size] if item.key not in seen]
            self.env["crm.today.line"]._see(user, day.date, new)
        today = {
            "rows": self._tell_items(items[: limit or size], day),
            "total": done + size,
            "done": done,
            "more": len(items) - size,
            "postponed": len(postponed & {*seen, *(item.key for item in found)}),
            "capacity": capacity,
            "date": fields.Date.to_string(day.date),
            "user": {"id": user.id, "name": user.name},
            "is_own": user == self.env.user,
        }
        if self._may_see_others():
            today["users"] = self._get_today_users()
        if not size:
            today["next"] = self._get_next(day, open_keys)
        return today

    @api.model
    def _get_size(self, items, capacity, done):
        """How many of the open things are the day's: what is urgent comes on top of a full day."""
        urgent = sum(item.place in URGENT for item in items)
        return min(len(items), max(capacity - done, min(urgent, capacity)))

    # ---- when nothing is left ----

    @api.model
    def _get_next(self, day, known):
        """What comes on the next working day: {"date", "counts": [{kind, label, count}]}."""
        coming = self._get_day_of(day.user, day.next_date, day.zone, day.now)
        items, postponed = self._find_items(coming)
        counts = []
        for kind in self._get_today_kinds():
            keys = {item.key for item in items if item.kind == kind.name}
            if count := len(keys - known - postponed):
                counts.append({"kind": kind.name, "label": kind.label, "count": count})
        return {"date": fields.Date.to_string(day.next_date), "counts": counts}

    # ---- what ----

    def _get_today_kinds(self):
        """The kinds of things to do, to be extended."""
        return []

    @api.model
    def _find_items(self, day):
        """What is open on that day, in order, and the keys of what is put off to a later day."""
        self.env.flush_all()
        found = []
        for kind in self._get_today_kinds():
            found += kind.find(day)
        postponements = self.env["crm.today.postponement"]
        postponed, clients = postponements._get_postponed(day.user, day.date)
        return self._order_items(self._drop_twice(found, clients)), postponed

    @api.model
    def _get_client_id(self, partner):
        """The client somebody belongs to; 0 of nobody."""
        # sudo: the id only; of a contact of another company the work is one's own all the same
        return partner.sudo().commercial_partner_id.id or 0

    @api.model
    def _drop_twice(self, items, postponed):
        """One thing appears once: who is spoken to anyway, or about something that was put off
        to a later day, is not due besides.

        :param set postponed: ids of clients of whom something was put off
        """
        spoken_to = {item.client_id for item in items if item.kind not in ("due", "next_step")}
        known = spoken_to | postponed
        return [item for item in items if item.kind != "due" or item.client_id not in known]

    @api.model
    def _order_items(self, items):
        """Meetings by time, what is late, who waits, what the day brings, what was planned, of
        two that are equally late the more valuable client; then clients who are due and deals
        without next step in turns, each in their order."""
        values = self._get_values(items)
        ordered = sorted(
            items,
            key=lambda item: (
                item.place,
                item.rank,
                -values.get(item.client_id, 0),
                item.kind,
                item.res_id,
            ),
        )
        fixed = [item for item in ordered if item.place != SPARE]
        spare = [item for item in ordered if item.place == SPARE]
        kinds = sorted({item.kind for item in spare})
        return fixed + in_turns([[i for i in spare if i.kind == kind] for kind in kinds])

    @api.model
    def _get_values(self, items):
        """What the clients have bought whose value decides: {client id: value}."""
        ids = {item.client_id for item in items if item.place not in (MEETING, SPARE)}
        clients = self.env["res.partner"].with_context(active_test=False)
        found = clients.search_fetch([("id", "in", list(ids - {0}))], ["purchase_value"])
        return {client.id: client.purchase_value for client in found}

    @api.model
    def _tell_items(self, items, day):
        """The rows of these items, in order, with their words."""
        told = {}
        for kind in self._get_today_kinds():
            own = [item for item in items if item.kind == kind.name]
            if own:
                told |= {
                    key: self._prepare_row(kind, values)
                    for key, values in kind.tell(own, day).items()
                }
        partners = self._get_partners(items)
        return [
            self._finish_row(item, told[item.key], partners, day)
            for item in items
            if item.key in told
        ]

    @api.model
    def _prepare_row(self, kind, values):
        return {
            "kind": kind.name,
            "kind_name": kind.label,
            "res_model": kind.res_model,
            "time": False,
            **values,
        }

    @api.model
    def _get_partners(self, items):
        """Names and telephones of the people and their companies, as far as one may read them."""
        ids = {i.partner_id for i in items} | {i.client_id for i in items}
        partners = self.env["res.partner"].with_context(active_test=False)
        found = partners.search_fetch([("id", "in", list(ids - {0}))], ["name", "phone"])
        return {partner.id: partner for partner in found}

    @api.model
    def _finish_row(self, item, row, partners, day):
        nobody = self.env["res.partner"]
        client = partners.get(item.client_id, nobody)
        person = partners.get(item.partner_id, nobody)
        partner = client or person
        row = {
            **row,
            "key": item.key,
            "res_id": item.res_id,
            "is_late": item.is_late,
            "partner": {"id": partner.id, "name": partner.name} if partner else False,
            "person": person.name if person and person != partner else False,
            "phone": person.phone or client.phone or row.get("phone") or False,
        }
        row["name"] = partner.name or row.get("name") or row["kind_name"]
        row["buttons"] = self._get_row_buttons(row, day)
        return row

    @api.model
    def _get_row_buttons(self, row, day):
        """What can be done with a row by who looks at it."""
        is_own = day.user == self.env.user
        can_be = {
            "brief": bool(row["partner"]) or row["res_model"] in BRIEFED,
            "call": bool(row["phone"]),
        }
        return [
            button
            for button in row.get("buttons", ())
            if can_be.get(button, True) and (is_own or button == "brief")
        ]

    @api.model
    def _get_words_of_days(self, days):
        return self.env._("1 day") if days == 1 else self.env._("%s days", days)
