from odoo import api, models
from odoo.exceptions import ValidationError


class CrmRelationshipRuleAction(models.Model):
    """What stands in for an action that could not be done.

    It is an action of the same rule, or of none. It is changed by who may change
    all that it stands in for.
    """

    _inherit = "crm.relationship.rule.action"

    @api.constrains("otherwise_id")
    def _check_otherwise(self):
        if self._has_cycle("otherwise_id"):
            raise ValidationError(self.env._("An action can't stand in for itself."))

    @api.constrains("otherwise_id", "rule_id")
    def _check_stand_ins(self):
        """What stands in is of the same rule or of none: each rule has its own company."""
        for action in self._get_leading():
            if action.rule_id and action._get_stand_ins().rule_id - action.rule_id:
                raise ValidationError(
                    self.env._(
                        "Otherwise: an action of another rule can't stand in. Make one here."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        actions.otherwise_id._check_stands_in_for("write")
        return actions

    def write(self, vals):
        """What stands in no more begins now."""
        self._check_stands_in_for("write")
        released = self.otherwise_id if "otherwise_id" in vals else self.browse()
        result = super().write(vals)
        if vals.get("otherwise_id"):
            self.otherwise_id._check_stands_in_for("write")
        released._begin()
        return result

    def unlink(self):
        self._check_stands_in_for("unlink")
        (self.otherwise_id - self)._begin()
        return super().unlink()

    def _check_stands_in_for(self, operation):
        """Who may not change an action may not change what stands in for it."""
        (self._get_leading() - self).check_access(operation)

    def _get_leading(self):
        """These actions and all they stand in for, however far back."""
        found = level = self
        # sudo: whoever changes a stand-in may not see all rules it is used by
        while level := self.sudo().search([("otherwise_id", "in", level.ids)]) - found:
            found |= level.with_env(self.env)
        return found

    def _get_stand_ins(self):
        """What stands in for these actions, and what for that."""
        found = self.browse()
        level = self.otherwise_id
        while level:
            found |= level
            level = level.otherwise_id - found
        return found

    def _copy_stand_ins(self, twins):
        """Give copied actions copies of what stands in for these.

        :param dict twins: the copy by action; copies made here are added
        """
        for action in self.filtered("otherwise_id"):
            stand_in = action.otherwise_id
            if stand_in not in twins:
                twins[stand_in] = stand_in.copy()
                stand_in._copy_stand_ins(twins)
            twins[action].otherwise_id = twins[stand_in]
