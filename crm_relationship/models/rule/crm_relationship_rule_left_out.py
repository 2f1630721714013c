from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...tools import taken_back
from .crm_relationship_rule_run import DONE, FAILED, SKIPPED, TODO


class CrmRelationshipRule(models.Model):
    """Those whose occasion comes and who are left out of the plan, and why.

    The same SELECT as the plan's, with the filter and the companies lifted.
    """

    _inherit = "crm.relationship.rule"

    def forecast_left_out(self, days, limit=1000):
        """Whose occasion falls in the coming `days` but who are not planned for it.

        :return: (lines as of `forecast`, how many there are in all, before it was
            looked who of them the caller may see)
        """
        self.ensure_one()
        self.check_access("read")
        with taken_back(self._as_it_acts()) as rule:
            rows = rule._query_left_out(days, limit)
            lines = [rule._prepare_left_out(row) for row in rows]
        return self._keep_readable(lines), rows[0]["total"] if rows else 0

    def _query_left_out(self, days, limit):
        now = fields.Datetime.now()
        until = now + timedelta(days=days)
        everybody = self.with_context(relationship_rule_domain=Domain.TRUE)
        plan = everybody._query_plan(self._get_window(now, until))
        if plan is None:
            return []
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT due.res_id, due.partner_id, due.company_id, due.action_id, due.occurrence,
                       due.date_due, run.state, run.reason, run.date_done,
                       count(*) OVER () AS total
                  FROM (SELECT every.*, %(key)s AS key FROM (%(plan)s) every) due
             LEFT JOIN crm_relationship_rule_run run ON run.key = due.key
                 WHERE due.date_due > %(since)s AND due.date_due <= %(until)s
                   AND (run.state <> %(todo)s
                        OR run.id IS NULL AND due.res_id NOT IN %(matching)s)
              ORDER BY due.date_due, due.res_id, due.action_id LIMIT %(limit)s
                """,
                key=self._query_key(SQL("every"), self._query_part(SQL("every"))),
                plan=plan,
                since=now - timedelta(days=1),
                until=until,
                todo=TODO,
                matching=self._get_records_model()._search(self._get_record_domain()).subselect(),
                limit=limit,
            )
        )

    def _prepare_left_out(self, row):
        reason = self._explain_left_out(row)
        names = ("res_id", "partner_id", "action_id", "occurrence", "date_due")
        line = {name: row[name] for name in names}
        return {"res_model": self.model_name, **line, "state": SKIPPED, "reason": reason}

    def _explain_left_out(self, row):
        """Why a row is not planned, or not once more."""
        if row["state"] == DONE:
            return self.env._("Done already: %s", format_date(self.env, row["date_done"]))
        if row["state"] == FAILED:
            return self.env._("Failed: %s", row["reason"] or "-")
        if row["state"] == SKIPPED:
            return row["reason"] or self.env._("Skipped")
        if row["company_id"] and row["company_id"] not in self._get_company_ids():
            return self.env._("Belongs to a company the rule does not act for")
        return self.env._("Does not match the filter")
