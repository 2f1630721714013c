from collections import defaultdict

from odoo import models
from odoo.fields import Domain

from ...engine.working_time import Block, Calendar, flexible_blocks


class ResourceCalendar(models.Model):
    """Odoo's working hours as the plain data that the response clock counts with."""

    _inherit = "resource.calendar"

    def _get_plain_calendars(self, keys):
        """Calendars of the engine.

        :param keys: pairs of calendar id and company id; a holiday that names
            no calendar is one of its company
        :return: {pair: Calendar} of those pairs whose calendar is in `self`
        """
        # sudo: by which hours a team answers is no secret
        calendars = self.sudo()
        blocks = {calendar.id: calendar._get_plain_blocks() for calendar in calendars}
        days_off = calendars._get_days_off()
        plain = {}
        for calendar_id, company_id in keys:
            if calendar_id in blocks:
                off = {*days_off[calendar_id, False], *days_off[False, company_id]}
                off |= {*days_off[False, False]}
                zone = self.browse(calendar_id).sudo().tz
                plain[calendar_id, company_id] = Calendar(
                    zone, blocks[calendar_id], tuple(sorted(off))
                )
        return plain

    def _get_plain_blocks(self):
        """The attendances that are work, not breaks nor headings."""
        self.ensure_one()
        if self.flexible_hours:
            return flexible_blocks(self.hours_per_day, self.full_time_required_hours)
        return tuple(
            Block(
                int(attendance.dayofweek),
                round(attendance.hour_from * 60),
                round(attendance.hour_to * 60),
                int(attendance.week_type) if self.two_weeks_calendar else None,
            )
            for attendance in self._get_global_attendances()
        )

    def _get_days_off(self):
        """Public holidays: {(calendar id, False) or (False, company id): [(from, to)]}."""
        days_off = defaultdict(list)
        leaves = self.env["resource.calendar.leaves"].search_fetch(
            Domain("time_type", "=", "leave")
            & Domain("resource_id", "=", False)
            & Domain("calendar_id", "in", [False, *self.ids]),
            ["calendar_id", "company_id", "date_from", "date_to"],
        )
        for leave in leaves:
            calendar_id = leave.calendar_id.id
            company_id = False if calendar_id else leave.company_id.id
            days_off[calendar_id, company_id].append((leave.date_from, leave.date_to))
        return days_off
