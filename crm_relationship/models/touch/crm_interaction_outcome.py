from odoo import models
from odoo.tools import SQL


class CrmInteractionOutcome(models.Model):
    """What an outcome means is part of the health of all clients with whom a talk ended so."""

    _inherit = "crm.interaction.outcome"

    def write(self, vals):
        result = super().write(vals)
        if "result" in vals and self:
            self.env.flush_all()
            self.env["crm.relationship.refresh"]._push_query(
                SQL(
                    """SELECT DISTINCT commercial_partner_id FROM crm_interaction
                        WHERE outcome_id IN %s AND commercial_partner_id IS NOT NULL""",
                    self._ids,
                )
            )
        return result
