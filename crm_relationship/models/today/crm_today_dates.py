from datetime import timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_time

from .crm_today import DAY, Item, Kind

FEBRUARY = 2
LEAP_DAY = 29


class CrmToday(models.AbstractModel):
    """Birthdays and other days of one's clients."""

    _inherit = "crm.today"

    def _get_today_kinds(self):
        env = self.env
        return [
            *super()._get_today_kinds(),
            Kind(
                "birthday",
                "crm.important.date",
                env._("Their Day"),
                self._find_dates,
                self._tell_dates,
            ),
        ]

    @api.model
    def _get_days(self, day):
        """Today, and the days without work before the next day of work."""
        return [
            day.date + timedelta(days=ahead)
            for ahead in range(max((day.next_date - day.date).days, 1))
        ]

    @api.model
    def _find_dates(self, day):
        days = self._get_days(day)
        dates = self.env["crm.important.date"].search_fetch(
            Domain.OR(self._get_date_domain(when) for when in days)
            & Domain.custom(to_sql=lambda model, alias, query: self._query_is_mine(alias, day)),
            ["partner_id", "kind_id", "month", "day", "year", "yearly", "note"],
        )
        planned = self._get_planned_dates(dates, day)
        return [
            Item(
                key=f"birthday:{record.id}:{when.year}",
                kind="birthday",
                res_id=record.id,
                place=DAY,
                rank=((when - day.date).days,),
                client_id=self._get_client_id(record.partner_id),
                partner_id=record.partner_id.id,
            )
            for record in dates
            if record.id not in planned and (when := self._get_date_in(record, days))
        ]

    @api.model
    def _query_is_mine(self, alias, day):
        """Condition: date `alias` is that of a client, or a person of a client, of whose day it is.

        People keep the salesperson their company had when they were written down, so that of the
        company decides. Asked of the few dates of a day, not of all clients.
        """
        return SQL(
            """
            (SELECT coalesce(client.user_id, person.user_id)
               FROM res_partner person
               JOIN res_partner client ON client.id = person.commercial_partner_id
              WHERE person.id = %s AND person.active AND client.active) = %s
            """,
            SQL.identifier(alias, "partner_id"),
            day.user.id,
        )

    @api.model
    def _get_date_domain(self, when):
        """Dates that come on a day; 29 February is the 28th in a common year."""
        domain = Domain("month", "=", when.month) & Domain("day", "=", when.day)
        if when.month == FEBRUARY and (when + timedelta(days=1)).day == 1 and when.day < LEAP_DAY:
            domain |= Domain("month", "=", FEBRUARY) & Domain("day", "=", LEAP_DAY)
        return domain & (Domain("yearly", "=", True) | Domain("year", "=", when.year))

    @api.model
    def _get_date_in(self, record, days):
        """On which of these days a date comes."""
        when = record._get_next_date(days[0])
        return when if when in days else None

    @api.model
    def _get_planned_dates(self, dates, day):
        """Ids of those for which a rule has made a task of this person that is still open."""
        # sudo: the ledger says what rules did, whoever may read its lines
        runs = self.env["crm.relationship.rule.run"].sudo()
        planned = runs.search(
            [
                ("date_id", "in", dates.ids),
                ("occurrence", ">=", day.date),
                ("activity_id.active", "=", True),
                ("activity_id.user_id", "=", day.user.id),
                ("activity_id.date_deadline", "<=", day.date),
            ]
        )
        return set(planned.date_id.ids)

    @api.model
    def _tell_dates(self, items, day):
        dates = self.env["crm.important.date"].browse(item.res_id for item in items)
        days = self._get_days(day)
        cards = self._get_cards(dates, day)
        return {
            item.key: {
                "reason": self._get_date_reason(record, days, cards, day),
                "buttons": ["brief", "call", "done", "postpone"],
            }
            for item, record in zip(items, dates, strict=True)
        }

    @api.model
    def _get_cards(self, dates, day):
        """What rules send to the client on these days: {date id: line of the ledger}."""
        # sudo: as in _get_planned_dates
        runs = self.env["crm.relationship.rule.run"].sudo()
        sent = runs.search(
            [
                ("date_id", "in", dates.ids),
                ("occurrence", ">=", day.date),
                ("state", "in", ("todo", "done")),
                ("action_id.kind", "in", ("mail", "sms")),
            ],
            order="state desc, date_due desc",
        )
        return {run.date_id.id: run for run in sent}

    @api.model
    def _get_date_reason(self, record, days, cards, day):
        """ "Birthday of Toni, turns 50 today (card went at 08:00)" """
        when = self._get_date_in(record, days)
        words = [record.kind_id.name]
        if record.yearly and record.year:
            words.append(self.env._("turns %s", when.year - record.year))
        on_day = self.env._("today")
        if when != day.date:
            on_day = format_date(self.env, when, date_format="EEEE")
        reason = f"{', '.join(words)} {on_day}"
        if run := cards.get(record.id):
            reason = f"{reason} ({self._get_card_words(run, day)})"
        return f"{reason}: {record.note}" if record.note else reason

    @api.model
    def _get_card_words(self, run, day):
        moment = run.date_done if run.state == "done" else run.date_due
        clock = format_time(self.env, moment, tz=day.zone, time_format="short")
        if run.state == "done":
            return self.env._("card went at %s", clock)
        return self.env._("card goes out at %s", clock)
