from odoo import api, fields, models
from odoo.tools import format_datetime


class CrmInteraction(models.Model):
    """What an interaction is called: in general, and in the calendar, where the client counts."""

    _inherit = "crm.interaction"

    calendar_title = fields.Char(string="Who and How", compute="_compute_calendar_title")

    @api.depends("channel", "date")
    def _compute_display_name(self):
        # Without the subject: the name is shown to people who may not read the row.
        channels = self._get_channel_names()
        for interaction in self:
            parts = [channels.get(interaction.channel)]
            if interaction.date:
                parts.append(format_datetime(self.env, interaction.date, dt_format="short"))
            interaction.display_name = " · ".join(filter(None, parts))

    @api.depends("partner_id", "lead_id", "channel")
    @api.depends_context("lang")
    def _compute_calendar_title(self):
        channels = self._get_channel_names()
        for interaction in self:
            parts = [interaction.client_name, channels.get(interaction.channel)]
            interaction.calendar_title = " · ".join(filter(None, parts))

    @api.model
    def _get_channel_names(self):
        """{channel: what it is called in the language of the reader}"""
        return dict(self._fields["channel"]._description_selection(self.env))
