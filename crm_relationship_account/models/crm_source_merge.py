from odoo import models


class CrmSourceMerge(models.Model):
    """Costs from bills follow the lines of the bills, also when sources are put back."""

    _inherit = "crm.source.merge"

    def _undo(self):
        """A bill that was posted since the merge has a cost that the ledger does not know."""
        sources = self.source_ids
        res = super()._undo()
        # sudo: whoever merges sources need not see bills
        lines = self.env["account.move.line"].sudo()
        marked = lines.search([("relationship_source_id", "in", sources.ids)])
        marked._sync_source_costs(marked._get_cost_keys())
        return res
