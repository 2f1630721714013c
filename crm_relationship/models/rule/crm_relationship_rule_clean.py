from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .crm_relationship_rule_date import SAME_OCCASION_DAYS

PARAMETER = "crm_relationship.ledger_months"
MONTHS_DEFAULT = 24
# A yearly date that was corrected is compared to what was done in the same year.
MONTHS_MIN = 12


class CrmRelationshipRule(models.Model):
    """Cleaning: the ledger forgets what is long settled, and nothing can happen twice for it.

    A line that is deleted sets its key free. So the rule remembers the last day it forgot
    (`cleaned_until`): occasions up to it are over and are never planned again, whatever is changed
    in the rule. That costs nothing, for they are older than what a rule looks back to.

    An occasion that lasts is different: a silence of three years is older than what was
    forgotten and may still have to be broken. There the last line of each record is kept, and
    what is not newer than it is over.

    What waits and what failed is never deleted.
    """

    _inherit = "crm.relationship.rule"

    # Lines deleted in one transaction; a test lowers it.
    _clean_batch_size = 10_000

    cleaned_until = fields.Date(
        string="Ledger Cleaned Up To",
        copy=False,
        readonly=True,
        help="Lines of occasions up to this day were deleted. These are not planned again.",
    )
    cleaned_done = fields.Integer(
        string="Done, Deleted",
        copy=False,
        readonly=True,
        help="How many lines of the ledger that were done have been deleted.",
    )
    cleaned_skipped = fields.Integer(
        string="Skipped, Deleted",
        copy=False,
        readonly=True,
        help="How many lines of the ledger that were skipped have been deleted.",
    )

    @api.model
    def _get_ledger_months(self):
        # Whoever reads or runs a rule: it is no secret, and only settings change it.
        value = self.env["ir.config_parameter"].sudo().get_param(PARAMETER)
        return int(value) if value else MONTHS_DEFAULT

    @api.model
    def _set_ledger_months(self, months):
        self.env["ir.config_parameter"].set_param(PARAMETER, str(months))

    @api.autovacuum
    def _gc_ledger(self):
        """Delete what is settled for longer than the settings keep it, some at a time.

        :return: how many lines were deleted, and whether there may be more
        """
        months = self._get_ledger_months()
        if not months:
            return 0, 0
        kept_since = fields.Datetime.now() - relativedelta(months=max(months, MONTHS_MIN))
        left = self._clean_batch_size
        rules = self.with_context(active_test=False).search([])  # pylint: disable=no-search-all
        # A rule that is planned at this moment is left for the next time.
        for rule in rules.try_lock_for_update(allow_referencing=True):
            left -= rule._clean_ledger(kept_since, left)
            if not left:
                break
        return self._clean_batch_size - left, int(not left)

    def _clean_ledger(self, kept_since, limit):
        """Delete settled lines older than that, count them, and note the last day forgotten."""
        if self.active and self.looked_until:
            # After downtime it looks back to there.
            kept_since -= max(fields.Datetime.now() - self.looked_until, timedelta())
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH gone AS (
                    DELETE FROM crm_relationship_rule_run
                     WHERE id IN (SELECT run.id
                                    FROM crm_relationship_rule_run run
                                   WHERE %(where)s
                                   ORDER BY run.date_due LIMIT %(limit)s)
                    RETURNING state, occurrence
                ), sums AS (
                    SELECT count(*) FILTER (WHERE state = 'done') AS done,
                           count(*) FILTER (WHERE state = 'skipped') AS skipped,
                           max(occurrence) AS last
                      FROM gone
                )
                UPDATE crm_relationship_rule rule
                   SET cleaned_done = coalesce(rule.cleaned_done, 0) + sums.done,
                       cleaned_skipped = coalesce(rule.cleaned_skipped, 0) + sums.skipped,
                       cleaned_until = greatest(rule.cleaned_until, sums.last)
                  FROM sums WHERE rule.id = %(rule)s AND sums.last IS NOT NULL
                RETURNING sums.done + sums.skipped
                """,
                where=self._query_forgettable(kept_since),
                limit=limit,
                rule=self.id,
            )
        )
        if not rows:
            return 0
        self.invalidate_recordset()
        self.env["crm.relationship.rule.run"].invalidate_model()
        return rows[0][0]

    def _query_forgettable(self, kept_since):
        """Lines that are settled for long, and nothing of whose occasion waits."""
        where = SQL(
            """run.rule_id = %(rule)s AND run.state IN ('done', 'skipped')
               AND run.date_due < %(since)s AND run.date_done < %(since)s
               AND run.occurrence < %(day)s
               AND NOT EXISTS (SELECT FROM crm_relationship_rule_run waiting
                                WHERE waiting.rule_id = run.rule_id AND waiting.state = 'todo'
                                  AND waiting.res_id = run.res_id
                                  AND waiting.occurrence = run.occurrence)""",
            rule=self.id,
            since=kept_since,
            day=kept_since.date() - self._get_reach(),
        )
        if self._is_lasting():
            # What an action did that is gone since can't be planned again.
            where = SQL(
                "%s AND (run.action_id IS NULL OR %s)", where, self._query_newer(SQL("run"))
            )
        return where

    def _get_reach(self):
        """How far back what is planned today is compared to what was done."""
        days = max(self.offset, 0) * (31 if self.offset_unit == "month" else 1)
        return timedelta(days=days + SAME_OCCASION_DAYS)

    def _is_lasting(self):
        """Whether its occasions are states that last: their day may be years ago and still hold."""
        return self.trigger in ("silence", "status")

    def _query_not_over(self):
        """Of the plan, what is no occasion that the ledger has forgotten."""
        if not self.cleaned_until:
            return SQL("true")
        later = SQL("plan.occurrence > %s", self.cleaned_until)
        if not self._is_lasting():
            return later
        return SQL("(%s OR NOT %s)", later, self._query_newer(SQL("plan")))

    def _query_newer(self, line):
        """Whether the ledger has a later occasion of the same action and record."""
        return SQL(
            """EXISTS (SELECT FROM crm_relationship_rule_run newer
                        WHERE newer.rule_id = %(rule)s AND newer.action_id = %(line)s.action_id
                          AND newer.res_model = %(model)s AND newer.res_id = %(line)s.res_id
                          AND newer.occurrence > %(line)s.occurrence)""",
            rule=self.id,
            model=self.model_name,
            line=line,
        )
