from odoo import models


class ResPartner(models.Model):
    """Files of invoices are kept when a person is erased: the law obliges to keep them."""

    _inherit = "res.partner"

    def _get_erased_attachments(self, messages, leads):
        attachments = super()._get_erased_attachments(messages, leads)
        return attachments.filtered(lambda file: file.res_model != "account.move")
