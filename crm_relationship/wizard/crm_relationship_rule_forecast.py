from odoo import api, fields, models

FORECAST_DAYS = 30
LINES_MAX = 1000


class CrmRelationshipRuleForecast(models.TransientModel):
    """One line of what a rule is going to do, for people to look through."""

    _name = "crm.relationship.rule.forecast"
    _description = "Rule Forecast"
    _order = "date_due, id"
    _rec_name = "partner_id"

    rule_id = fields.Many2one("crm.relationship.rule", required=True, ondelete="cascade")
    action_id = fields.Many2one("crm.relationship.rule.action", string="What", ondelete="cascade")
    res_model = fields.Char()
    res_id = fields.Many2oneReference(string="Who", model_field="res_model")
    partner_id = fields.Many2one("res.partner", string="Client", ondelete="cascade")
    occurrence = fields.Date(
        "About the Day", help="The day it is about: the birthday, the last contact."
    )
    date_due = fields.Datetime(string="When")

    @api.model
    def _open(self, rule):
        """Work the forecast out and show it."""
        coming = rule.forecast(FORECAST_DAYS)
        lines = self.create([{"rule_id": rule.id, **line} for line in coming[:LINES_MAX]])
        title = self.env._(
            "%(rule)s: %(count)s in the next %(days)s days",
            rule=rule.name,
            count=len(coming),
            days=FORECAST_DAYS,
        )
        if len(coming) > LINES_MAX:
            title = self.env._("%(title)s, the first %(max)s of them", title=title, max=LINES_MAX)
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": self._name,
            "view_mode": "list,kanban,calendar",
            "mobile_view_mode": "kanban",
            "domain": [("id", "in", lines.ids)],
            "context": {"create": False, "edit": False, "delete": False},
            "help": self.env._(
                "<p class='o_view_nocontent_smiling_face'>Nobody in the next %s days</p>"
                "<p>Is the date entered on the clients? Does the filter match any?</p>",
                FORECAST_DAYS,
            ),
        }

    def action_open_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
