from odoo import models
from odoo.exceptions import AccessError

from .account_move_goods import SALE_TYPES


class ResPartner(models.Model):
    """The figures of a client who was invoiced open its invoices and refunds."""

    _inherit = "res.partner"

    def _get_purchases_action(self):
        domain = [
            ("partner_id.commercial_partner_id", "=", self.id),
            ("state", "=", "posted"),
            ("move_type", "in", SALE_TYPES),
        ]
        moves = self.env["account.move"]
        # sudo: whether there are any tells what the figures count
        if not moves.sudo().search_count(domain, limit=1):
            return super()._get_purchases_action()
        if not moves.has_access("read"):
            raise AccessError(
                self.env._(
                    "Purchases of this client are its invoices, which you may not open. Ask an "
                    "administrator for the access right Invoicing."
                )
            )
        return {
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": domain,
            "context": {"create": False},
        }
