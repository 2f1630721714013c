from datetime import timedelta

from odoo import fields

from .common import RelationshipCommon


class BriefingCommon(RelationshipCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._work_every_day()
        cls.today = fields.Date.context_today(cls.oak)
        cls.now = fields.Datetime.now()
        cls.purpose = cls.env.ref("crm_relationship.purpose_order")
        cls.think = cls.env.ref("crm_relationship.outcome_think")
        cls.birthday = cls.env.ref("crm_relationship.date_kind_birthday")

    def _brief(self, record, user=None):
        """The briefing as a request of `user` would get it: nothing is in the cache."""
        self.env.flush_all()
        self.env.invalidate_all()
        [briefing] = record.with_user(user or self.carla).get_briefing()
        return briefing

    def _day(self, days):
        return self.today + timedelta(days=days)

    def _moment(self, **delta):
        return self.now + timedelta(**delta)

    def _add_date(self, partner, days, year=0, kind=None):
        day = self._day(days)
        return self.env["crm.important.date"].create(
            {
                "partner_id": partner.id,
                "kind_id": (kind or self.birthday).id,
                "month": day.month,
                "day": day.day,
                "year": year,
            }
        )
