from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.exceptions import AccessError

from ...engine.send_window import is_working_day
from .crm_today import Day

# No working day is looked for further away.
REACH_DAYS = 30


class CrmToday(models.AbstractModel):
    """Whose Today one may see, and when that day begins and ends."""

    _inherit = "crm.today"

    # ---- whose ----

    @api.model
    def _may_see_others(self):
        return self.env.user.has_group("sales_team.group_sale_manager")

    @api.model
    def _get_today_user(self, user_id):
        self._check_today_access()
        user = self.env["res.users"].browse(user_id or self.env.uid).exists()
        if user == self.env.user:
            return user
        if not self._may_see_others():
            raise AccessError(
                self.env._("Only sales managers may look at the Today of a colleague.")
            )
        user.check_access("read")
        # sudo: of whom one may see the name one may see the time zone
        return user.sudo()

    @api.model
    def _check_today_access(self):
        if not (self.env.su or self.env.user.has_group("sales_team.group_sale_salesman")):
            raise AccessError(
                self.env._(
                    "Today is for salespeople. "
                    "Ask an administrator for the sales group User: Own Documents Only."
                )
            )

    @api.model
    def _get_today_users(self):
        """Whose Today a manager may choose."""
        users = self.env["res.users"].search_fetch(
            [
                ("all_group_ids", "in", self.env.ref("sales_team.group_sale_salesman").id),
                ("share", "=", False),
                ("company_ids", "in", self.env.companies.ids),
            ],
            ["name"],
            order="name",
        )
        return [{"id": user.id, "name": user.name} for user in users]

    # ---- when ----

    @api.model
    def _get_day(self, user, now):
        own_zone = self.env.context.get("tz") if user == self.env.user else None
        zone = own_zone or user.tz or "UTC"
        today = now.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(zone)).date()
        return self._get_day_of(user, today, zone, now)

    @api.model
    def _get_day_of(self, user, today, zone, now):
        return Day(
            user=user,
            date=today,
            next_date=self._get_next_working_day(today),
            zone=zone,
            now=now,
            start=self._to_utc(today, zone),
            stop=self._to_utc(today + timedelta(days=1), zone),
        )

    @api.model
    def _to_utc(self, day, zone):
        midnight = datetime.combine(day, time(), tzinfo=ZoneInfo(zone))
        return midnight.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)

    @api.model
    def _get_next_working_day(self, today):
        # sudo: the working days of a company are no secret
        company = self.env.company.sudo()
        calendar = self.env["crm.relationship.rule"]._get_work_calendar(company)
        days = (today + timedelta(days=ahead) for ahead in range(1, REACH_DAYS))
        tomorrow = today + timedelta(days=1)
        return next((day for day in days if is_working_day(calendar, day)), tomorrow)
