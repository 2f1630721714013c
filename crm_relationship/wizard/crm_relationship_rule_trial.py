from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_datetime


class CrmRelationshipRuleTrial(models.TransientModel):
    """Try a rule on a client: would it act, when, what would the client get, or why not.

    Nothing is sent, planned or written down. "Send It to Me" mails the letters
    to who asks, and to nobody else.
    """

    _name = "crm.relationship.rule.trial"
    _description = "Rule Trial"
    _rec_name = "rule_id"

    rule_id = fields.Many2one(
        "crm.relationship.rule",
        required=True,
        ondelete="cascade",
        context={"active_test": False},
        help="The rule to try. It may be switched off.",
    )
    model_id = fields.Many2one(related="rule_id.model_id", string="Model")
    record_ref = fields.Reference(
        selection="_selection_record",
        string="Try on",
        help="Whom to try it on. Nothing is sent.",
    )
    partner_id = fields.Many2one("res.partner", string="Client", ondelete="cascade")
    result = fields.Html(compute="_compute_result", sanitize=False)
    has_letter = fields.Boolean(compute="_compute_result")

    @api.model
    def _selection_record(self):
        names = self.env["crm.relationship.rule"]._get_rule_models()
        models = self.env["ir.model"].sudo().search([("model", "in", list(names))])
        return [(model.model, model.name) for model in models]

    @api.model
    def default_get(self, fields_list):
        """Opened from a contact, it is about that one."""
        values = super().default_get(fields_list)
        if self.env.context.get("active_model") == "res.partner":
            values.setdefault("partner_id", self.env.context.get("active_id"))
        return values

    @api.onchange("rule_id")
    def _onchange_rule_id(self):
        """Of the client, the newest record the rule is about."""
        if not self.rule_id or (
            self.record_ref and self.record_ref._name == self.rule_id.model_name
        ):
            return
        self.record_ref = self._find_record()

    def _find_record(self):
        if not self.partner_id:
            return False
        if self.rule_id.model_name == "res.partner":
            return self.partner_id
        field = self.rule_id._get_rule_models()[self.rule_id.model_name].partner
        records = self.env[self.rule_id.model_name]
        return records.search([(field, "=", self.partner_id.id)], order="id desc", limit=1)

    @api.depends("rule_id", "record_ref")
    def _compute_result(self):
        for trial in self:
            trial.result = trial.has_letter = False
            if trial._is_ready():
                result = trial._try()
                trial.has_letter = any(action.get("body") for action in result["actions"])
                trial.result = self.env["ir.qweb"]._render(
                    "crm_relationship.rule_trial_result", result, minimal_qcontext=True
                )

    def _is_ready(self):
        return bool(self.record_ref) and self.record_ref._name == self.rule_id.model_name

    def _try(self):
        result = self.rule_id.try_on(self.record_ref.id)
        for step in (result, *result["actions"]):
            step["when"] = self._format(step.get("date_due"))
        return result

    def _format(self, moment):
        zone = self.env.user.tz or "UTC"
        return format_datetime(self.env, moment, tz=zone, dt_format="medium") if moment else ""

    @api.model
    def _open(self, rule, res_id=None):
        context = {"default_rule_id": rule.id}
        if res_id:
            context["default_record_ref"] = f"{rule.model_name},{res_id}"
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Try on a Client"),
            "res_model": self._name,
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }

    def action_send_me(self):
        """Mail the letters to who asks, marked as a test; nothing else happens."""
        self.ensure_one()
        if not self.env.user.email:
            raise UserError(
                self.env._("Enter your e-mail address in your preferences, the test goes there.")
            )
        letters = [action for action in self._try()["actions"] if action.get("body")]
        if not letters:
            raise UserError(self.env._("There is no letter to send: mend the text first."))
        # Salespeople may not queue mails of their own; these go to themselves only.
        self.env["mail.mail"].sudo().create([self._prepare_test_vals(letter) for letter in letters])
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The test is on its way to %s.", self.env.user.email),
            },
        }

    def _prepare_test_vals(self, letter):
        """A mail that belongs to no record: it is no contact with the client."""
        user = self.env.user
        return {
            "subject": self.env._("[Test] %s", letter["subject"]),
            "body_html": letter["body"],
            "email_to": user.email_formatted,
            "email_from": user.email_formatted,
            "author_id": user.partner_id.id,
            "auto_delete": True,
        }
