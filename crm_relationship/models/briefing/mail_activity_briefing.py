from odoo import models
from odoo.exceptions import UserError


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def action_briefing(self):
        """The briefing of whom the activity is about, in a dialog."""
        self.ensure_one()
        self.check_access("read")
        if self.calendar_event_id:
            return self.calendar_event_id.action_briefing()
        record = self._get_briefing_record()
        if not record:
            raise UserError(
                self.env._(
                    "The document of this activity has no client. "
                    "Choose its customer first to see the briefing."
                )
            )
        return self.env["res.partner"]._get_briefing_action([record], self.display_name)

    def _get_briefing_record(self):
        """The contact or lead the activity is on, else the client of its document, if any."""
        partners = self.env["res.partner"]
        if not self.res_model or self.res_model not in self.env or not self.res_id:
            return partners
        document = self.env[self.res_model].browse(self.res_id)
        if document._name in ("res.partner", "crm.lead"):
            return document
        field = document._fields.get("partner_id")
        if field is None or field.comodel_name != partners._name:
            return partners
        document.check_access("read")
        return document.partner_id
