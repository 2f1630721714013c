from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

from ...engine.occurrences import local_day
from ...engine.working_time import due_between
from .crm_relationship_rule import TriggerKind
from .crm_relationship_rule_moment import Occasions

# What has waited longer than this waits for nobody any more.
WAITS_AT_MOST = timedelta(days=366)
# How the inquiry `i` leads to the record a rule acts on.
PATHS = {"crm.interaction": "id", "crm.lead": "lead_id", "res.partner": "partner_id"}


class CrmRelationshipRule(models.Model):
    """The occasion "waiting": a client wrote, and nobody has answered for so long.

    The hours are those of the clock that response times are measured by: the
    working time of the team, else of the company. The engine says for each
    calendar in use when those are due who asked over a stretch of time; the
    database joins these few rows to all inquiries that wait.
    """

    _inherit = "crm.relationship.rule"

    waiting_hours = fields.Float(
        string="Unanswered for",
        default=4.0,
        help="Working hours of the team, else of the company, since the client wrote. 0: when the "
        "time is up within which the client's status or the team promises an answer.",
    )

    _waiting_positive = models.Constraint(
        "CHECK(waiting_hours >= 0)", "The hours without an answer can't be negative."
    )

    @api.constrains("waiting_hours")
    def _check_waiting_hours(self):
        if any(rule.waiting_hours > 1000 for rule in self):
            raise ValidationError(
                self.env._("Unanswered for: enter at most 1000 working hours, half a year of them.")
            )

    @api.model
    def _get_trigger_kinds(self):
        return {
            **super()._get_trigger_kinds(),
            "waiting": TriggerKind(
                self.env._("An unanswered inquiry"),
                "_query_inquiries",
                "_check_waiting_rows",
                "_describe_waiting",
                "_note_waiting",
                tuple(PATHS),
                has_parts=True,
            ),
        }

    def _query_inquiries(self, window):
        """Inquiries whose time is up within the window."""
        return self._query_occasions(self._get_unanswered(window), window)

    def _get_unanswered(self, window):
        """Inquiries that wait, with the moment their time is up; None when there are none."""
        occasions = self._get_waiting_occasions()
        oldest = SQL("i.date > %s", window.after - WAITS_AT_MOST)
        if not self.waiting_hours:
            return occasions._replace(
                where=SQL("%s AND %s", occasions.where, oldest),
                due=SQL("i.response_deadline"),
                part=self._query_later_inquiry(),
                new=self._query_first_waiting(window),
                moved=self._query_no_inquiry_of(SQL("before.occurrence")),
            )
        clocks = self._query_clocks(window, oldest)
        if clocks is None:
            return None
        return occasions._replace(
            tables=SQL("%s %s", occasions.tables, clocks),
            due=SQL("clock.due + CASE WHEN clock.moves THEN i.date - clock.start ELSE '0' END"),
            part=self._query_later_inquiry(),
            new=self._query_first_waiting(window),
            moved=self._query_no_inquiry_of(SQL("before.occurrence")),
        )

    def _get_waiting_occasions(self):
        """Inquiries nobody has answered, and their record."""
        return Occasions(
            tables=SQL(
                "(SELECT i.*, %(calendar)s AS calendar_id, company.id AS clock_company_id"
                " %(tables)s %(company)s) i"
                " JOIN %(table)s rec ON rec.id = i.%(path)s",
                calendar=self.env["crm.interaction"]._query_clock_calendar(),
                tables=self.env["crm.interaction"]._query_clock_tables(),
                company=self.env["crm.interaction"]._join_clock_company(),
                table=self._table_of_records(),
                path=SQL.identifier(PATHS[self.model_name]),
            ),
            column=SQL("i.date"),
            where=SQL(
                "i.needs_reply IS TRUE AND i.reply_id IS NULL AND %s",
                self.env["crm.interaction"]._query_unanswered("i"),
            ),
        )

    def _query_later_inquiry(self):
        """The inquiry, where the rule had acted on that day already when the client asked again.

        A lead or a client that was answered in between waits anew.
        """
        if self.model_name == "crm.interaction":
            return SQL("NULL::int")
        return SQL(
            """CASE WHEN EXISTS (
                   SELECT FROM crm_relationship_rule_run before
                    WHERE before.rule_id = %s AND before.res_model = %s
                      AND before.res_id = rec.id AND before.occurrence = occasion.day
                      AND before.part IS NULL AND before.create_date < i.date) THEN i.id END""",
            self.id,
            self.model_name,
        )

    def _query_no_inquiry_of(self, day):
        """That the record has no other inquiry of that day: a row of it is of that one."""
        return SQL(
            """NOT EXISTS (
                   SELECT FROM crm_interaction other
                    WHERE other.%(path)s = rec.id AND other.direction = 'in'
                      AND other.id <> i.id AND %(other_day)s = %(day)s)""",
            path=SQL.identifier(PATHS[self.model_name]),
            other_day=self._query_home_day(SQL("other.date")),
            day=day,
        )

    def _query_clocks(self, window, oldest):
        """JOIN of when who asked is due by each calendar in use, `waiting_hours` of work later.

        Where the record has been planned for since they asked, they wait as before; with its day
        where it may have several inquiries, since the first may turn out to be answered.
        """
        occasions = self._get_waiting_occasions()
        same = SQL("true")
        if self.model_name != "crm.interaction":
            same = SQL("run.occurrence = %s", self._query_home_day(SQL("i.date")))
        keys = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT i.calendar_id, i.clock_company_id
                  FROM %(tables)s
                 WHERE %(where)s AND %(oldest)s
                   AND NOT EXISTS (
                       SELECT FROM crm_relationship_rule_run run
                        WHERE run.rule_id = %(rule)s AND run.res_model = %(model)s
                          AND run.res_id = rec.id AND run.create_date >= i.date
                          AND %(same)s)
                """,
                tables=occasions.tables,
                where=occasions.where,
                oldest=oldest,
                rule=self.id,
                model=self.model_name,
                same=same,
            )
        )
        if not keys:
            return None
        calendars = self.env["resource.calendar"].browse({key[0] for key in keys if key[0]})
        plain = calendars._get_plain_calendars(keys)
        rows = [
            (*key, row)
            for key in keys
            for row in due_between(plain.get(key), self.waiting_hours, window.after, window.until)
        ]
        if not rows:
            return None
        return SQL(
            """JOIN unnest(%(calendars)s::int[], %(companies)s::int[], %(starts)s::timestamp[],
                           %(ends)s::timestamp[], %(dues)s::timestamp[], %(moves)s::bool[])
                    AS clock(calendar_id, company_id, start, stop, due, moves)
                 ON i.date > clock.start AND i.date <= clock.stop
                AND clock.calendar_id IS NOT DISTINCT FROM i.calendar_id
                AND clock.company_id IS NOT DISTINCT FROM i.clock_company_id""",
            calendars=[calendar_id for calendar_id, *__ in rows],
            companies=[company_id for __, company_id, __ in rows],
            starts=[row.start for *__, row in rows],
            ends=[row.end for *__, row in rows],
            dues=[row.due for *__, row in rows],
            moves=[row.moves for *__, row in rows],
        )

    def _query_first_waiting(self, window):
        """Of several inquiries that wait, a lead or a client waits since the first.

        What waited when the rule began does not count: it is past.
        """
        if self.model_name == "crm.interaction":
            return self._query_once()
        owner = "lead_id" if self.model_name == "crm.lead" else "commercial_partner_id"
        return SQL(
            """NOT EXISTS (
                   SELECT FROM crm_interaction earlier
                    WHERE earlier.%(owner)s = i.%(owner)s
                      AND earlier.needs_reply IS TRUE AND earlier.reply_id IS NULL AND %(open)s
                      AND earlier.date >= %(start)s
                      AND (earlier.date, earlier.id) < (i.date, i.id))""",
            owner=SQL.identifier(owner),
            open=self.env["crm.interaction"]._query_unanswered("earlier"),
            start=self._get_plan_start(window.now),
        )

    def _check_waiting_rows(self, runs):
        """Inquiries answered since, or set aside as needing no answer."""
        over = self._find_over(self._get_waiting_occasions(), runs)
        if not over:
            return {}
        answered = dict(self.env.execute_query(self._query_answers(over)))
        reason = self.env._("No answer is needed any more")
        return {
            run.id: self._describe_answer(answered[run.id]) if run.id in answered else reason
            for run in over
        }

    def _query_answers(self, runs):
        """SELECT of when the inquiries of these rows were answered."""
        return SQL(
            """
            SELECT run.id, min(reply.date)
              FROM crm_relationship_rule_run run
              JOIN crm_interaction i ON i.%(path)s = run.res_id
               AND i.direction = 'in' AND %(day)s = run.occurrence
              JOIN crm_interaction reply
                ON %(answers)s
               AND (reply.commercial_partner_id = i.commercial_partner_id
                    OR i.commercial_partner_id IS NULL AND reply.lead_id = i.lead_id)
             WHERE run.id IN %(ids)s
             GROUP BY run.id
            """,
            answers=self.env["crm.interaction"]._query_answers_to("i"),
            path=SQL.identifier(PATHS[self.model_name]),
            day=self._query_home_day(SQL("i.date")),
            ids=tuple(runs.ids),
        )

    def _describe_answer(self, moment):
        day = local_day(moment, self._get_home_zone())
        return self.env._("Answered on %s", format_date(self.env, day))

    def _describe_waiting(self):
        if not self.waiting_hours:
            return self.env._("When a client has waited for an answer longer than promised")
        hours = f"{self.waiting_hours:g}"
        if self.waiting_hours == 1:
            return self.env._("When a client has waited a working hour for an answer")
        return self.env._("When a client has waited %s working hours for an answer", hours)

    def _note_waiting(self, run):
        return self.env._("Waits for an answer since %s", format_date(self.env, run.occurrence))
