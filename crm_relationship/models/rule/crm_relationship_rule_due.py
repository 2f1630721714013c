from odoo import models
from odoo.tools import SQL


class CrmRelationshipRule(models.Model):
    """What is due, in the order in which it is done; what is above the limit of a rule is held."""

    _inherit = "crm.relationship.rule"

    def _get_due(self, now):
        """What waits and may be done now, held rules put aside.

        :return: the rules that can't go on, and a list of (rule, action, number of rows)
        """
        broken = self.browse()
        rows = self._count_due(now)
        if rows:
            apart = self._keep_apart(now)
            broken, moved = self._move_due(now)
            if apart or broken or moved:
                rows = (self - broken)._count_due(now)
        return broken, (self - broken)._put_in_order(rows)

    def _count_due(self, now):
        """What is due, as (rule, action, rows, of them approved, people not approved)."""
        return self.env.execute_query(
            SQL(
                """
                WITH due AS (
                    SELECT run.rule_id, run.action_id, run.res_id, run.partner_id,
                           coalesce(run.is_approved, false) AS approved
                      FROM crm_relationship_rule_run run
                     WHERE run.state = 'todo' AND run.date_due <= %s AND run.rule_id IN %s
                       AND run.action_id IS NOT NULL
                ), new AS (
                    SELECT rule_id, count(DISTINCT coalesce(partner_id, -res_id)) AS reached
                      FROM due WHERE NOT approved GROUP BY rule_id
                )
                SELECT due.rule_id, due.action_id, count(*), count(*) FILTER (WHERE approved),
                       coalesce(max(new.reached), 0)
                  FROM due LEFT JOIN new ON new.rule_id = due.rule_id
                 GROUP BY due.rule_id, due.action_id
                """,
                now,
                tuple(self.ids) or (0,),
            )
        )

    def _put_in_order(self, rows):
        """Rules that would reach more than their limit are held; the rest by rule and action."""
        new = {rule_id: reached for rule_id, *__, reached in rows}
        for rule in self:
            rule._hold(new.get(rule.id, 0))
        actions = self.env["crm.relationship.rule.action"].browse(row[1] for row in rows)
        in_order = actions.sorted(lambda action: (action.sequence, action.id))
        actions = {action.id: action for action in in_order}
        order = list(actions)
        rules = self.ids
        due = []
        for rule_id, action_id, count, approved, __ in sorted(
            rows, key=lambda row: (rules.index(row[0]), order.index(row[1]))
        ):
            rule = self.browse(rule_id)
            if ready := approved if rule.is_held else count:
                due.append((rule, actions[action_id], ready))
        return due

    def _hold(self, count):
        """Hold the rule when it would reach more than its limit; let go when not."""
        held = bool(self.limit) and count > self.limit
        if held and not self.is_held:
            self._notify_held(count)
        if held != self.is_held or (held and count != self.held_count):
            self.write({"is_held": held, "held_count": count if held else 0})
