from odoo import api, models


class CrmRelationshipRule(models.Model):
    """Clients that rules are kept off by hand."""

    _inherit = "crm.relationship.rule"

    @api.model
    def _get_checks(self):
        return [*super()._get_checks(), "_check_rules_off"]

    def _check_rules_off(self, runs):
        """Rows of clients with the switch "Keep Rules Off"."""
        reason = self.env._("Rules are kept off this client")
        return {
            run.id: reason
            for run in runs
            if run.partner_id.commercial_partner_id.relationship_rules_off
        }
