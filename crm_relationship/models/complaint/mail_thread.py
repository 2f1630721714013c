from odoo import api, models


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        """A mail that a machine answered with complains of nothing: it opens no complaint."""
        if self._is_automatic_reply(message, message_dict):
            routes = [
                (model, thread_id, *others)
                for model, thread_id, *others in routes or ()
                if thread_id or model != "crm.complaint"
            ]
        return super()._message_route_process(message, message_dict, routes)
