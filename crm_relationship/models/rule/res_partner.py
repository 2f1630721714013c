from odoo import models


class ResPartner(models.Model):
    """What rules did for a client, and what they are going to do."""

    _inherit = "res.partner"

    def action_open_automatic(self):
        """Worked out when somebody looks: the contact's form costs nothing for it."""
        self.ensure_one()
        return self.env["crm.relationship.client.outlook"]._open(self)

    def _get_rule_family(self):
        """Everybody whose messages and tasks are those of this client."""
        return self.with_context(active_test=False).search(
            [("commercial_partner_id", "=", self.commercial_partner_id.id)]
        )
