from odoo import api, fields, models
from odoo.tools import format_date

from .crm_relationship_rule_action import ActionKind
from .crm_relationship_rule_run import DONE, SKIPPED, Outcome


class CrmRelationshipRuleAction(models.Model):
    """Setting the relationship status of the client, for its whole company."""

    _inherit = "crm.relationship.rule.action"

    status_id = fields.Many2one(
        "crm.relationship.status",
        string="New Status",
        ondelete="restrict",
        help="What the client becomes. Clients whose status is kept by hand are left alone.",
    )

    @api.model
    def _get_action_kinds(self):
        return {
            **super()._get_action_kinds(),
            "status": ActionKind(
                self.env._("Set the status"), "_do_status", "_describe_status", ("status_id",)
            ),
        }

    @api.model
    def _get_part_fields(self):
        return [*super()._get_part_fields(), "status_id"]

    def _describe_status(self):
        return self.env._('set the status "%s"', self.status_id.name or "…")

    def _do_status(self, rule, runs, now):
        """Set the status of the clients, all of them in one write."""
        outcomes = {}
        clients = self.env["res.partner"]
        today = clients._get_status_day(now)
        for run in runs:
            client = run.partner_id.commercial_partner_id
            if reason := self._get_status_obstacle(client, clients, today):
                outcomes[run.id] = Outcome(SKIPPED, reason)
            else:
                clients |= client
                outcomes[run.id] = Outcome(DONE)
        clients.with_context(
            relationship_status_reason=self.env._("Rule: %s", rule.name),
            relationship_status_rule_id=rule.id,
        ).write({"relationship_status_id": self.status_id.id})
        return outcomes

    def _get_status_obstacle(self, client, changed, today):
        """Why the status of a client is not set; nothing when it is."""
        if not client:
            return self.env._("No client")
        if client.relationship_status_id == self.status_id or client in changed:
            return self.env._("Has this status already")
        locked_until = client.relationship_status_locked_until
        if locked_until and locked_until >= today:
            return self.env._("The status is kept until %s", format_date(self.env, locked_until))
        return ""
