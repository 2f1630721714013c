from odoo import models
from odoo.tools import SQL


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        # What was a client of its own is none any more: one present status each.
        self.env["crm.relationship.status.change"]._close(src_partners)
        (src_partners | dst_partner)._drop_own_referrals()
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _update_reference_fields(self, src_partners, dst_partner):
        result = super()._update_reference_fields(src_partners, dst_partner)
        # Odoo moves its own tables of document and id, not those of others.
        self.env.execute_query(
            SQL(
                """UPDATE crm_interaction SET res_id = %s
                    WHERE res_model = 'res.partner' AND res_id IN %s RETURNING id""",
                dst_partner.id,
                tuple(src_partners.ids),
            )
        )
        self.env["crm.interaction"].invalidate_model()
        # What is lent of the contacts that go comes back with the one that stays.
        self.env["crm.handover.line"]._follow_merge(src_partners, dst_partner)
        return result

    def _update_values(self, src_partners, dst_partner):
        # One first touch as a whole, not a source from here and a day from there.
        client = dst_partner.commercial_partner_id
        touch = (src_partners | client)._pick_first_touch()
        result = super()._update_values(src_partners, dst_partner)
        if touch:
            client.write(touch)
        return result

    def _log_merge_operation(self, src_partners, dst_partner):
        """Join the histories, and work out the facts anew."""
        self.env["crm.interaction"]._join_families(dst_partner.ids)
        self.env["crm.interaction"]._drop_same_meetings(dst_partner.commercial_partner_id)
        # Contacts of the others are contacts of this one, and share its status.
        dst_partner.sudo()._commercial_sync_to_descendants(["relationship_status_id"])
        dst_partner.sudo()._drop_same_dates()
        self.env["crm.relationship.refresh"]._push(dst_partner.ids)
        return super()._log_merge_operation(src_partners, dst_partner)
