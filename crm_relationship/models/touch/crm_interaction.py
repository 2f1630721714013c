from odoo import api, models


class CrmInteraction(models.Model):
    """How a contact ended, and over which channel, are part of the client's health."""

    _inherit = "crm.interaction"

    @api.model
    def _get_refresh_fields(self):
        return super()._get_refresh_fields() | {"channel", "outcome_id"}
