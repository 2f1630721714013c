from odoo import fields, models


class CrmInteractionPurpose(models.Model):
    """Why a contact took place, in the company's own words."""

    _name = "crm.interaction.purpose"
    _description = "Interaction Purpose"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
