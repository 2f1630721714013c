from datetime import timedelta

from odoo import models
from odoo.tools import SQL


class CrmRelationshipRule(models.Model):
    """Telling people at the end of a run: who got something, and who must see to something."""

    _inherit = "crm.relationship.rule"

    def _tell_people(self, now):
        """Look what there is to tell since the last time, in one query, and tell it."""
        self.flush_model(["plan_error", "error_told", "failure_told", "is_held", "off_told"])
        yesterday = now - timedelta(days=1)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rule.id,
                       EXISTS (SELECT FROM crm_relationship_rule_run run
                                WHERE run.rule_id = rule.id AND run.to_announce),
                       coalesce(rule.failure_told, '-infinity') < %(yesterday)s AND EXISTS (
                           SELECT FROM crm_relationship_rule_run run
                            WHERE run.rule_id = rule.id AND run.state = 'failed'
                              AND run.date_done > coalesce(rule.failure_told, '-infinity')),
                       rule.plan_error IS NOT NULL
                           AND coalesce(rule.error_told, '-infinity') < %(yesterday)s,
                       EXISTS (%(deliveries)s),
                       %(over)s,
                       rule.off_until IS NOT NULL AND rule.off_told IS NOT TRUE
                  FROM crm_relationship_rule rule
                 WHERE rule.id IN %(rules)s
                """,
                yesterday=yesterday,
                deliveries=self._query_deliveries(SQL("rule.id")),
                over=self._query_notices_over(),
                rules=tuple(self.ids) or (0,),
            )
        )
        self.browse([rule_id for rule_id, tasks, *__ in rows if tasks])._announce_tasks()
        self.browse([rule_id for rule_id, *__, missed in rows if missed])._tell_catch_up()
        for rule_id, __, has_failed, is_broken, is_undelivered, over, __ in rows:
            rule = self.browse(rule_id)
            if is_undelivered:
                rule._learn_deliveries(now)
            if has_failed:
                rule._tell_failures(now)
            if is_broken:
                rule._tell_error(now)
            rule._close_notices(*over or ())
