from odoo import models
from odoo.exceptions import UserError


class CrmRelationshipRule(models.Model):
    """What people do with a rule: switch it, approve it, look ahead and back."""

    _inherit = "crm.relationship.rule"

    def action_switch_on(self):
        for rule in self:
            if not rule.action_ids:
                raise UserError(self.env._("%s does nothing yet: add an action.", rule.name))
        self.action_unarchive()

    def action_switch_off(self):
        self.action_archive()

    def action_send_held(self):
        """Do what is held above the limit all the same."""
        for rule in self:
            rule.approved_run_id = rule._get_last_waiting_id()
        self.write({"is_held": False, "held_count": 0})
        self._close_notices()
        self._wake_up()

    def action_skip_held(self):
        """Drop what is held above the limit, and write down who said so."""
        for rule in self:
            rule.run_ids.filtered_domain([("state", "=", "todo")])._skip(
                self.env._("Not sent: %s decided so.", self.env.user.name)
            )
        self.write({"is_held": False, "held_count": 0})
        self._close_notices()

    def action_retry_failed(self):
        self.run_ids.filtered_domain([("state", "=", "failed")]).action_retry()

    def action_open_runs(self):
        """The ledger of this rule, only the rows of the state the button counts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_rule_run_action"
        )
        state = self.env.context.get("rule_run_state")
        action["context"] = {f"search_default_{state}": 1} if state else {}
        action["domain"] = [("rule_id", "=", self.id)]
        action["display_name"] = self.name
        return action

    def action_forecast(self):
        """Who will be reached in the next 30 days, when, and by what."""
        self.ensure_one()
        return self.env["crm.relationship.rule.forecast"]._open(self)

    def _get_last_waiting_id(self):
        return (
            self.env["crm.relationship.rule.run"]
            .search([("rule_id", "=", self.id), ("state", "=", "todo")], order="id desc", limit=1)
            .id
            or 0
        )

    def _wake_up(self):
        """Have the scheduled action run soon."""
        self.env.ref("crm_relationship.ir_cron_rules").sudo()._trigger()
