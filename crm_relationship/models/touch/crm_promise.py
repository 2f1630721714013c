from odoo import api, models

# What of a promise says how we kept our word.
WORD_FIELDS = {"by", "date_due", "date_done", "partner_id", "state"}


class CrmPromise(models.Model):
    """Promises we keep, and those we do not, are part of the client's health."""

    _inherit = "crm.promise"

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        promises._queue_refresh()
        return promises

    def write(self, vals):
        before = self.partner_id.ids if "partner_id" in vals else []
        result = super().write(vals)
        if vals.keys() & WORD_FIELDS:
            self._queue_refresh(before)
        return result

    def unlink(self):
        self._queue_refresh()
        return super().unlink()

    def _queue_refresh(self, more_partner_ids=()):
        self.env["crm.relationship.refresh"]._push({*self.partner_id.ids, *more_partner_ids})
