from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # Before Odoo moves the column: the key says the same.
        self.env["crm.playbook.tick"]._hand_over(src_partners, dst_partner.commercial_partner_id)
        return super()._update_foreign_keys(src_partners, dst_partner)
