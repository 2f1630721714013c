from datetime import date, timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_time

from .crm_today import DAY, Item, Kind

FEBRUARY = 2
LEAP_DAY = 29
# So many days after its day a birthday that was put off is still worth a word.
BELATED_DAYS = 7


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
                env._("Important Date"),
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
        """Days of clients that come now, and those put off until now, but of whom was spoken to."""
        days = self._get_days(day)
        belated = self._get_belated(day)
        dates = self.env["crm.important.date"].search_fetch(
            Domain.OR(
                [Domain("id", "in", list(belated)), *(self._get_date_domain(when) for when in days)]
            )
            & Domain.custom(to_sql=lambda model, alias, query: self._query_is_mine(alias, day)),
            ["partner_id", "kind_id", "month", "day", "year", "yearly", "note"],
        )
        planned = self._get_planned_dates(dates, day)
        spoken_to = self._get_spoken_to("partner_id", dates.partner_id, day)
        items = [
            self._prepare_date(record, when, day)
            for record in dates
            if record.id not in planned and record.partner_id.id not in spoken_to
            for when in self._get_dates_in(record, days, belated)
        ]
        done = self.env["crm.today.line"]._get_done(day.user, [item.key for item in items])
        return [item for item in items if item.key not in done]

    @api.model
    def _prepare_date(self, record, when, day):
        return Item(
            key=f"birthday:{record.id}:{when.year}",
            kind="birthday",
            res_id=record.id,
            place=DAY,
            rank=((when - day.date).days,),
            client_id=self._get_client_id(record.partner_id),
            partner_id=record.partner_id.id,
        )

    @api.model
    def _get_belated(self, day):
        """Dates that were put off until today or the days before: {id: year it came in}."""
        since = day.date - timedelta(days=BELATED_DAYS)
        keys = self.env["crm.today.postponement"]._get_ended(day.user, "birthday", since, day.date)
        parts = [key.split(":") for key in keys]
        return {int(res_id): int(year) for __, res_id, year in parts}

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
    def _get_dates_in(self, record, days, belated):
        """On which of these days a date comes, and on which it came if it was put off."""
        coming = record._get_next_date(days[0])
        found = {coming} if coming in days else set()
        if record.id in belated:
            found.add(self._get_date_of(record, belated[record.id]))
        return found

    @api.model
    def _get_date_of(self, record, year):
        """The day on which a date comes in a year."""
        return record._get_next_date(date(year, 1, 1))

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
        cards = self._get_cards(dates, day)
        return {
            item.key: {
                "kind_name": record.kind_id.name,
                "reason": self._get_date_reason(item, record, cards.get(record.id), day),
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
    def _get_date_reason(self, item, record, run, day):
        """ "turns 50 today (card went at 08:00): likes cake" """
        when = self._get_date_of(record, int(item.key.rpartition(":")[2]))
        reason = self._get_date_words(record, when, day)
        if run:
            reason = f"{reason} ({self._get_card_words(run, day)})"
        return f"{reason}: {record.note}" if record.note else reason

    @api.model
    def _get_date_words(self, record, when, day):
        """ "turns 50 today", "Saturday", "turned 50 on Monday" """
        age = when.year - record.year if record.yearly and record.year else 0
        weekday = format_date(self.env, when, date_format="EEEE")
        if when < day.date:
            words = self.env._("was on %s", weekday)
            return self.env._("turned %(age)s on %(day)s", age=age, day=weekday) if age else words
        on_day = self.env._("today") if when == day.date else weekday
        return self.env._("turns %(age)s %(day)s", age=age, day=on_day) if age else on_day

    @api.model
    def _get_card_words(self, run, day):
        """ "card went at 08:00", of another day with its name"""
        moment = run.date_done if run.state == "done" else run.date_due
        clock = format_time(self.env, moment, tz=day.zone, time_format="short")
        when = fields.Datetime.context_timestamp(self.with_context(tz=day.zone), moment).date()
        if when != day.date:
            clock = f"{clock}, {format_date(self.env, when, date_format='EEEE')}"
        if run.state == "done":
            return self.env._("card went at %s", clock)
        return self.env._("card goes out at %s", clock)
