from markupsafe import Markup

from odoo import fields, models


class CrmRelationshipRuleSwitch(models.TransientModel):
    """The question before a rule is switched on: what will happen."""

    _name = "crm.relationship.rule.switch"
    _description = "Switch a Rule On"
    _rec_name = "rule_id"

    rule_id = fields.Many2one("crm.relationship.rule", required=True, ondelete="cascade")
    words = fields.Html(string="What Will Happen", compute="_compute_words")

    def _compute_words(self):
        for ask in self:
            lines = [Markup("<li>{}</li>").format(line) for line in ask.rule_id._describe_start()]
            ask.words = Markup("<ul>{}</ul>").format(Markup().join(lines))

    def web_read(self, specification):
        """Looking ahead plans and takes back: not with a cursor that may only read."""
        return super().web_read(specification)

    web_read._readonly = False

    def action_switch_on(self):
        self.rule_id.action_switch_on()
        return {"type": "ir.actions.act_window_close"}

    def action_forecast(self):
        return self.rule_id.action_forecast()
