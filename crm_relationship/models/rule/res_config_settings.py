from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """CRM settings: how long the ledger of the rules is kept."""

    _inherit = "res.config.settings"

    relationship_ledger_months = fields.Integer(
        string="Ledger Kept For",
        help="So many months what rules did is kept line by line. 0: for ever.",
    )

    _relationship_ledger_months_range = models.Constraint(
        "CHECK(relationship_ledger_months = 0 OR relationship_ledger_months >= 12)",
        "The ledger is kept for 12 months at least. Enter 0 to keep it for ever.",
    )

    @api.model
    def get_values(self):
        months = self.env["crm.relationship.rule"]._get_ledger_months()
        return {**super().get_values(), "relationship_ledger_months": months}

    def set_values(self):
        result = super().set_values()
        # No `config_parameter`: that forgets a 0, which means for ever here.
        if (
            self.relationship_ledger_months
            != self.env["crm.relationship.rule"]._get_ledger_months()
        ):
            self.env["crm.relationship.rule"]._set_ledger_months(self.relationship_ledger_months)
        return result
