from odoo import models


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _erase_texts_of_history(self, leads):
        """Why something with a person was put off may name the person."""
        postponed = self.env["crm.today.postponement"].search([("partner_id", "in", self.ids)])
        postponed.write({"reason": self.env._("Erased")})
        return super()._erase_texts_of_history(leads)
