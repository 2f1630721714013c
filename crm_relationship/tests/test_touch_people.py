from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged, users

from .common_touch import NOW, TouchCommon


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestTouchPeople(TouchCommon):
    """With how many people of a company we are in touch, and its own rhythm."""

    def _count(self):
        self._refresh_clients()
        found = self.oak.search([("id", "=", self.oak.id), ("is_one_person_only", "=", True)])
        self.assertEqual(bool(found), self.oak.is_one_person_only)
        self.assertEqual(
            self.oak.search(
                [("id", "=", self.oak.id), ("people_in_touch", "=", self.oak.people_in_touch)]
            ),
            self.oak,
        )
        return self.oak.people_in_touch

    def test_people_of_a_company(self):
        self.oak.relationship_status_id = self.status_regular
        self._create_interaction(self.oak)  # its mailbox is no person
        self.assertEqual(self._count(), 0)
        self._create_interaction(self.nina, days_ago=364)
        self._create_interaction(self.brandon, days_ago=366)
        self._create_interaction(self.brandon, days_ago=2, is_attempt=True)
        self.assertEqual(self._count(), 1)
        self.assertTrue(self.oak.is_one_person_only)
        self._create_interaction(self.brandon, days_ago=1)
        self.assertEqual(self._count(), 2)
        with freeze_time(fields.Datetime.now() + timedelta(days=3)):
            # Nothing was written: a tie ends when nothing happens.
            self.assertEqual(self._count(), 1)

    def test_a_private_person_is_no_company(self):
        self._create_interaction(self.lumen)
        self._refresh_clients()
        self.assertEqual(self.lumen.people_in_touch, 0)
        self.assertFalse(self.lumen.is_one_person_only)

    def test_the_briefing_tells_it(self):
        self._create_interaction(self.nina)
        self._refresh_clients()
        [briefing] = self.brandon.with_user(self.carla).get_briefing()
        self.assertEqual(briefing["people"], {"in_touch": 1, "known": 2})
        self.assertNotIn("people", self.lumen.with_user(self.carla).get_briefing()[0])
        page = self.env["crm.briefing.page"].with_user(self.carla)
        self.assertIn("In touch with one person only", page._get_touch_lines(briefing))

    def test_own_rhythm(self):
        self.oak.relationship_status_id = self.status_regular
        for days in (58, 93, 128, 163):
            self._create_interaction(self.nina, days_ago=days)
            # Twice on a day, or in vain, changes nothing.
            self._create_interaction(self.brandon, days_ago=days)
            self._create_interaction(self.brandon, days_ago=days - 5, is_attempt=True)
        self._refresh_clients()
        self.assertEqual(self.oak.contact_rhythm_days, 35)
        self.assertEqual(self.oak.contact_rhythm, "usually every 35 days, now 58")
        [briefing] = self.nina.with_user(self.carla).get_briefing()
        self.assertEqual(
            briefing["rhythm"],
            {"days": 35, "now": 58, "text": "usually every 35 days, now 58"},
        )

    def test_a_question_that_waits_is_not_told_as_the_last_contact(self):
        for day in ("2026-01-14", "2026-01-27", "2026-02-09", "2026-02-22"):
            self._spoke(self.nina, f"{day} 10:00:00")
        asked = self._spoke(
            self.nina, "2026-03-03 10:00:00", channel="email", direction="in", needs_reply=True
        )
        self._refresh_clients()
        [briefing] = self.nina.with_user(self.carla).get_briefing()
        self.assertEqual(briefing["last_contact"]["date"], "2026-02-22 10:00:00")
        self.assertEqual(briefing["rhythm"]["text"], "usually every 13 days, asked us yesterday")
        [reason] = [words for words in briefing["health"]["reasons"] if "rhythm" in words]
        self.assertIn("they asked us yesterday, the rhythm is", reason)
        self._spoke(self.nina, "2026-03-04 09:00:00", channel="email")
        self._refresh_clients()
        self.assertTrue(asked.reply_id)
        [briefing] = self.nina.with_user(self.carla).get_briefing()
        self.assertEqual(briefing["rhythm"]["text"], "usually every 13 days, now 0")

    def test_own_rhythm_of_the_newest_contacts_within_two_years(self):
        self.lumen.relationship_status_id = self.status_regular
        for number in range(5):
            self._create_interaction(self.lumen, days_ago=800 + number)
        for days in (0, 50, 100):
            self._create_interaction(self.lumen, days_ago=days)
        self._refresh_clients()
        self.assertEqual(self.lumen.contact_rhythm_days, 0)  # three days are too few
        self.assertFalse(self.lumen.contact_rhythm)
        for number in range(25):
            self._create_interaction(self.lumen, days_ago=200 + number)
        self._refresh_clients()
        self.assertEqual(self.lumen.contact_rhythm_days, 1)
        for number in range(20):
            self._create_interaction(self.lumen, days_ago=2 * number)
        self._refresh_clients()
        self.assertEqual(self.lumen.contact_rhythm_days, 2)  # of the newest twenty

    @users("rel_carla")
    def test_the_screen(self):
        """What the list reads of eighty clients, in one statement more than Odoo needs."""
        clients = (
            self.env["res.partner"]
            .sudo()
            .create([{"name": f"Client {number}", "is_company": True} for number in range(80)])
        )
        clients.relationship_status_id = self.status_regular
        self.env.flush_all()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.res_partner_action_touch"
        )
        self.assertEqual(action["res_model"], "res.partner")
        spec = {
            name: {}
            for name in (
                "relationship_status_id",
                "keep_in_touch_state",
                "keep_in_touch_date",
                "keep_in_touch_max_date",
                "keep_in_touch_pause",
                "contact_rhythm",
                "relationship_health",
            )
        }
        views = self.env["res.partner"].get_views(action["views"])["views"]
        for name in spec:
            self.assertIn(f'name="{name}"', views["list"]["arch"])
        clients = clients.with_user(self.env.user)
        counts = []
        for fnames in ({"name": {}}, {"name": {}, **spec}):
            self.env.invalidate_all()
            clients.web_search_read([("id", "in", clients.ids)], fnames)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            clients.web_search_read([("id", "in", clients.ids)], fnames)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1] - counts[0], 1, counts)

    def test_buttons_by_role(self):
        self._create_interaction(self.nina)
        self.oak.relationship_status_id = self.status_regular
        for user in (self.anna, self.ben, self.carla):
            nina = self.nina.with_user(user)
            dialog = self.env[nina.action_pause()["res_model"]].with_user(user)
            self.assertEqual(
                dialog.with_context(**nina.action_pause()["context"]).create({}).partner_ids,
                self.oak,
            )
            self.assertEqual(nina.action_plan_contact()["context"]["active_id"], nina.id)
        with self.assertRaises(AccessError):
            self.env["crm.keep.in.touch.pause"].with_user(self.insider).create(
                {"partner_ids": self.oak.ids}
            )
