from datetime import date, timedelta

from odoo import Command, fields
from odoo.tools import SQL

from .common import RelationshipCommon

# A Wednesday, ten in the morning by UTC.
NOW = "2026-03-04 10:00:00"


class TouchCommon(RelationshipCommon):
    """The main company works from Monday to Friday, by the clock of Brussels."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.office = cls._create_calendar("Europe/Brussels", "01234")
        cls.main_company = cls.env["res.company"]._get_main_company()
        cls.main_company.resource_calendar_id = cls.office
        cls.status_regular.write({"cadence_days": 30, "cadence_max_days": 45})

    @classmethod
    def _create_calendar(cls, zone, weekdays):
        return cls.env["resource.calendar"].create(
            {
                "name": f"Office {zone}",
                "tz": zone,
                "company_id": False,
                "attendance_ids": [
                    Command.create({"name": "Day", "dayofweek": day, "hour_from": 8, "hour_to": 17})
                    for day in weekdays
                ],
            }
        )

    def _create_holiday(self, start, end, **vals):
        """A public holiday, from and to moments of UTC."""
        return self.env["resource.calendar.leaves"].create(
            {"name": "Holiday", "date_from": start, "date_to": end, "resource_id": False, **vals}
        )

    def _spoke(self, partner, moment, **vals):
        return self._create_interaction(partner, date=fields.Datetime.to_datetime(moment), **vals)

    def _create_meeting(self, *partners, days=5, **vals):
        start = fields.Datetime.add(fields.Datetime.now(), days=days)
        return (
            self.env["calendar.event"]
            .with_user(self.ben)
            .create(
                {
                    "name": "Showroom",
                    "start": start,
                    "stop": start + timedelta(hours=1),
                    "user_id": self.ben.id,
                    "partner_ids": [
                        Command.set([self.ben.partner_id.id, *(p.id for p in partners)])
                    ],
                    **vals,
                }
            )
        )

    def _queued(self):
        """Ids of the clients that wait to be looked at anew, and no others after this."""
        self._end_transaction()
        rows = self.env.execute_query(SQL("DELETE FROM crm_relationship_refresh RETURNING *"))
        return {row[1] for row in rows}

    def assertDue(self, client, due, late=None):
        self.assertEqual(client.keep_in_touch_date or None, due and date(2026, *due))
        if late:
            self.assertEqual(client.keep_in_touch_max_date, date(2026, *late))
