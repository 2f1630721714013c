from odoo import api, models


class CrmRelationshipBlacklistMixin(models.AbstractModel):
    """Whoever else blacklists an address or sets it free has the last word on it.

    An old link then takes nothing back: it undoes what a link did, not what we did.
    """

    _name = "crm.relationship.blacklist.mixin"
    _description = "Blacklist That Links to Unsubscribe Obey"

    # The channel of the links, and the field that holds the address.
    _link_channel = None
    _link_field = None

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries._forget_links()
        return entries

    def write(self, vals):
        if "active" in vals or self._link_field in vals:
            self._forget_links()
        return super().write(vals)

    def unlink(self):
        self._forget_links()
        return super().unlink()

    def _forget_links(self):
        links = self.env["crm.relationship.unsubscribe"]
        # Odoo lets a row be deleted that somebody else has deleted before.
        links._forget(self._link_channel, self.exists().mapped(self._link_field))
