from odoo import api, models
from odoo.exceptions import ValidationError


class ResPartner(models.Model):
    """Who sent a client to us. Nobody sends himself, not even by way of others."""

    _inherit = "res.partner"

    @api.constrains("referrer_id")
    def _check_referrer(self):
        for partner in self:
            partner._check_referral(partner.referrer_id)

    def _check_referral(self, referrer):
        """Refuse that this client was sent by `referrer` where that leads back to the client."""
        if self._is_sent_by_itself(referrer):
            raise ValidationError(
                self.env._(
                    "Referred By: %(referrer)s belongs to %(client)s, and nobody refers himself. "
                    "Choose who else told them about us.",
                    referrer=referrer.display_name,
                    client=self.display_name,
                )
                if referrer.commercial_partner_id == self.commercial_partner_id
                else self.env._(
                    "Referred By: %(referrer)s came to us through %(client)s, so %(client)s cannot "
                    "have come through %(referrer)s. Correct one of them.",
                    referrer=referrer.display_name,
                    client=self.display_name,
                )
            )

    def _is_sent_by_itself(self, referrer):
        """Whether whoever sent `referrer`, and whoever sent that one, ends at this client."""
        # sudo: the way may lead over contacts the user does not see; only the ends are named
        clients = self.sudo().commercial_partner_id
        current, seen = referrer.sudo().commercial_partner_id, self.browse()
        while current and current not in seen:
            if current in clients:
                return True
            seen |= current
            current = current.referrer_id.commercial_partner_id
        return False

    def _drop_own_referrals(self):
        """Of contacts that become one: none of them was sent by another of them."""
        for partner in self.sudo():
            if partner.referrer_id and self._is_sent_by_itself(partner.referrer_id):
                partner.referrer_id = False
        leads = self.env["crm.lead"].sudo().with_context(active_test=False)
        families = self.sudo().commercial_partner_id.ids
        leads.search(
            [
                ("partner_id.commercial_partner_id", "in", families),
                ("referrer_id.commercial_partner_id", "in", families),
            ]
        ).write({"referrer_id": False})
