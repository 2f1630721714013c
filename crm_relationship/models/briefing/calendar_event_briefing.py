from odoo import models
from odoo.exceptions import UserError


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    def action_briefing(self):
        """The briefing of whom the meeting is with, in a dialog: a tab for each client."""
        self.ensure_one()
        self.check_access("read")
        guests = self.partner_ids.filtered(lambda partner: partner.partner_share)
        records = [members[0] for members in guests.grouped("commercial_partner_id").values()]
        lead = self.opportunity_id._filtered_access("read")
        known = guests.commercial_partner_id
        if lead and not (lead.partner_id and lead.partner_id.commercial_partner_id in known):
            records.append(lead)
        if not records:
            raise UserError(
                self.env._(
                    "Attendees: nobody from outside takes part in this meeting. "
                    "Add the client as an attendee to see its briefing."
                )
            )
        return self.env["res.partner"]._get_briefing_action(records, self.name)
