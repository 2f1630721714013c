from odoo import api, fields, models

from .crm_relationship_rule_action import ActionKind
from .crm_relationship_rule_run import DONE, Outcome


class CrmRelationshipRuleAction(models.Model):
    """Telling people: one message each with all there is to tell, when the run is over."""

    _inherit = "crm.relationship.rule.action"

    notify_user_ids = fields.Many2many(
        "res.users",
        "crm_rule_action_notify_rel",
        "action_id",
        "user_id",
        string="Tell Also",
        domain=[("share", "=", False)],
        help="Who is told besides: one message for all records of a run.",
    )

    @api.model
    def _get_action_kinds(self):
        return {
            **super()._get_action_kinds(),
            "notify": ActionKind(
                self.env._("Tell people"), "_do_notify", "_describe_notify", is_given=True
            ),
        }

    def _describe_notify(self):
        names = [self._describe_responsible(), *self.notify_user_ids.mapped("name")]
        return self.env._("tell %s", ", ".join(name for name in names if name))

    def _do_notify(self, rule, runs, now):
        """Note whom to tell; `_announce_tasks` does, once the run is over."""
        records = rule._get_records_model().browse(runs.mapped("res_id"))
        users = self._get_responsibles(rule, runs, records)
        return {run.id: Outcome(DONE, user_id=users[run.id].id, to_announce=True) for run in runs}
