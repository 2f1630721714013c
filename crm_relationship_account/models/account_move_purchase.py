from odoo import api, models
from odoo.tools import SQL

from .account_move_goods import SALE_TYPES

# What of an invoice says what its client has bought.
PURCHASE_FIELDS = {"state", "partner_id", "invoice_date", "reversed_entry_id"}


class AccountMove(models.Model):
    """An invoice that is posted, paid or taken back has its client looked at again."""

    _inherit = "account.move"

    def write(self, vals):
        noted = vals.keys() & PURCHASE_FIELDS
        former_ids = self._get_buyers() if "partner_id" in noted else []
        result = super().write(vals)
        if noted:
            self.env["crm.relationship.refresh"]._push({*former_ids, *self._get_buyers()})
        return result

    def _get_buyers(self):
        """Ids of those to whom these moves say what they have bought."""
        return self.filtered(lambda move: move.move_type in SALE_TYPES).partner_id.ids

    @api.model
    def _push_all_buyers(self):
        """Have everybody looked at again who was ever invoiced."""
        self.env["crm.relationship.refresh"]._push_query(
            SQL(
                """SELECT DISTINCT partner_id FROM account_move
                    WHERE state = 'posted' AND move_type IN %s AND partner_id IS NOT NULL""",
                SALE_TYPES,
            )
        )


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        parts._push_buyers()
        return parts

    def unlink(self):
        # What is settled by these is not, once they are gone.
        buyers = self._get_buyers()
        result = super().unlink()
        self.env["crm.relationship.refresh"]._push(buyers)
        return result

    def _push_buyers(self):
        self.env["crm.relationship.refresh"]._push(self._get_buyers())

    def _get_buyers(self):
        return (self.debit_move_id | self.credit_move_id).move_id._get_buyers()
