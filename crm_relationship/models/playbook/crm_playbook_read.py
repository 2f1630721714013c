from odoo import fields, models


class CrmPlaybookRead(models.Model):
    """Somebody has read a version of a playbook, and has said so."""

    _name = "crm.playbook.read"
    _description = "Read Receipt of a Playbook"
    _order = "date desc, id desc"
    _rec_name = "user_id"

    playbook_id = fields.Many2one("crm.playbook", required=True, index=True, ondelete="cascade")
    version_id = fields.Many2one(
        "crm.playbook.version", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        "res.users", string="Who", required=True, index=True, ondelete="cascade"
    )
    date = fields.Datetime(string="Read On", required=True, default=fields.Datetime.now)

    _once = models.Constraint("UNIQUE(version_id, user_id)", "This has been said already.")
