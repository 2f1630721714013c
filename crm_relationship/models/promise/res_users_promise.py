from odoo import api, models


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.ondelete(at_uninstall=False)
    def _unlink_promise_activities(self):
        """What was planned for a user goes with the user, before the promise loses both at once."""
        # sudo: who may delete a user need not be a salesperson
        promises = self.env["crm.promise"].sudo()
        promises.search([("user_id", "in", self.ids)]).activity_id.unlink()
