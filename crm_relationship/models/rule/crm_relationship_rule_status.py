from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, format_date

from .crm_relationship_rule import TriggerKind
from .crm_relationship_rule_moment import Occasions

# What facts bring is written at the latest so long after its moment: silence in the night after.
FOUND_WITHIN = timedelta(days=2)


class CrmRelationshipRule(models.Model):
    """The occasion "status": a client got a status, or has had it for so many days.

    It is read from the trace of changes, whoever made them. The occurrence is
    the day the client entered the status: who leaves it and comes back has
    another occasion. What is found the night after begins when it is found, or
    it would be late before anybody could know; what is found later is past.
    """

    _inherit = "crm.relationship.rule"

    status_id = fields.Many2one(
        "crm.relationship.status",
        ondelete="restrict",
        help="Which status the client gets.",
    )
    status_days = fields.Integer(
        string="Days in the Status",
        help="So many days after the client got it, if it still has it. 0: at once.",
    )

    _status_days_positive = models.Constraint(
        "CHECK(status_days >= 0)", "The days in the status can't be negative."
    )

    @api.constrains("trigger", "status_id")
    def _check_status_id(self):
        for rule in self:
            if rule.trigger == "status" and not rule.status_id:
                raise ValidationError(self.env._("Status: choose the one %s is about.", rule.name))

    @api.model
    def _get_trigger_kinds(self):
        return {
            **super()._get_trigger_kinds(),
            "status": TriggerKind(
                self.env._("A status"),
                "_query_status",
                "_check_status_rows",
                "_describe_status",
                "_note_status",
                ("res.partner", "crm.lead"),
            ),
        }

    def _query_status(self, window):
        """Clients who have the status, by the day they got it."""
        occasions = self._get_status_occasions()
        if not self.status_days:
            found = SQL(
                """CASE WHEN change.create_date BETWEEN change.date AND change.date + %s
                        THEN change.create_date ELSE change.date END""",
                FOUND_WITHIN,
            )
            where = SQL(
                "%s AND change.date >= %s AND change.date <= %s",
                occasions.where,
                window.after - FOUND_WITHIN,
                window.until,
            )
            occasions = occasions._replace(due=found, where=where)
        return self._query_occasions(occasions, window)

    def _get_status_occasions(self):
        if self.model_name == "res.partner":
            rec = SQL("JOIN res_partner rec ON rec.id = change.partner_id")
        else:
            rec = SQL(
                """JOIN res_partner person ON person.commercial_partner_id = change.partner_id
                   JOIN %s rec ON rec.%s = person.id""",
                self._table_of_records(),
                self._column_of_partner(),
            )
        return Occasions(
            tables=SQL("crm_relationship_status_change change %s", rec),
            column=SQL("change.date"),
            where=SQL(
                "change.to_status_id = %s AND change.date_to IS NULL", self.status_id.id or None
            ),
            days=self.status_days or None,
            new=self._query_not_dated_back(),
        )

    def _query_not_dated_back(self):
        """Not a change that was done with and bears an earlier day since.

        A client is cold since its first contact, also when that is heard of late.
        """
        return SQL(
            """NOT EXISTS (
                   SELECT FROM crm_relationship_rule_run before
                    WHERE before.rule_id = %(rule)s AND before.res_model = %(model)s
                      AND before.res_id = rec.id AND before.action_id = step.action_id
                      AND before.occurrence > occasion.day
                      AND before.occurrence <= %(written)s)""",
            rule=self.id,
            model=self.model_name,
            written=self._query_home_day(SQL("change.create_date")),
        )

    def _check_status_rows(self, runs):
        """Clients who left the status since; one that only bears an earlier day has not."""
        occasions = self._get_status_occasions()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT rec.id, min(%s) FROM %s WHERE %s AND rec.id IN %s GROUP BY rec.id",
                self._query_occasion_day(occasions),
                occasions.tables,
                occasions.where,
                tuple(runs.mapped("res_id")),
            )
        )
        since = dict(rows)
        reason = self.env._("The client is not %s any more", self.status_id.name)
        return {
            run.id: reason
            for run in runs
            if run.res_id not in since or since[run.res_id] > run.occurrence
        }

    def _describe_status(self):
        status = self.status_id.name or "…"
        if not self.status_days:
            return self.env._("When a client becomes %s", status)
        return self.env._(
            "%(days)s after a client became %(status)s, at %(hour)s their time",
            days=self._count_days(self.status_days).capitalize(),
            status=status,
            hour=self._format_hour(),
        )

    def _note_status(self, run):
        return self.env._(
            "%(status)s since %(date)s",
            status=self.status_id.name,
            date=format_date(self.env, run.occurrence),
        )


class CrmRelationshipStatusChange(models.Model):
    _inherit = "crm.relationship.status.change"

    # Who has a status since when: what the rules look for.
    _present_idx = models.Index("(to_status_id, date) WHERE date_to IS NULL")
