from odoo import api, models

from .crm_relationship_unsubscribe import EMAIL


class MailBlacklist(models.Model):
    """Whoever else blacklists an address or sets it free has the last word on it.

    An old link then takes nothing back: it undoes what a link did, not what we did.
    """

    _inherit = "mail.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries._forget_links()
        return entries

    def write(self, vals):
        if "active" in vals or "email" in vals:
            self._forget_links()
        return super().write(vals)

    def unlink(self):
        self._forget_links()
        return super().unlink()

    def _forget_links(self):
        self.env["crm.relationship.unsubscribe"]._forget(EMAIL, self.mapped("email"))
