from markupsafe import Markup

from odoo import api, fields, models

from .crm_playbook import LINK, QUESTION, STEP


class CrmPlaybookVersion(models.Model):
    """A playbook as it was published. Nobody changes it; the old ones stay to be read."""

    _name = "crm.playbook.version"
    _description = "Version of a Playbook"
    _order = "playbook_id, version desc"
    _rec_name = "display_name"

    playbook_id = fields.Many2one("crm.playbook", required=True, index=True, ondelete="cascade")
    version = fields.Integer(required=True)
    date = fields.Datetime(string="Published On", required=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        "res.users", string="Published By", default=lambda self: self.env.user, ondelete="set null"
    )
    note = fields.Char(string="What Is New")
    body = fields.Html(string="Guidance")
    lines = fields.Json(help="Steps, questions and links: id, kind, name, url.")
    content = fields.Html(compute="_compute_content", help="All of it, to be read.")
    read_ids = fields.One2many("crm.playbook.read", "version_id", string="Read Receipts")

    _number_unique = models.Constraint(
        "UNIQUE(playbook_id, version)", "This version has just been published by somebody else."
    )

    @api.depends("playbook_id.name", "version")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(playbook)s, version %(number)s",
                playbook=version.playbook_id.name,
                number=version.version,
            )

    @api.depends("body", "lines")
    def _compute_content(self):
        titles = {
            QUESTION: self.env._("Questions to ask"),
            STEP: self.env._("Steps"),
            LINK: self.env._("Links"),
        }
        for version in self:
            parts = [version.body or Markup()]
            for kind, title in titles.items():
                if lines := version._get_lines(kind):
                    parts.append(
                        Markup("<h4>%s</h4><ul>%s</ul>")
                        % (title, Markup().join(map(self._get_list_item, lines)))
                    )
            version.content = Markup().join(parts)

    @api.model
    def _get_list_item(self, line):
        if line["kind"] == LINK:
            return Markup('<li><a href="%s" target="_blank">%s</a></li>') % (
                line["url"],
                line["name"],
            )
        return Markup("<li>%s</li>") % line["name"]

    def _get_lines(self, kind):
        return [line for line in self.lines or [] if line["kind"] == kind]

    def action_open(self):
        """Read this version."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }
