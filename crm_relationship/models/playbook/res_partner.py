from odoo import api, models
from odoo.fields import Domain

from .crm_playbook_tick import SKIPPED


class ResPartner(models.Model):
    """What was done for a client stays when it joins a company, and names nobody once erased."""

    _inherit = "res.partner"

    @api.model
    def _join_families(self, statuses):
        result = super()._join_families(statuses)
        joined = self.browse().concat(*statuses)
        for entity, contacts in joined.grouped("commercial_partner_id").items():
            self.env["crm.playbook.tick"]._hand_over(contacts, entity)
        return result

    def _erase_texts_of_history(self, leads):
        self.env["crm.playbook.tick"].search(
            Domain("state", "=", SKIPPED)
            & (Domain("partner_id", "in", self.ids) | Domain("lead_id", "in", leads.ids))
        ).reason = self.env._("Erased")
        return super()._erase_texts_of_history(leads)
