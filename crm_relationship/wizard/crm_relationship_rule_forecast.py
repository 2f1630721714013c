from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..models.rule.crm_relationship_rule_forecast import INSTEAD
from ..models.rule.crm_relationship_rule_run import FAILED, SKIPPED, TODO

FORECAST_DAYS = 30
LINES_MAX = 1000


class CrmRelationshipRuleForecast(models.TransientModel):
    """One line of what a rule is going to do, or not, for people to look through.

    The text of a letter is made when a line is opened, and nothing else.
    """

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
    state = fields.Selection(
        [
            (TODO, "Will happen"),
            (INSTEAD, "Something else instead"),
            (SKIPPED, "Will not happen"),
            (FAILED, "Would fail"),
        ],
        string="Outlook",
        default=TODO,
    )
    reason = fields.Char(string="Why Not")

    # The text, made when somebody looks
    preview_to = fields.Char(string="To", compute="_compute_preview")
    preview_subject = fields.Char(string="Subject", compute="_compute_preview")
    preview_body = fields.Html(string="Letter", compute="_compute_preview", sanitize=False)
    preview_text = fields.Text(string="Text", compute="_compute_preview")
    preview_error = fields.Char(string="Error", compute="_compute_preview")

    @api.depends("action_id", "res_id")
    def _compute_preview(self):
        for line in self:
            texts = line._preview()
            for name in ("to", "subject", "body", "text", "error"):
                line[f"preview_{name}"] = texts.get(name) or False

    def _preview(self):
        """The text for who may read the record, and nobody else."""
        try:
            # The record the rule would act on, whatever model the line names.
            self.env[self.rule_id.model_name].browse(self.res_id).check_access("read")
            self.partner_id.check_access("read")
        except AccessError:
            return {"error": self.env._("You may not open this record.")}
        coming = {
            "res_id": self.res_id,
            "partner_id": self.partner_id.id,
            "occurrence": self.occurrence,
            "date_due": self.date_due,
        }
        return self.action_id._look_at(self.rule_id, coming)

    def web_read(self, specification):
        """Looking ahead plans and takes back: not with a cursor that may only read."""
        return super().web_read(specification)

    web_read._readonly = False

    @api.model
    def _open(self, rule, days=FORECAST_DAYS, day=None):
        """Work the forecast out and show it.

        :param day: only this day of the user
        """
        coming = rule.forecast(days)
        left_out, left_out_count = rule.forecast_left_out(days, LINES_MAX)
        if day:
            coming = [line for line in coming if self._get_day(line) == day]
            left_out = [line for line in left_out if self._get_day(line) == day]
            left_out_count = len(left_out)
        shown = (coming[:LINES_MAX] + left_out)[:LINES_MAX]
        # sudo: nobody writes lines but this, or the text of anybody could be asked for
        lines = self.sudo().create([{"rule_id": rule.id, **line} for line in shown])
        views = [(False, "list"), (False, "kanban"), (False, "calendar"), (False, "form")]
        return {
            "type": "ir.actions.act_window",
            "name": self._describe(rule, coming, left_out_count, days, day),
            "res_model": self._name,
            "views": views,
            "view_mode": "list,kanban,calendar,form",
            "mobile_view_mode": "kanban",
            "domain": [("id", "in", lines.ids)],
            "context": {"create": False, "edit": False, "delete": False},
            "help": self.env._(
                "<p class='o_view_nocontent_smiling_face'>Nobody in the next %s days</p>"
                "<p>Is the date entered on the clients? Does the filter match any?</p>",
                days,
            ),
        }

    def _get_day(self, line):
        """The day of a line where the user is."""
        return fields.Datetime.context_timestamp(self, line["date_due"]).date()

    def _describe(self, rule, coming, left_out_count, days, day):
        """The title: how many of them, and how many not."""
        happens = sum(line["state"] in (TODO, INSTEAD) for line in coming)
        words = {
            "rule": rule.name,
            "count": happens,
            "without": len(coming) - happens + left_out_count,
            "days": days,
        }
        if day:
            words["day"] = fields.Date.to_string(day)
            title = self.env._("%(rule)s: %(count)s on %(day)s", **words)
        else:
            title = self.env._("%(rule)s: %(count)s in the next %(days)s days", **words)
        if words["without"]:
            title = self.env._("%(title)s, %(without)s will not be reached", title=title, **words)
        if len(coming) + left_out_count > LINES_MAX:
            title = self.env._("%(title)s, the first %(max)s of them", title=title, max=LINES_MAX)
        return title

    def action_open_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def action_try(self):
        """Try the rule on this one, step by step."""
        self.ensure_one()
        return self.env["crm.relationship.rule.trial"]._open(self.rule_id, self.res_id)
