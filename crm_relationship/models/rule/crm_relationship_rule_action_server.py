from odoo import api, fields, models
from odoo.exceptions import AccessError

from .crm_relationship_rule_action import ActionKind
from .crm_relationship_rule_run import DONE, Outcome

# What decides on whom a server action runs, and as whom.
GUARDED_FIELDS = frozenset({"domain", "model_id", "company_id"})


class CrmRelationshipRuleAction(models.Model):
    """Running a server action, with the rights of who answers for the rule.

    A server action may be code, so only who may change server actions chooses
    one, and nobody else makes it act on others or as somebody else.
    """

    _inherit = "crm.relationship.rule.action"

    server_action_id = fields.Many2one(
        "ir.actions.server",
        ondelete="restrict",
        domain="[('model_id.model', '=', model_name), ('usage', '=', 'ir_actions_server')]",
        help="Is run on all due records at once, with the rights of who answers for the rule. "
        "Only who may change server actions can choose one.",
    )

    @api.model
    def _get_action_kinds(self):
        return {
            **super()._get_action_kinds(),
            "server_action": ActionKind(
                self.env._("Run a server action"),
                "_do_server_action",
                "_describe_server_action",
                ("server_action_id",),
            ),
        }

    @api.model
    def _get_part_fields(self):
        return [*super()._get_part_fields(), "server_action_id"]

    def _get_parts(self):
        # sudo: only administrators read server actions; which model one is for is no secret
        action = self.sudo().server_action_id
        return [*super()._get_parts(), (action, action.model_id.model)]

    def _describe_server_action(self):
        # sudo: only administrators read server actions; the rule says what it does
        return self.env._('run "%s"', self.sudo().server_action_id.name or "…")

    def _do_server_action(self, rule, runs, now):
        """Run it once for all records, with no more rights than who answers for the rule."""
        res_ids = runs.mapped("res_id")
        context = {"active_model": rule.model_name, "active_ids": res_ids, "active_id": res_ids[0]}
        # No sudo: its author may do more than who answers for the rule.
        self.server_action_id.sudo(False).with_context(**context).run()
        return {run.id: Outcome(DONE) for run in runs}

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions._check_may_run_code()
        return actions

    def write(self, vals):
        self._check_may_run_code()
        result = super().write(vals)
        self._check_may_run_code()
        return result

    def unlink(self):
        self._check_may_run_code()
        return super().unlink()

    def _check_may_run_code(self):
        """Only who may change server actions changes actions that run one, or lead to one."""
        # sudo: nobody gets around it by what they can't see
        actions = self.sudo()
        if (actions | actions._get_stand_ins()).server_action_id:
            self._check_administers()

    @api.model
    def _check_administers(self):
        if not self.env["ir.actions.server"].has_access("write"):
            raise AccessError(
                self.env._(
                    "Only who may change server actions may change a rule that runs one. "
                    "Ask an administrator."
                )
            )


class CrmRelationshipRule(models.Model):
    _inherit = "crm.relationship.rule"

    def write(self, vals):
        guarded = GUARDED_FIELDS & vals.keys()
        if "user_id" in vals and vals["user_id"] != self.env.uid:
            guarded |= {"user_id"}
        if any(rule._changes(guarded, vals) and rule._runs_code() for rule in self):
            self.env["crm.relationship.rule.action"]._check_administers()
        return super().write(vals)

    def _changes(self, names, vals):
        """Whether writing `vals` changes one of these fields."""
        old = self._convert_to_write({name: self[name] for name in names})
        return any(vals[name] != old[name] for name in names)

    def _runs_code(self):
        # sudo: nobody gets around it by what they can't see
        actions = self.sudo().action_ids
        return bool((actions | actions._get_stand_ins()).server_action_id)
