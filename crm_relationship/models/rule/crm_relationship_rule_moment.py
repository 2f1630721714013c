from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_relationship_rule import SEND

# More than any two time zones are apart, and a change of the clocks.
ANY_ZONE = timedelta(days=2)


class Occasions(NamedTuple):
    """Where the database has the occasions of a rule, and when the rule acts on them."""

    tables: SQL  # FROM; `rec` is the record the rule acts on
    column: SQL  # when it happened: a moment in UTC, or a day; an index should find it
    where: SQL  # what happened, and that it still is so
    days: int | None = None  # acts so many days later at the hour of the rule; None: at once
    is_day: bool = False  # `column` holds a day
    due: SQL | None = None  # acts at this moment instead; `where` sees to `column`
    day: SQL | None = None  # the day it is known by; None: that of `column`
    part: SQL = SQL("NULL::int")  # which one of several of that day, but for the first
    new: SQL = SQL("true")  # that it is another one than those in the ledger
    moved: SQL = SQL("true")  # that the row `before`, of the day before or after, may be of it


def to_local(moment, zone):
    """SQL of a moment in UTC by the clock on the wall in `zone`."""
    return SQL("timezone(%s, timezone('UTC', %s))", zone, moment)


def to_utc(moment, zone):
    """SQL of a moment by the clock on the wall in `zone` in UTC."""
    return SQL("timezone('UTC', timezone(%s, %s))", zone, moment)


class CrmRelationshipRule(models.Model):
    """Occasions whose moment is stored: what happened to a lead, a client, a promise.

    The rule looks for moments in its window. What happened is known by its day,
    by the clock of the company: that day is the occurrence, so that the same
    record has another occasion on another day. A moment before `date_start` is
    past, whenever it is found.
    """

    _inherit = "crm.relationship.rule"

    is_at_hour = fields.Boolean(compute="_compute_is_at_hour")

    @api.depends("trigger", "status_days", "event")
    def _compute_is_at_hour(self):
        """Whether the rule acts at its hour; what just happened is acted on at once."""
        for rule in self:
            rule.is_at_hour = {
                "waiting": False,
                "status": bool(rule.status_days),
                "event": rule.event in ("stage_stuck", "promise_due"),
            }.get(rule.trigger, True)

    def _query_occasions(self, occasions, window):
        """SELECT of what is due in the window, a row for each record, occasion and step."""
        if occasions is None:
            return None
        steps = self._get_steps()
        delays = [
            (step.delay, 0) if step.delay_unit == "day" else (0, step.delay) for step in steps
        ]
        return SQL(
            """
            SELECT rec.id AS res_id, partner.id AS partner_id, %(company)s AS company_id,
                   NULL::int AS date_id, step.action_id, occasion.day AS occurrence,
                   act.due AS date_due, %(expires)s AS date_expire, %(part)s AS part
              FROM %(tables)s
         LEFT JOIN res_partner partner ON partner.id = rec.%(partner)s %(home)s
        CROSS JOIN LATERAL (SELECT %(due)s AS due, %(day)s AS day) occasion
        CROSS JOIN unnest(%(actions)s::int[], %(days)s::int[], %(hours)s::int[],
                          %(starts)s::timestamp[]) AS step(action_id, days, hours, start)
        CROSS JOIN LATERAL (SELECT %(later)s + make_interval(hours => step.hours) AS due) act
             WHERE %(where)s
               AND occasion.due >= %(after)s AND occasion.due <= %(until)s
               AND occasion.due >= coalesce(step.start, '-infinity')
               AND (occasion.due >= %(missed_since)s OR %(too_late)s > %(now)s)
               AND %(new)s AND NOT %(known)s
            """,
            company=self._query_company(),
            part=occasions.part,
            expires=self._query_kept_until(SQL("act.due")),
            tables=occasions.tables,
            partner=self._column_of_partner(),
            home=self._join_home(),
            due=self._query_occasion_due(occasions),
            day=self._query_occasion_day(occasions),
            actions=[step.key for step in steps],
            days=[days for days, __ in delays],
            hours=[hours for __, hours in delays],
            starts=[step.start for step in steps],
            later=to_utc(
                SQL(
                    "%s + make_interval(days => step.days)",
                    to_local(SQL("occasion.due"), self._query_zone()),
                ),
                self._query_zone(),
            ),
            where=self._query_where(
                SQL("%s AND %s", occasions.where, self._query_bounds(occasions, window))
            ),
            after=window.after,
            until=window.until,
            missed_since=window.missed_since,
            too_late=self._query_expiry(SQL("occasion.due")),
            now=window.now,
            new=occasions.new,
            known=self._query_known_by_neighbour(occasions),
        )

    def _query_known_by_neighbour(self, occasions):
        """Whether the same moment was planned as the day before or after, by another clock.

        The company, its working hours or who answers for the rule may have another time zone
        now. What happened after that row was planned is another occasion.
        """
        if occasions.is_day:
            return SQL("false")
        return SQL(
            """EXISTS (
                   SELECT FROM crm_relationship_rule_run before
                    WHERE before.rule_id = %(rule)s AND before.res_model = %(model)s
                      AND before.res_id = rec.id AND before.action_id = step.action_id
                      AND before.occurrence IN (occasion.day - 1, occasion.day + 1)
                      AND before.create_date >= %(column)s AND %(moved)s)""",
            rule=self.id,
            model=self.model_name,
            column=occasions.column,
            moved=occasions.moved,
        )

    def _query_bounds(self, occasions, window):
        """The stretch of the column that may be due, for the index; wider than the window."""
        if occasions.due is not None:
            return SQL("true")
        if occasions.days is None:
            first, last = window.after, window.until
        else:
            later = timedelta(days=occasions.days)
            first, last = window.after - later - ANY_ZONE, window.until - later + ANY_ZONE
        return SQL(
            "%(column)s >= %(first)s AND %(column)s <= %(last)s",
            column=occasions.column,
            first=first,
            last=last,
        )

    def _query_occasion_due(self, occasions):
        """The moment of the first step: at once, or days later at the hour of the client."""
        if occasions.due is not None:
            return occasions.due
        if occasions.days is None:
            return occasions.column
        day = occasions.column
        if not occasions.is_day:
            day = SQL("%s::date", to_local(occasions.column, self._query_zone()))
        return to_utc(
            SQL(
                "%s + %s + make_interval(mins => %s)",
                day,
                occasions.days,
                round(self.send_hour * 60),
            ),
            self._query_zone(),
        )

    def _query_occasion_day(self, occasions):
        """The day it is known by; it must not change when the client moves."""
        if occasions.day is not None:
            return occasions.day
        if occasions.is_day:
            return occasions.column
        return self._query_home_day(occasions.column)

    def _query_home_day(self, moment):
        """Which day it is by the clock of the company that the rule acts for."""
        zone = SQL(
            """coalesce((SELECT %s FROM res_company company JOIN resource_calendar calendar
                             ON calendar.id = company.resource_calendar_id
                          WHERE company.id = %s), 'UTC')""",
            self._query_known_zone(SQL("calendar.tz")),
            self._get_home().id,
        )
        return SQL("%s::date", to_local(moment, zone))

    def _get_home(self):
        """The company by whose clock days are told."""
        return self.company_id or self.user_id.company_id or self.env.company

    def _get_home_zone(self):
        return self._get_home().resource_calendar_id.tz or "UTC"

    def _query_kept_until(self, due):
        """From when on it is too late: never, where it is done all the same."""
        return SQL("NULL::timestamp") if self.catch_up_policy == SEND else self._query_expiry(due)

    def _query_expiry(self, due):
        """The midnight of the client from which it is too late; see `engine.expiry`."""
        zone = self._query_zone()
        return to_utc(
            SQL("(%s::date + %s)::timestamp", to_local(due, zone), self.catch_up_days + 1),
            zone,
        )

    def _query_once(self):
        """That the record had no such occasion yet, on whatever day: it was only corrected."""
        return SQL(
            """NOT EXISTS (
                   SELECT FROM crm_relationship_rule_run before
                    WHERE before.rule_id = %s AND before.res_model = %s
                      AND before.res_id = rec.id AND before.action_id = step.action_id
                      AND before.occurrence <> occasion.day)""",
            self.id,
            self.model_name,
        )

    def _find_over(self, occasions, runs):
        """Of these rows, those whose occasion is not so any more."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT rec.id, %(day)s
                  FROM %(tables)s
                 WHERE %(where)s AND rec.id IN %(ids)s
                """,
                day=self._query_occasion_day(occasions),
                tables=occasions.tables,
                where=occasions.where,
                ids=tuple(runs.mapped("res_id")),
            )
        )
        left = set(rows)
        return runs.filtered(lambda run: (run.res_id, run.occurrence) not in left)
