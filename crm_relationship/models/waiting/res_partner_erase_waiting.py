from odoo import models
from odoo.fields import Domain

from .crm_interaction_reply import ERASED


class ResPartner(models.Model):
    """Nobody can answer who was erased: that is neither an answer nor a client forgotten."""

    _inherit = "res.partner"

    def _erase_texts_of_history(self, leads):
        inquiries = self._find_waiting_before_erased(leads)
        inquiries.write({"needs_reply": False, "no_reply_reason": ERASED})
        inquiries._close_own_follow_ups()
        return super()._erase_texts_of_history(leads)

    def _find_waiting_before_erased(self, leads):
        """Inquiries of these people that wait, also those of strangers.

        Who else wrote on their leads goes on waiting.
        """
        asked = Domain("partner_id", "in", self.ids) | (
            Domain("partner_id", "=", False) & Domain("lead_id", "in", leads.ids)
        )
        return self.env["crm.interaction"].search(asked & Domain("is_waiting", "=", True))
