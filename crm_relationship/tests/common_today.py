from odoo import fields

from .common_waiting import BRUSSELS, WaitingCommon

# A Monday, ten o'clock in Brussels.
MONDAY = "2026-03-02 09:00:00"


class TodayCommon(WaitingCommon):
    """The Today of `ben`, who lives in Brussels. Nobody has anything to do but by the test.

    `oak` and `lumen` are his clients; they are no clients of a rhythm yet.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        (cls.anna | cls.ben | cls.carla).tz = BRUSSELS
        (cls.oak | cls.lumen).user_id = cls.ben
        cls.oak.phone = "+32 2 555 01 00"

    def _get_today(self, user=None, **kwargs):
        self._end_transaction()
        self.env.invalidate_all()
        today = self.env["crm.today"].with_user(user or self.ben)
        return today.with_context(tz=None).get_today(**kwargs)

    def _get_rows(self, user=None, **kwargs):
        return self._get_today(user, **kwargs)["rows"]

    def _get_keys(self, user=None, **kwargs):
        return [row["key"] for row in self._get_rows(user, **kwargs)]

    def _get_reasons(self, user=None, **kwargs):
        return [row["reason"] for row in self._get_rows(user, **kwargs)]

    def _act(self, record_or_key, button, user=None):
        key = record_or_key if isinstance(record_or_key, str) else self._key(record_or_key)
        return self.env["crm.today"].with_user(user or self.ben).act(key, button)

    def _key(self, record):
        kinds = {kind.res_model: kind.name for kind in self.env["crm.today"]._get_today_kinds()}
        return f"{kinds[record._name]}:{record.id}"

    def _postpone(self, key, until, user=None, **vals):
        """Fill in the dialog as the user would."""
        user = user or self.ben
        context = self._act(key, "postpone", user)["context"]
        dialog = self.env["crm.today.postpone"].with_user(user).with_context(**context)
        dialog.create({"date_until": until, **vals}).action_save()

    @classmethod
    def _create_meeting(cls, partner, start, hours=1, **vals):
        start = fields.Datetime.to_datetime(start)
        user = vals.pop("user", cls.ben)
        return (
            cls.env["calendar.event"]
            .with_context(no_mail_to_attendees=True, dont_notify=True)
            .create(
                {
                    "name": "Showroom visit",
                    "start": start,
                    "stop": fields.Datetime.add(start, hours=hours),
                    "user_id": user.id,
                    "partner_ids": [(6, 0, (user.partner_id | partner).ids)],
                    **vals,
                }
            )
        )

    @classmethod
    def _create_promise(cls, partner, date_due, **vals):
        return cls.env["crm.promise"].create(
            {
                "name": "send a sample",
                "partner_id": partner.id,
                "date_due": date_due,
                "user_id": cls.ben.id,
                **vals,
            }
        )

    @classmethod
    def _create_activity(cls, record, deadline, **vals):
        return record.activity_schedule(
            vals.pop("kind", "mail.mail_activity_data_todo"),
            date_deadline=fields.Date.to_date(deadline),
            **{"summary": "Look it up", "user_id": cls.ben.id, **vals},
        )

    @classmethod
    def _let_be_due(cls, partner, due, late=None, last=None, status=None):
        """As the refresh would leave a client whose next contact is due."""
        partner.write(
            {
                "relationship_status_id": (status or cls.status_regular).id,
                "user_id": cls.ben.id,
            }
        )
        partner.flush_recordset()
        cls.env.cr.execute(
            """UPDATE res_partner SET keep_in_touch_date = %s, keep_in_touch_max_date = %s,
                      last_interaction_date = %s, keep_in_touch_rhythm_days = %s
                WHERE id = %s""",
            (due, late, last, (status or cls.status_regular).cadence_days, partner.id),
        )
        partner.invalidate_recordset()
