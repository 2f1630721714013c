from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

# Days that a holiday may move: from the day before it by UTC to the end of a long closure.
AROUND = timedelta(days=14)


class ResourceCalendarLeaves(models.Model):
    """A public holiday moves the next contacts that would fall on it."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._queue_clients()
        return leaves

    def write(self, vals):
        is_moved = vals.keys() & {"date_from", "date_to", "calendar_id", "company_id"}
        if is_moved:
            self._queue_clients()
        result = super().write(vals)
        if is_moved:
            self._queue_clients()
        return result

    def unlink(self):
        self._queue_clients()
        return super().unlink()

    def _queue_clients(self):
        """Have the clients looked at anew who are due, or too late, around these holidays.

        The absence of one person moves nothing.
        """
        holidays = self.filtered(lambda leave: not leave.resource_id and leave.date_from)
        if not holidays:
            return
        days = [
            (leave.date_from.date() - timedelta(days=1), leave.date_to.date() + AROUND)
            for leave in holidays
        ]
        conditions = (
            SQL("%s BETWEEN %s AND %s", SQL.identifier(name), *span)
            for span in days
            for name in ("keep_in_touch_date", "keep_in_touch_max_date")
        )
        self.env["res.partner"].flush_model()
        self.env["crm.relationship.refresh"]._push_query(
            SQL("SELECT id FROM res_partner WHERE %s", SQL(" OR ").join(conditions))
        )


class ResourceCalendarAttendance(models.Model):
    """Other working days of a company move all next contacts with its clients."""

    _inherit = "resource.calendar.attendance"

    @api.model_create_multi
    def create(self, vals_list):
        attendances = super().create(vals_list)
        attendances.calendar_id._queue_clients()
        return attendances

    def write(self, vals):
        calendars = self.calendar_id
        result = super().write(vals)
        if vals.keys() & {"dayofweek", "week_type", "calendar_id", "day_period", "display_type"}:
            (calendars | self.calendar_id)._queue_clients()
        return result

    def unlink(self):
        self.calendar_id._queue_clients()
        return super().unlink()


class ResourceCalendar(models.Model):
    _inherit = "resource.calendar"

    def _queue_clients(self):
        """Have all clients looked at anew who are due, if any company works by these hours."""
        companies = self.env["res.company"].sudo()
        if self and companies.search_count([("resource_calendar_id", "in", self.ids)], limit=1):
            companies._queue_clients()


class ResCompany(models.Model):
    _inherit = "res.company"

    def write(self, vals):
        result = super().write(vals)
        if "resource_calendar_id" in vals:
            self._queue_clients()
        return result

    @api.model
    def _queue_clients(self):
        """Have the days of all clients who are due some day worked out again."""
        self.env["res.partner"].flush_model(["keep_in_touch_date"])
        self.env["crm.relationship.refresh"]._push_query(
            SQL("SELECT id FROM res_partner WHERE keep_in_touch_date IS NOT NULL")
        )
