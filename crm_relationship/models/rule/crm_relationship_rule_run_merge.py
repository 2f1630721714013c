from odoo import models
from odoo.tools import SQL


class CrmRelationshipRuleRun(models.Model):
    """Records that become one have one ledger, and nothing happens twice for it."""

    _inherit = "crm.relationship.rule.run"

    def _hand_over(self, sources, target):
        """Hand the lines of `sources` to `target`; what both had, the one that is left has had."""
        names = {
            "model": target._name,
            "src": tuple(sources.ids) or (0,),
            "dst": target.id,
            "key": SQL(
                "concat_ws(':', run.rule_id, run.action_id, run.res_model, %s,"
                " to_char(run.occurrence, 'YYYY-MM-DD'), run.part)",
                target.id,
            ),
        }
        handed_over = SQL(
            """
            UPDATE crm_relationship_rule_run SET res_id = %(dst)s
             WHERE res_model = %(model)s AND res_id IN %(src)s
            RETURNING id
            """,
            **names,
        )
        self.env.flush_all()
        if not self.env.execute_query(handed_over):
            return
        for query in (
            # What waits and was done for the other one already.
            """
            DELETE FROM crm_relationship_rule_run run
             USING crm_relationship_rule_run twin
             WHERE run.res_model = %(model)s AND run.res_id = %(dst)s
               AND run.state = 'todo'
               AND twin.res_model = run.res_model AND twin.res_id = run.res_id
               AND twin.rule_id = run.rule_id AND twin.action_id = run.action_id
               AND twin.occurrence = run.occurrence
               AND twin.part IS NOT DISTINCT FROM run.part AND twin.id <> run.id
               AND (twin.state <> 'todo' OR twin.id < run.id)
            """,
            # A key is handed over when it is free; of several the first has it. What an
            # action did that is gone since needs none.
            """
            UPDATE crm_relationship_rule_run run SET key = %(key)s
             WHERE run.res_model = %(model)s AND run.res_id = %(dst)s
               AND run.action_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM crm_relationship_rule_run twin
                                WHERE twin.key = %(key)s)
               AND NOT EXISTS (SELECT FROM crm_relationship_rule_run twin
                                WHERE twin.res_model = run.res_model AND twin.res_id = run.res_id
                                  AND twin.rule_id = run.rule_id
                                  AND twin.action_id = run.action_id
                                  AND twin.occurrence = run.occurrence
                                  AND twin.part IS NOT DISTINCT FROM run.part
                                  AND twin.id < run.id)
            """,
        ):
            self.env.cr.execute(SQL(query, **names))
        self.invalidate_model()
