from odoo import fields, models


class CrmComplaintCause(models.Model):
    """What went wrong, in few words, so that complaints can be counted by it."""

    _name = "crm.complaint.cause"
    _description = "Cause of Complaints"
    _order = "sequence, id"

    name = fields.Char(
        required=True, translate=True, help="What went wrong, e.g. Delivered too late."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
