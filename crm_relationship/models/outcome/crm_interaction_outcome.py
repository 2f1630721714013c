from odoo import fields, models

RESULTS = [("success", "Success"), ("neutral", "Undecided"), ("failure", "Failure")]


class CrmInteractionOutcome(models.Model):
    """How a contact ended, in the company's own words; `result` is what counts."""

    _name = "crm.interaction.outcome"
    _description = "Interaction Outcome"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    result = fields.Selection(
        RESULTS,
        required=True,
        default="neutral",
        help="What the outcome means in counts and reports.",
    )
    is_attempt = fields.Boolean(
        string="Nobody Was Reached",
        help="A contact that ended like this reached nobody: it does not count as being in touch.",
    )
