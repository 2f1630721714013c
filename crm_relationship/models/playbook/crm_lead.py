from odoo import models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def _merge_dependences(self, opportunities):
        self.env["crm.playbook.tick"]._hand_over(opportunities, self)
        return super()._merge_dependences(opportunities)
