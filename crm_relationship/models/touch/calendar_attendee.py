from odoo import models


class CalendarAttendee(models.Model):
    _inherit = "calendar.attendee"

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            # sudo: who declines need not see the meeting
            self.sudo().event_id._note_planned()
        return result
