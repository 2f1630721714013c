from odoo import models
from odoo.fields import Domain

from .crm_handover_line import FAILED, STUCK


class ResPartner(models.Model):
    """What colleagues were told of a person who was handed over names nobody once erased."""

    _inherit = "res.partner"

    def _erase_texts_of_history(self, leads):
        """A briefing list is emptied as a whole: the page of a company names its people."""
        families = self | self.commercial_partner_id
        lines = self.env["crm.handover.line"].search(
            Domain("client_id", "in", families.ids)
            | (Domain("kind", "=", "lead") & Domain("res_id", "in", leads.ids))
        )
        # The reason of what could not be written is the text of an error.
        lines.filtered(lambda line: line.state in (FAILED, STUCK)).reason = False
        told = self.env["mail.message"].search(
            Domain("model", "=", "crm.handover")
            & Domain("res_id", "in", lines.handover_id.ids)
            & Domain("message_type", "=", "user_notification")
        )
        mails = self.env["mail.mail"].search([("mail_message_id", "in", told.ids)])
        told.body = self.env._("Erased")
        mails.body_html = self.env._("Erased")
        return super()._erase_texts_of_history(leads)
