from odoo import api, fields, models
from odoo.exceptions import UserError


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
    res_model = fields.Char(related="rule_id.model_name", string="Model")
    res_id = fields.Many2oneReference(
        string="Try on", model_field="res_model", help="Whom to try it on. Nothing is sent."
    )
    partner_id = fields.Many2one("res.partner", string="Client", ondelete="cascade")
    result = fields.Html(compute="_compute_result", sanitize=False)
    has_letter = fields.Boolean(compute="_compute_result")

    @api.model
    def default_get(self, fields):
        """Opened from a contact, it is about that one."""
        values = super().default_get(fields)
        if self.env.context.get("active_model") == "res.partner":
            values.setdefault("partner_id", self.env.context.get("active_id"))
        return values

    @api.onchange("rule_id")
    def _onchange_rule_id(self):
        """Of the client, the newest record the rule is about."""
        if self.partner_id and self.rule_id:
            self.res_id = self._find_record().id

    def _find_record(self):
        field = self.rule_id._get_rule_models()[self.res_model].partner
        records = self.env[self.res_model]
        return records.search([(field, "=", self.partner_id.id)], order="id desc", limit=1)

    @api.depends("rule_id", "res_id")
    def _compute_result(self):
        for trial in self:
            trial.result = trial.has_letter = False
            if trial.rule_id and trial.res_id:
                result = trial._try()
                trial.has_letter = any(action.get("body") for action in result["actions"])
                trial.result = self.env["ir.qweb"]._render(
                    "crm_relationship.rule_trial_result", result, minimal_qcontext=True
                )

    def _try(self):
        result = self.rule_id.try_on(self.res_id)
        for step in (result, *result["actions"]):
            moment = step.get("date_due")
            step["when"] = self.rule_id._format_moment(moment) if moment else ""
        return result

    def web_read(self, specification):
        """Looking ahead plans and takes back: not with a cursor that may only read."""
        return super().web_read(specification)

    web_read._readonly = False

    @api.model
    def _open(self, rule, res_id=None):
        context = {"default_rule_id": rule.id}
        if res_id:
            context["default_res_id"] = res_id
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
