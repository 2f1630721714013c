from odoo import api, fields, models

from .crm_relationship_rule_run import SKIPPED, Outcome


class CrmRelationshipRule(models.Model):
    """Before anything is done it is looked at again: time has passed since it was planned."""

    _inherit = "crm.relationship.rule"

    def _sort_out(self, runs):
        """Rows that are not done after all, as {id of row: Outcome}, by the checks in order."""
        outcomes = {}
        for check in self._get_checks():
            if not runs:
                break
            reasons = getattr(self, check)(runs)
            outcomes |= {run_id: Outcome(SKIPPED, reason) for run_id, reason in reasons.items()}
            runs -= runs.browse(reasons)
        return outcomes

    @api.model
    def _get_checks(self):
        """What is looked at again before doing, as names of methods.

        Each takes the rows that passed those before it and returns
        {id of row: why it is not done}, by a number of queries that does not
        grow with the rows.
        """
        return ["_check_matching", "_check_occasion"]

    def _check_matching(self, runs):
        """Rows whose record is gone, archived, or no longer matches."""
        domain = self._get_record_domain() & fields.Domain("id", "in", runs.mapped("res_id"))
        matching = set(self._get_records_model().search(domain)._ids)
        return self._explain(runs.filtered(lambda run: run.res_id not in matching))

    def _check_occasion(self, runs):
        """Rows whose occasion is over, as the kind of occasion sees it."""
        check = self._get_trigger().check
        return getattr(self, check)(runs) if check else {}

    def _explain(self, runs):
        """Why records are not reached: they are gone, archived, or no longer match."""
        if not runs:
            return {}
        records = self.env[self.model_name].browse(runs.mapped("res_id")).exists()
        active = set(records.ids)
        if "active" in records and not self._acts_on_archived():
            active = set(records.filtered("active").ids)
        reasons = {}
        for run in runs:
            if run.res_id not in records._ids:
                reasons[run.id] = self.env._("Deleted in the meantime")
            elif run.res_id not in active:
                reasons[run.id] = self.env._("Archived in the meantime")
            else:
                reasons[run.id] = self.env._("No longer matches the rule")
        return reasons
