from odoo import fields, models


class CrmImportantDateKind(models.Model):
    """A kind of important date: birthday, anniversary, renewal."""

    _name = "crm.important.date.kind"
    _description = "Kind of Important Date"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    icon = fields.Char(
        default="fa-calendar-o", help="Font Awesome icon shown beside the date, such as fa-gift."
    )
    yearly = fields.Boolean(
        string="Comes Every Year",
        default=True,
        help="Proposed for new dates of this kind: on for a birthday, off for a contract's end.",
    )
