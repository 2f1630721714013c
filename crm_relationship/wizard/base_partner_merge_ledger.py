from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Two contacts that become one have one ledger of what rules did for them."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _log_merge_operation(self, src_partners, dst_partner):
        # Everybody's ledger is joined, whoever may see it.
        self.env["crm.relationship.rule.run"].sudo()._hand_over(src_partners, dst_partner)
        return super()._log_merge_operation(src_partners, dst_partner)
