from datetime import timedelta

from odoo import models
from odoo.tools import SQL

# A run comes every quarter of an hour, and the clocks may change in between: so little is no
# lateness.
SLACK = timedelta(hours=2)


class CrmRelationshipRule(models.Model):
    """Several actions in order keep their distance, however late the first one was.

    A step that is due waits until as long after each earlier step of the same
    occasion as their delays say: after a downtime, a hold, a retry or closed
    hours a client never gets two letters in one go.
    """

    _inherit = "crm.relationship.rule"

    def _keep_apart(self, now):
        """Keep the distance in rules that have one; returns whether anything was moved."""
        stepped = self.filtered(lambda rule: len(rule._get_delays()) > 1)
        return bool(stepped) and stepped._keep_distance(now)

    def _get_delays(self):
        return {timedelta(**{f"{step.delay_unit}s": step.delay}) for step in self._get_steps()}

    def _keep_distance(self, now, until=None, unreached=()):
        """Move due steps away from earlier ones that were late or still wait, by one UPDATE.

        What another worker holds is left to it. What will be too late for an earlier
        step to be done does not hold up a later one: that one is too late itself.

        :param until: look at what is due until then, to foresee it
        :param unreached: ids of rows that will not be done, to foresee it: what is due after
            one of them will not wait for it
        :return: whether anything was moved
        """
        moved = self.env.execute_query(
            SQL(
                """
                WITH late AS (
                    SELECT run.id,
                           max(CASE before.state WHEN 'done' THEN before.date_done
                                    ELSE greatest(before.date_due, %(now)s) END
                               + %(delay)s - %(before)s) AS moment
                      FROM crm_relationship_rule_run run
                      JOIN crm_relationship_rule_action step
                        ON step.id = run.action_id AND step.rule_id = run.rule_id
                      JOIN crm_relationship_rule_run before
                        ON before.rule_id = run.rule_id AND before.occurrence = run.occurrence
                       AND before.part IS NOT DISTINCT FROM run.part
                       AND before.res_model = run.res_model AND before.res_id = run.res_id
                       AND NOT (before.id = ANY(%(unreached)s)
                                AND greatest(before.date_due, %(now)s) < run.date_due)
                       AND (before.state = 'done'
                            OR before.state = 'todo'
                               AND coalesce(before.date_expire > %(now)s, true))
                      JOIN crm_relationship_rule_action first
                        ON first.id = before.action_id AND first.rule_id = run.rule_id
                     WHERE run.state = 'todo' AND run.date_due <= %(until)s
                       AND run.rule_id IN %(rules)s AND %(before)s < %(delay)s
                  GROUP BY run.id
                )
                UPDATE crm_relationship_rule_run run
                   SET date_due = free.moment,
                       date_expire = run.date_expire + (free.moment - run.date_due),
                       write_date = %(now)s, write_uid = %(uid)s
                  FROM (SELECT waiting.id, late.moment
                          FROM late
                          JOIN crm_relationship_rule_run waiting
                            ON waiting.id = late.id AND waiting.state = 'todo'
                         WHERE late.moment > waiting.date_due + %(slack)s
                           FOR NO KEY UPDATE OF waiting SKIP LOCKED) free
                 WHERE run.id = free.id
                RETURNING run.id
                """,
                delay=self._query_delay(SQL("step")),
                before=self._query_delay(SQL("first")),
                now=now,
                until=until or now,
                unreached=list(unreached),
                rules=tuple(self.ids),
                slack=SLACK,
                uid=self.env.uid,
            )
        )
        self.env["crm.relationship.rule.run"].browse(
            run_id for [run_id] in moved
        ).invalidate_recordset()
        return bool(moved)

    def _query_delay(self, alias):
        return SQL(
            "coalesce(%(alias)s.delay, 0) * CASE %(alias)s.delay_unit"
            " WHEN 'hour' THEN interval '1 hour' ELSE interval '1 day' END",
            alias=alias,
        )
