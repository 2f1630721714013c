from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.occurrences import send_time
from .crm_relationship_rule_run import DONE, FAILED, SKIPPED

RECENT_DAYS = 30
TREND_WEEKS = 12
SETTLED = (DONE, SKIPPED, FAILED)


class CrmRelationshipRule(models.Model):
    """Looking back: what the rule did lately, in numbers that open their lines.

    Days are those on which it was due, by which the ledger is sorted: the numbers of all rules
    cost two statements, however long the ledger is.
    """

    _inherit = "crm.relationship.rule"

    todo_count = fields.Integer(string="Waiting", compute="_compute_run_counts")
    done_count = fields.Integer(string="Done", compute="_compute_run_counts")
    skipped_count = fields.Integer(string="Skipped", compute="_compute_run_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_run_counts")
    recent_done = fields.Integer(
        string="Done Lately", compute="_compute_trend", help="Done, due in the last 30 days."
    )
    recent_skipped = fields.Integer(
        string="Skipped Lately", compute="_compute_trend", help="Skipped, due in the last 30 days."
    )
    recent_failed = fields.Integer(
        string="Failed Lately", compute="_compute_trend", help="Failed, due in the last 30 days."
    )
    last_acted = fields.Datetime(
        compute="_compute_last_acted", help="When the rule last did something for somebody."
    )
    trend = fields.Json(
        string="Last 12 Weeks",
        compute="_compute_trend",
        help="What was done, skipped and what failed in each of the last 12 weeks.",
    )

    @api.depends("cleaned_done", "cleaned_skipped")
    def _compute_run_counts(self):
        counts = {
            (rule.id, state): count
            for rule, state, count in self.env["crm.relationship.rule.run"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id", "state"], ["__count"]
            )
        }
        for rule in self:
            for state in ("todo", "done", "skipped", "failed"):
                rule[f"{state}_count"] = counts.get((rule.id, state), 0)
            # What was deleted has happened all the same.
            rule.done_count += rule.cleaned_done
            rule.skipped_count += rule.cleaned_skipped

    @api.depends_context("uid", "tz", "allowed_company_ids")
    def _compute_trend(self):
        today = fields.Date.context_today(self)
        counts = self._count_by_day(today - timedelta(days=7 * TREND_WEEKS - 1), today)
        recent = today - timedelta(days=RECENT_DAYS - 1)
        for rule in self:
            days = counts.get(rule.id, {})
            for state in SETTLED:
                rule[f"recent_{state}"] = sum(
                    count for (day, kind), count in days.items() if kind == state and day >= recent
                )
            rule.trend = days and [
                self._sum_week(days, today - timedelta(days=7 * week))
                for week in reversed(range(TREND_WEEKS))
            ]

    def _count_by_day(self, first, last):
        """How many lines of each state were due on each day: {rule id: {(day, state): count}}."""
        domain = [
            ("rule_id", "in", self.ids),
            ("state", "in", SETTLED),
            *self._get_days_domain(first, last),
        ]
        counts = {}
        for rule, day, state, count in self.env["crm.relationship.rule.run"]._read_group(
            domain, ["rule_id", "date_due:day", "state"], ["__count"]
        ):
            counts.setdefault(rule.id, {})[day.date(), state] = count
        return counts

    def _sum_week(self, days, last):
        """One bar of the trend: the week that ends with the day `last`."""
        first = last - timedelta(days=6)
        sums = {
            state: sum(
                count
                for (day, kind), count in days.items()
                if kind == state and first <= day <= last
            )
            for state in SETTLED
        }
        return {"from": fields.Date.to_string(first), "to": fields.Date.to_string(last), **sums}

    def _get_days_domain(self, first, last):
        """Lines due from the day `first` to the day `last`, days of who looks."""
        start, end = (
            send_time(day, 0, str(self.env.tz)) for day in (first, last + timedelta(days=1))
        )
        return [("date_due", ">=", start), ("date_due", "<", end)]

    def _compute_last_acted(self):
        # A moment, and nothing of whom it was about: for who may read the rule.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rule.id, last.date_done
                  FROM crm_relationship_rule rule
            CROSS JOIN LATERAL (SELECT run.date_done FROM crm_relationship_rule_run run
                                 WHERE run.rule_id = rule.id AND run.state = 'done'
                                 ORDER BY run.date_due DESC LIMIT 1) last
                 WHERE rule.id IN %s
                """,
                tuple(self.ids) or (0,),
            )
        )
        moments = dict(rows)
        for rule in self:
            rule.last_acted = moments.get(rule.id)

    def action_open_recent(self):
        """The lines a number counts: of a state, due in the last 30 days."""
        today = fields.Date.context_today(self)
        state = self.env.context.get("rule_run_state")
        return self._open_days(today - timedelta(days=RECENT_DAYS - 1), today, state)

    def open_week(self, first, last):
        """The lines behind a bar of the trend. Called by it."""
        return self._open_days(fields.Date.to_date(first), fields.Date.to_date(last), None)

    def _open_days(self, first, last, state):
        action = self.action_open_runs()
        states = [state] if state else list(SETTLED)
        action["domain"] += [("state", "in", states), *self._get_days_domain(first, last)]
        action["context"] = {}
        return action
