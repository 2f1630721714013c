from odoo import fields
from odoo.fields import Command
from odoo.tools import SQL

from .common import RelationshipCommon

BRUSSELS = "Europe/Brussels"


class WaitingCommon(RelationshipCommon):
    """A company that works from Monday to Friday, 8 to 12 and 13 to 17, in Brussels.

    The team of `ben` and `carla` is led by `anna`; it promises an answer within
    8 working hours. 2026-03-02 is a Monday, an hour ahead of UTC.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.calendar = cls._create_calendar("Office", BRUSSELS)
        cls.env.company.resource_calendar_id = cls.calendar
        cls.env["resource.calendar.leaves"].search([("resource_id", "=", False)]).unlink()
        cls.status_cold.response_hours = 0
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Desks",
                "user_id": cls.anna.id,
                "response_hours": 8,
                "company_id": cls.env.company.id,
                "member_ids": [Command.set((cls.ben | cls.carla).ids)],
            }
        )

    @classmethod
    def _create_calendar(cls, name, tz, parts=((8, 12), (13, 17)), **vals):
        return cls.env["resource.calendar"].create(
            {
                "name": name,
                "tz": tz,
                "company_id": False,
                "attendance_ids": [
                    Command.clear(),
                    *(
                        Command.create(
                            {
                                "name": f"{day} {start}",
                                "dayofweek": str(day),
                                "hour_from": start,
                                "hour_to": end,
                                "day_period": "full_day",
                            }
                        )
                        for day in range(5)
                        for start, end in parts
                    ),
                ],
                **vals,
            }
        )

    @classmethod
    def _create_inquiry(cls, partner, date, **vals):
        """An inquiry by mail that waits, as captured."""
        if isinstance(date, str):
            date = fields.Datetime.to_datetime(date)
        return cls.interactions.create(
            {
                "partner_id": partner.id,
                "date": date,
                "channel": "email",
                "direction": "in",
                "needs_reply": True,
                "subject": "Price of the desk?",
                "user_id": cls.ben.id,
                "team_id": cls.team.id,
                **vals,
            }
        )

    @classmethod
    def _answer(cls, partner, date, **vals):
        return cls.interactions.create(
            {
                "partner_id": partner.id,
                "date": fields.Datetime.to_datetime(date),
                "channel": "phone",
                "direction": "out",
                "user_id": cls.ben.id,
                **vals,
            }
        )

    def _just_came(self, *inquiries, **ago):
        """Let these inquiries be written down when they came: now, or some time ago."""
        for inquiry in inquiries:
            moment = fields.Datetime.subtract(fields.Datetime.now(), **ago)
            inquiry.date = moment
            inquiry.flush_recordset()
            self.env.execute_query(
                SQL(
                    "UPDATE crm_interaction SET create_date = %s WHERE id = %s RETURNING id",
                    moment,
                    inquiry.id,
                )
            )
        self.env.invalidate_all()

    def _run_alerts(self):
        """What the scheduled actions do in one round."""
        self._refresh_clients()
        self._run_cron("ir_cron_summaries")
        last = self.env["mail.message"].search([], order="id desc", limit=1).id
        self._run_cron("ir_cron_waiting")
        return self.env["mail.message"].search(
            [("id", ">", last), ("message_type", "=", "user_notification")], order="id"
        )
