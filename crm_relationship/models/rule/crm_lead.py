from odoo import models


class CrmLead(models.Model):
    """Two deals that become one have one ledger of what rules did for them."""

    _inherit = "crm.lead"

    def _merge_dependences(self, opportunities):
        # All of the ledger is joined, whoever may see it.
        self.env["crm.relationship.rule.run"].sudo()._hand_over(opportunities, self)
        return super()._merge_dependences(opportunities)
