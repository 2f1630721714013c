from odoo import api, models

from .crm_relationship_unsubscribe import SMS


class PhoneBlacklist(models.Model):
    """Whoever else blacklists a number or sets it free has the last word on it."""

    _inherit = "phone.blacklist"

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries._forget_links()
        return entries

    def write(self, vals):
        if "active" in vals or "number" in vals:
            self._forget_links()
        return super().write(vals)

    def unlink(self):
        self._forget_links()
        return super().unlink()

    def _forget_links(self):
        self.env["crm.relationship.unsubscribe"]._forget(SMS, self.mapped("number"))
