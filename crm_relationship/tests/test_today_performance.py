from datetime import date, datetime, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged

from .common_today import MONDAY, TodayCommon

DAY = date(2026, 3, 2)
START = datetime(2026, 3, 2, 9)


@tagged("crm_relationship", "post_install", "-at_install")
class TestTodayPerformance(TodayCommon):
    def _fill(self, count):
        """So many things of each kind, on clients of their own."""
        clients = self.env["res.partner"].create(
            [
                {"name": f"Client {number}", "user_id": self.ben.id, "is_company": True}
                for number in range(8 * count)
            ]
        )
        clients.relationship_status_id = self.status_regular
        parts = [clients[part * count : (part + 1) * count] for part in range(8)]
        met, waiting, promised, complaining, busy, due, born, stuck = parts
        self.env["calendar.event"].with_context(no_mail_to_attendees=True, dont_notify=True).create(
            [
                {
                    "name": "Visit",
                    "start": START + timedelta(hours=hours),
                    "stop": START + timedelta(hours=hours + 1),
                    "user_id": self.ben.id,
                    "partner_ids": [Command.set((self.ben.partner_id | client).ids)],
                }
                for hours, client in zip([1, -3] * count, met, strict=False)
            ]
        )
        for client in waiting:
            self._create_inquiry(client, START - timedelta(hours=2))
        for client in promised:
            self._create_promise(client, DAY - timedelta(days=1))
        self.env["crm.complaint"].create(
            [
                {"name": "Scratch", "partner_id": client.id, "user_id": self.ben.id}
                for client in complaining
            ]
        )
        for client in busy:
            self._create_activity(client, DAY)
            self._create_activity(self._create_lead(client), DAY)
        for client in due:
            self._let_be_due(client, DAY, last=START - timedelta(days=40))
        self.env["crm.important.date"].create(
            [
                {
                    "partner_id": client.id,
                    "kind_id": self.env.ref("crm_relationship.date_kind_birthday").id,
                    "month": DAY.month,
                    "day": DAY.day,
                }
                for client in born
            ]
        )
        for client in stuck:
            self._create_lead(client, expected_revenue=100)

    def _count(self, user, **kwargs):
        self._get_today(user, **kwargs)  # what was on the list is written down
        self._end_transaction()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        rows = self.env["crm.today"].with_user(user).get_today(**kwargs)["rows"]
        return self.env.cr.sql_log_count - before, {row["kind"] for row in rows}, len(rows)

    @freeze_time(MONDAY)
    def test_statements_do_not_grow(self):
        self.env.company.today_capacity = 500
        self._fill(2)
        few, kinds, rows = self._count(self.ben)
        self.assertEqual(len(kinds), 8)
        self.assertEqual(rows, 18)
        self._fill(10)
        many, __, rows = self._count(self.ben)
        self.assertEqual(rows, 18 + 90)
        self.assertEqual(many, few)
        self.assertLessEqual(many, 90)
