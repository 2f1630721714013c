from datetime import date, timedelta

from freezegun import freeze_time

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common_touch import NOW, TouchCommon


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestTouchDue(TouchCommon):
    """The next contact is due on a working day of who looks after the client."""

    def test_due_on_the_next_working_day(self):
        self.lumen.relationship_status_id = self.status_regular
        expected = {  # last contact: (due after 30 days, too late after 45)
            "2026-02-11": ((3, 13), (3, 30)),  # a Friday; a Saturday
            "2026-02-12": ((3, 16), (3, 30)),  # a Saturday; a Sunday
            "2026-02-13": ((3, 16), (3, 30)),  # a Sunday; a Monday
            "2026-02-16": ((3, 18), (4, 2)),
        }
        for day, (due, late) in expected.items():
            self._spoke(self.lumen, f"{day} 09:00:00")
            self._refresh_clients()
            self.assertDue(self.lumen, due, late)

    def test_a_holiday_moves_it_and_back(self):
        self._spoke(self.lumen, "2026-02-14 09:00:00")  # due on Monday, 16 March
        self.lumen.relationship_status_id = self.status_regular
        self.oak.relationship_status_id = self.status_customer  # due in May
        self._refresh_clients()
        self.assertDue(self.lumen, (3, 16))
        holiday = self._create_holiday("2026-03-15 23:00:00", "2026-03-16 22:59:59")
        self.assertEqual(self._queued(), {self.lumen.id})
        self.lumen._refresh_summary()
        self.assertDue(self.lumen, (3, 17))
        holiday.date_from = "2026-03-15 23:00:00"
        holiday.unlink()
        self.assertEqual(self._queued(), {self.lumen.id})
        self.lumen._refresh_summary()
        self.assertDue(self.lumen, (3, 16))

    def test_the_absence_of_one_person_moves_nothing(self):
        self._spoke(self.lumen, "2026-02-14 09:00:00")
        self.lumen.relationship_status_id = self.status_regular
        self._refresh_clients()
        person = self.env["resource.resource"].create({"name": "Ben"})
        self._create_holiday("2026-03-15 23:00:00", "2026-03-16 22:59:59", resource_id=person.id)
        self.assertFalse(self._queued())
        self.lumen._refresh_summary()
        self.assertDue(self.lumen, (3, 16))

    def test_other_working_hours_move_it(self):
        self._spoke(self.lumen, "2026-02-12 09:00:00")
        self.lumen.relationship_status_id = self.status_regular
        self.assertDue(self.lumen, (3, 16))
        self._refresh_clients()
        self.office.attendance_ids = [
            Command.create({"name": "Day", "dayofweek": "5", "hour_from": 8, "hour_to": 12})
        ]
        self._refresh_clients()
        self.assertDue(self.lumen, (3, 14))
        self.main_company.resource_calendar_id = self._create_calendar("Europe/Brussels", "2")
        self._refresh_clients()
        self.assertDue(self.lumen, (3, 18))

    def test_two_companies_with_their_own_days_and_clocks(self):
        """In Auckland 11:30 UTC is the next day; they work from Sunday to Thursday there."""
        auckland = self.env["res.company"].create(
            {
                "name": "Auckland",
                "resource_calendar_id": self._create_calendar("Pacific/Auckland", "60123").id,
            }
        )
        dana = self._create_user("rel_dana", "sales_team.group_sale_salesman")
        dana.write({"company_ids": [Command.set(auckland.ids)], "company_id": auckland.id})
        partners = self.env["res.partner"].create(
            [
                {"name": "Of Brussels"},
                {"name": "Of Auckland", "company_id": auckland.id},
                {"name": "Of Dana", "user_id": dana.id},
            ]
        )
        for partner in partners:
            self._spoke(partner, "2026-02-11 11:30:00")
        partners.relationship_status_id = self.status_regular
        self._refresh_clients()
        brussels, of_company, of_dana = partners
        self.assertDue(brussels, (3, 13))  # 11 February and 30 days, a Friday
        for client in (of_company, of_dana):
            self.assertDue(client, (3, 15))  # 12 February and 30 days, a Saturday: Sunday
        # The client goes to a colleague in Brussels.
        of_dana.user_id = self.ben
        self._refresh_clients()
        self.assertDue(of_dana, (3, 13))

    def test_state_is_that_of_the_readers_day(self):
        self._spoke(self.lumen, "2026-02-02 09:00:00")
        self.lumen.relationship_status_id = self.status_regular
        self._refresh_clients()
        self.assertDue(self.lumen, (3, 4))
        for zone, state in (("Europe/Brussels", "due"), ("Pacific/Pago_Pago", "ok")):
            # At ten by UTC it is still the day before on Pago Pago.
            lumen = self.lumen.with_context(tz=zone)
            self.env.invalidate_all()
            self.assertEqual(lumen.keep_in_touch_state, state, zone)
            found = lumen.search([("id", "=", lumen.id), ("keep_in_touch_state", "=", state)])
            self.assertEqual(found, lumen, zone)

    def test_own_rhythm_and_own_maximum(self):
        self._spoke(self.lumen, "2026-03-02 09:00:00")
        self.lumen.relationship_status_id = self.status_regular
        self.lumen.write({"keep_in_touch_days": 7, "keep_in_touch_max_days": 10})
        self.assertDue(self.lumen, (3, 9), (3, 12))
        self.lumen.keep_in_touch_max_days = 3  # smaller than the rhythm
        self.assertDue(self.lumen, (3, 9), (3, 9))
        self.lumen.keep_in_touch_max_days = 0
        self.assertDue(self.lumen, (3, 9), (4, 16))

    def test_contacts_of_anybody_on_any_channel_count_and_attempts_do_not(self):
        self.oak.relationship_status_id = self.status_regular
        for day, (channel, direction) in enumerate(
            [("phone", "out"), ("letter", "in"), ("visit", "out"), ("website", "in")]
        ):
            self._spoke(
                self.nina if day % 2 else self.brandon,
                f"2026-02-{1 + day:02} 09:00:00",
                channel=channel,
                direction=direction,
            )
            self._refresh_clients()
            last = date(2026, 2, 1 + day)
            self.assertEqual(self.oak.last_interaction_date.date(), last)
            self.assertEqual(self.oak.keep_in_touch_date, last + timedelta(days=30), channel)
        self._spoke(self.nina, "2026-03-01 09:00:00", is_attempt=True)
        self._refresh_clients()
        self.assertDue(self.oak, (3, 6))

    def test_growth(self):
        """As many statements for one client as for many, of two companies."""
        company = self.env["res.company"].create(
            {"name": "B", "resource_calendar_id": self._create_calendar("UTC", "01").id}
        )
        clients = self.env["res.partner"].create(
            [
                {"name": f"Client {number}", "company_id": company.id if number % 2 else False}
                for number in range(44)
            ]
        )
        for client in clients:
            self._spoke(client, "2026-02-11 11:30:00")
        clients.relationship_status_id = self.status_regular
        self._refresh_clients()
        counts = []
        for batch in (clients[:2], clients[2:4], clients[4:]):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            batch._refresh_summary()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])

    def test_only_what_changes_is_written(self):
        self._spoke(self.oak, "2026-02-11 11:30:00")
        self.oak.relationship_status_id = self.status_regular
        self._refresh_clients()
        self.assertFalse(self._written())
        self._spoke(self.nina, "2026-03-02 11:30:00")
        self._end_transaction()
        self.assertEqual(self._written(), {self.oak.id, self.nina.id})

    def _written(self):
        """Ids of the rows that a refresh of the company writes."""
        written = set()
        execute = type(self.oak)._execute_refresh

        def record(partners, query):
            rows = execute(partners, query)
            written.update(row[0] for row in rows)
            return rows

        self.patch(type(self.oak), "_execute_refresh", record)
        self.oak._refresh_summary()
        return written

    def test_what_a_client_has_bought_decides_among_those_as_late(self):
        names = ("little", "much", "later", "soon", "no_rhythm")
        little, much, later, soon, without = self.env["res.partner"].create(
            [{"name": name} for name in names]
        )
        for client, day in ((little, "02-01"), (much, "02-02"), (later, "01-15"), (soon, "02-20")):
            self._spoke(client, f"2026-{day} 09:00:00")
            client.relationship_status_id = self.status_regular
        without.relationship_status_id = self.status_cold
        for client, revenue in ((little, 10), (much, 1000), (later, 1)):
            lead = self._create_lead(client, expected_revenue=revenue)
            lead.action_set_won()
        self._refresh_clients()
        everybody = little | much | later | soon | without
        everybody.relationship_status_id = self.status_regular
        without.relationship_status_id = self.status_cold
        self._refresh_clients()
        found = (
            self.env["res.partner"]
            .with_user(self.carla)
            .search([("id", "in", everybody.ids)], order="keep_in_touch_order desc, id")
        )
        self.assertEqual(found.mapped("name"), ["later", "much", "little", "soon", "no_rhythm"])
        self.assertAlmostEqual(little.keep_in_touch_order, 1 / 30)
        self.assertFalse(without.keep_in_touch_order)

    def test_pause_with_its_reason(self):
        self._spoke(self.lumen, "2026-02-02 09:00:00")
        self.lumen.relationship_status_id = self.status_regular
        self.env["crm.keep.in.touch.pause"].with_user(self.carla).create(
            {
                "partner_ids": [Command.set(self.lumen.ids)],
                "date_until": date(2026, 3, 14),  # a Saturday
                "reason": "on parental leave",
            }
        ).action_pause()
        self.assertDue(self.lumen, (3, 16))
        self.assertEqual(self.lumen.keep_in_touch_state, "ok")
        self.assertEqual(self.lumen.keep_in_touch_pause, "until Mar 14: on parental leave")
        self.lumen.with_user(self.carla).action_resume()
        self.assertFalse(self.lumen.keep_in_touch_pause_reason)
        self.assertFalse(self.lumen.keep_in_touch_pause)
        self.assertDue(self.lumen, (3, 4))

    def test_a_pause_that_is_over_is_told_no_more(self):
        self.lumen.relationship_status_id = self.status_regular
        self.lumen.write(
            {"keep_in_touch_pause_until": "2026-03-06", "keep_in_touch_pause_reason": "Fair"}
        )
        self.assertEqual(self.lumen.keep_in_touch_pause, "until Mar 6: Fair")
        with freeze_time("2026-03-06 10:00:00"):
            self.env.invalidate_all()
            self.assertFalse(self.lumen.keep_in_touch_pause)

    def test_dates_are_found_again_after_a_merge(self):
        other = self.env["res.partner"].create({"name": "Lucy L."})
        self._spoke(other, "2026-03-02 09:00:00")
        other.relationship_status_id = self.status_regular
        other.keep_in_touch_days = 7
        self._refresh_clients()
        self.lumen.relationship_status_id = self.status_regular
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.lumen | other).ids, self.lumen
        )
        self._refresh_clients()
        self.assertEqual(self.lumen.keep_in_touch_days, 7)
        self.assertDue(self.lumen, (3, 9))
        self.assertEqual(self.lumen.relationship_health, 90)  # 2 days of 14 to one half

    def test_who_is_late_is_found_by_an_index_of_the_salesperson(self):
        partners = self.env["res.partner"].with_user(self.carla)
        query = partners._search(
            [("user_id", "=", self.carla.id), ("keep_in_touch_state", "in", ["due", "overdue"])],
            order="keep_in_touch_order desc, id",
        )
        self.env.cr.execute("SET LOCAL enable_seqscan = off")
        # Among a handful of contacts that of the day alone is as good.
        self.env.cr.execute("DROP INDEX res_partner__keep_in_touch_date_index")
        plan = "\n".join(
            line for (line,) in self.env.execute_query(SQL("EXPLAIN %s", query.select()))
        )
        self.assertIn("res_partner_keep_in_touch_owner_idx", plan)
        self.assertRegex(plan, r"Index Cond: \(\(user_id = \d+\) AND \(keep_in_touch_date <= ")
