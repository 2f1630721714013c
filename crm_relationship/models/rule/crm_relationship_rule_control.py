from odoo import api, fields, models
from odoo.exceptions import UserError

from .crm_relationship_rule_notice import HELD


class CrmRelationshipRule(models.Model):
    """What people do with a rule: make and switch it, approve it, look ahead and back."""

    _inherit = "crm.relationship.rule"

    @api.model_create_multi
    def create(self, vals_list):
        now = fields.Datetime.now()
        for vals in vals_list:
            if vals.get("active", self.default_get(["active"]).get("active")):
                vals["date_start"] = vals.get("date_start") or now
        rules = super().create(vals_list)
        for rule in rules.filtered("date_start"):
            rule.action_ids.date_start = rule.date_start
        return rules

    def write(self, vals):
        if "model_id" in vals:
            self._check_model_is_free(vals["model_id"])
        if "date_start" in vals:
            # Look back to it, whatever was looked at before.
            vals = {**vals, "looked_until": False}
        if "active" in vals and not vals["active"]:
            self._drop_waiting()
            vals = {**vals, "is_held": False, "held_count": 0}
        starting = self.filtered(lambda rule: not rule.active) if vals.get("active") else self[:0]
        result = super().write(vals)
        if "user_id" in vals and not vals["user_id"]:
            # A rule that is on has somebody who answers for it, and acts for their companies.
            self.filtered("active").user_id = self.env.user
        if "company_id" in vals or "user_id" in vals:
            self._check_companies()
        if "date_start" in vals:
            self.action_ids.date_start = vals["date_start"]
        starting._start(vals.get("date_start"))
        return result

    def copy_data(self, default=None):
        """A copy is switched off: whoever copies a rule wants to change it first."""
        default = {"active": False, **(default or {})}
        vals_list = super().copy_data(default)
        if "name" in default:
            return vals_list
        return [
            {**vals, "name": self.env._("%s (copy)", rule.name)}
            for rule, vals in zip(self, vals_list, strict=True)
        ]

    def copy(self, default=None):
        """A copy has its own actions, and its own that stand in for them."""
        copies = super().copy(default)
        if "action_ids" not in (default or {}):
            for rule, copy in zip(self, copies, strict=True):
                # Odoo copies lines in the order of their ids.
                lines = (rule.action_ids.sorted("id"), copy.action_ids.sorted("id"))
                rule.action_ids._copy_stand_ins(dict(zip(*lines, strict=True)))
        return copies

    def action_switch_on(self):
        self.action_unarchive()

    def action_switch_off(self):
        self.action_archive()

    def action_send_held(self):
        """Do what is held above the limit all the same."""
        self.check_access("write")
        self._approve_waiting()
        self.write({"is_held": False, "held_count": 0})
        self._close_notices(HELD)
        self._wake_up()

    def action_skip_held(self):
        """Drop what is held above the limit, and write down who said so."""
        self.check_access("write")
        self._get_waiting()._skip(self.env._("Not sent: %s decided so.", self.env.user.name))
        self.write({"is_held": False, "held_count": 0})
        self._close_notices(HELD)

    def action_retry_failed(self):
        self._get_failed().action_retry()

    def action_leave_failed(self):
        self._get_failed().action_leave()

    def _get_failed(self):
        return self.env["crm.relationship.rule.run"].search(
            [("rule_id", "in", self.ids), ("state", "=", "failed")]
        )

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

    def action_forecast_day(self, day):
        """Who will be reached on one day of the user.

        :param str day: as of Odoo, "2026-12-24"
        """
        self.ensure_one()
        return self.env["crm.relationship.rule.forecast"]._open(self, day=fields.Date.to_date(day))

    def action_try(self):
        """Choose a client and see what the rule would do."""
        self.ensure_one()
        return self.env["crm.relationship.rule.trial"]._open(self)

    def _check_model_is_free(self, model_id):
        """What is in the ledger is about records of the model it has now."""
        changed = self.filtered(lambda rule: rule.model_id.id != model_id)
        ledger = self.env["crm.relationship.rule.run"].sudo()
        if found := ledger.search([("rule_id", "in", changed.ids)], limit=1):
            raise UserError(
                self.env._(
                    "%(rule)s has acted on %(model)s already. Make a new rule for other records.",
                    rule=found.rule_id.name,
                    model=found.rule_id.model_id.name,
                )
            )

    def _start(self, date_start=None):
        """Begin now, or at `date_start`: what was before is not made up for.

        A rule nobody answers for yet is answered for by who switches it on.
        """
        for rule in self:
            user = rule.user_id or self.env.user
            rule.write({"date_start": date_start or fields.Datetime.now(), "user_id": user.id})

    def _get_waiting(self):
        """What is planned and not done; to be changed after access was checked."""
        ledger = self.env["crm.relationship.rule.run"].sudo()
        return ledger.search([("rule_id", "in", self.ids), ("state", "=", "todo")])

    def _drop_waiting(self):
        """Forget what is planned and not done; it never happened."""
        self._get_waiting().unlink()

    def _approve_waiting(self):
        """Approved by hand it is not too late, nor is what will stand in for it asked about."""
        waiting = self._get_waiting()
        waiting.write({"is_approved": True, "date_expire": False})

    def _wake_up(self):
        """Have the scheduled action run soon."""
        self.env.ref("crm_relationship.ir_cron_rules").sudo()._trigger()
