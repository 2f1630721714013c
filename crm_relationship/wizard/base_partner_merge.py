from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _log_merge_operation(self, src_partners, dst_partner):
        # The histories are one now: work out the facts of the merged client anew.
        self.env["crm.relationship.refresh"]._push([dst_partner.id])
        return super()._log_merge_operation(src_partners, dst_partner)
