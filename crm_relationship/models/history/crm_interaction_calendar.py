from odoo import api, fields, models


class CrmInteraction(models.Model):
    """Interactions in the calendar: an entry names the client.

    `display_name` does not, it is shown to people who may not read the row.
    """

    _inherit = "crm.interaction"

    calendar_title = fields.Char(string="Who and How", compute="_compute_calendar_title")

    @api.depends("partner_id", "channel")
    @api.depends_context("lang")
    def _compute_calendar_title(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for interaction in self:
            parts = [interaction.partner_id.display_name, channels.get(interaction.channel)]
            interaction.calendar_title = " · ".join(filter(None, parts))
