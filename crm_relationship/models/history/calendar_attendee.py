from odoo import fields, models


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    crm_event_start = fields.Datetime(
        related="event_id.start",
        string="Meeting",
        help="What a rule about the guests of meetings follows.",
    )

    # The meetings of one guest, for the question when we last met.
    _partner_idx = models.Index("(partner_id)")

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self.event_id._filtered_begun()._note_correction()
        return result
