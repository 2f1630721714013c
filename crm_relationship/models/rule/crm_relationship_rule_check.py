from odoo import api, models
from odoo.exceptions import AccessError, ValidationError
from odoo.tools import format_list

# No rule acts ten years before or after its day.
OFFSET_MAX = 3660


class CrmRelationshipRule(models.Model):
    """What a rule must fulfil before it is kept."""

    _inherit = "crm.relationship.rule"

    @api.constrains("domain", "model_id", "user_id", "company_id")
    def _check_domain(self):
        """The filter can be used, and asks for nothing that who wrote it may not see."""
        for rule in self:
            for user in rule._get_eyes() | self.env.user:
                rule._check_filter(user)

    def _check_filter(self, user):
        try:
            self._look_with(user, self._get_filter())
        except AccessError as error:
            raise ValidationError(
                self.env._(
                    "The filter of %(rule)s asks for something that %(user)s may not see.",
                    rule=self.name,
                    user=user.name,
                )
            ) from error
        except (ValueError, SyntaxError, TypeError, KeyError) as error:
            raise ValidationError(
                self.env._(
                    "The filter of %(rule)s can't be used: %(error)s", rule=self.name, error=error
                )
            ) from error

    @api.constrains("model_id")
    def _check_model(self):
        allowed = self._get_rule_models()
        for rule in self:
            if rule.model_name not in allowed:
                raise ValidationError(
                    self.env._("Rules can't act on %s.", rule.model_id.display_name)
                )
            rule.action_ids._check_model()

    @api.constrains("trigger", "event", "date_source", "model_id")
    def _check_fitting(self):
        for rule in self:
            if rule.model_name not in rule._get_fitting_models():
                raise ValidationError(rule._explain_fitting())

    def _explain_fitting(self):
        """What to choose, for who had the rule wait for what can't happen to its records."""
        labels = dict(self._selection_acts_on())
        names = [labels[name] for name in self._get_fitting_models()]
        return self.env._(
            '%(rule)s: what it waits for does not happen to %(model)s. Under "Acts on" choose '
            "%(fitting)s, or let it wait for something else.",
            rule=self.name,
            model=labels[self.model_name],
            fitting=format_list(self.env, names, "or"),
        )

    @api.constrains("trigger", "date_source", "date_kind_id", "date_field_id", "model_id")
    def _check_date_source(self):
        for rule in self.filtered(lambda rule: rule.trigger == "date"):
            if rule.date_source == "field":
                rule._check_date_field()
            elif not rule.date_kind_id:
                raise ValidationError(self.env._("Choose the occasion %s is about.", rule.name))

    def _check_date_field(self):
        date_field = self._get_date_field()
        field = self.env[self.model_name]._fields.get(date_field.name)
        if field is None or date_field.model != self.model_name:
            raise ValidationError(self.env._("Choose the date field %s is about.", self.name))
        if not self._is_date_to_follow(field):
            raise ValidationError(
                self.env._("%s is no date that a rule can follow.", date_field.display_name)
            )

    @api.constrains("active", "action_ids")
    def _check_does_something(self):
        """However it was switched on: by the button, the switch in a list, an import."""
        for rule in self:
            if rule.active and not rule.action_ids:
                raise ValidationError(rule._explain_idleness())

    def write(self, vals):
        """What is taken out and put in at once is judged when both is done, as above."""
        if "action_ids" in vals:
            self = self.with_context(relationship_rule_changes_actions=True)
        return super().write(vals)

    def _explain_idleness(self):
        return self.env._("%s does nothing yet: add an action.", self.name)

    @api.constrains("offset")
    def _check_offset(self):
        if any(abs(rule.offset) > OFFSET_MAX for rule in self):
            raise ValidationError(self.env._("The offset is more than %s.", OFFSET_MAX))

    def _check_companies(self):
        """Nobody has a rule act for companies they do not work for."""
        companies = self.env.user._get_company_ids()
        self.with_context(allowed_company_ids=list(companies)).check_access("write")


class CrmRelationshipRuleAction(models.Model):
    """The last action of a rule that is on stays, by whichever way it is taken away."""

    _inherit = "crm.relationship.rule.action"

    def write(self, vals):
        left = self.rule_id if "rule_id" in vals else self.rule_id.browse()
        result = super().write(vals)
        left._check_does_something()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last(self):
        if self.env.context.get("relationship_rule_changes_actions"):
            return
        for rule in self.rule_id:
            if rule.active and not rule.action_ids - self:
                raise ValidationError(rule._explain_idleness())
