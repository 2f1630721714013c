from odoo import models

from .crm_relationship_rule import ACTIVITY, SEND
from .crm_relationship_rule_run import SKIPPED, Outcome


class CrmRelationshipRule(models.Model):
    """What is too late for what was planned: done all the same, made a task, or left."""

    _inherit = "crm.relationship.rule"

    def _get_late(self, runs, now):
        """Rows that are too late for what was planned."""
        if self.catch_up_policy == SEND:
            return runs.browse()
        return runs.filtered(lambda run: run.date_expire and run.date_expire <= now)

    def _do_late(self, action, runs, now, reasons):
        """What is too late: a task instead, or nothing, as the rule says.

        :param dict reasons: why, by id of row, where it is not the clock alone
        """
        if not runs:
            return {}
        reasons = {run.id: reasons.get(run.id) or self._explain_late(run) for run in runs}
        if self.catch_up_policy == ACTIVITY:
            outcomes = action.with_env(self.env)._do_activity(self, runs, now)
            return {key: result._replace(reason=reasons[key]) for key, result in outcomes.items()}
        return {run.id: Outcome(SKIPPED, reasons[run.id]) for run in runs}

    def _explain_late(self, run):
        """Too late, and what it waited for, if it did."""
        reason = self.env._("Too late: more than %s days", self.catch_up_days)
        return f"{reason} ({run.reason})" if run.reason else reason
