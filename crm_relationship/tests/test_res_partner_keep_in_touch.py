from datetime import timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestKeepInTouch(RelationshipCommon):
    """Last contact and when the next one is due, for families and people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._work_every_day()

    def test_last_contact_of_company_and_person(self):
        old = self._create_interaction(self.nina, days_ago=20)
        new = self._create_interaction(self.brandon, days_ago=3)
        self._create_interaction(self.nina, days_ago=1, is_attempt=True)
        self._refresh_clients()
        self.assertEqual(self.oak.last_interaction_id, new)
        self.assertEqual(self.oak.last_interaction_date, new.date)
        self.assertEqual(self.brandon.last_interaction_id, new)
        self.assertEqual(self.nina.last_interaction_id, old)
        self.assertEqual(self.oak.interaction_count, 3)
        self.assertEqual(self.nina.interaction_count, 2)

    def test_due_date_by_status(self):
        contact = self._create_interaction(self.brandon, days_ago=10)
        self.oak.relationship_status_id = self.status_regular
        self._refresh_clients()
        self.assertEqual(self.oak.keep_in_touch_date, contact.date.date() + timedelta(days=30))
        self.assertEqual(self.oak.keep_in_touch_max_date, contact.date.date() + timedelta(days=45))
        self.assertFalse(self.brandon.keep_in_touch_date)

    def test_own_rhythm_and_pause(self):
        contact = self._create_interaction(self.lumen, days_ago=10)
        self.lumen.relationship_status_id = self.status_regular
        self.lumen.keep_in_touch_days = 7
        self.assertEqual(self.lumen.keep_in_touch_date, contact.date.date() + timedelta(days=7))
        pause = fields.Date.today() + timedelta(days=60)
        self.lumen.keep_in_touch_pause_until = pause
        self.assertEqual(self.lumen.keep_in_touch_date, pause)
        self.assertEqual(self.lumen.keep_in_touch_state, "ok")

    def test_client_without_contact_is_due_from_the_status_on(self):
        self.lumen.relationship_status_id = self.status_prospect
        since = self.lumen.relationship_status_date.date()
        self.assertEqual(self.lumen.keep_in_touch_date, since + timedelta(days=14))

    def test_states_by_day_and_search(self):
        self.status_regular.write({"cadence_days": 30, "cadence_max_days": 45})
        partners = self.env["res.partner"]
        clients = {}
        for days in (29, 30, 45, 46):
            client = partners.create({"name": f"Client {days}"})
            self._create_interaction(client, days_ago=days)
            client.relationship_status_id = self.status_regular
            clients[days] = client
        without = partners.create({"name": "No rhythm"})
        without.relationship_status_id = self.status_cold
        everyone = partners.concat(*clients.values(), without)
        expected = {29: "ok", 30: "due", 45: "due", 46: "overdue"}
        for days, state in expected.items():
            self.assertEqual(clients[days].keep_in_touch_state, state, days)
        self.assertEqual(without.keep_in_touch_state, "none")
        for state in ("none", "ok", "due", "overdue"):
            found = partners.search(
                [("id", "in", everyone.ids), ("keep_in_touch_state", "=", state)]
            )
            self.assertEqual(
                found, everyone.filtered(lambda p, s=state: p.keep_in_touch_state == s), state
            )
        self.assertEqual(
            partners.search([("id", "in", everyone.ids), ("keep_in_touch_state", "!=", "none")]),
            everyone - without,
        )

    def test_new_cadence_of_a_status_reaches_its_clients(self):
        contact = self._create_interaction(self.lumen, days_ago=10)
        self.lumen.relationship_status_id = self.status_regular
        self.status_regular.cadence_days = 5
        self._refresh_clients()
        self.assertEqual(self.lumen.keep_in_touch_date, contact.date.date() + timedelta(days=5))

    def test_negative_rhythm_is_refused(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaisesRegex(CheckViolation, "keep_in_touch_days_positive"),
            self.env.cr.savepoint(),
        ):
            self.lumen.keep_in_touch_days = -1
            self.env.flush_all()

    def test_refresh_is_a_constant_number_of_statements(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Client {index}"} for index in range(60)]
        )
        for partner in partners:
            self._create_interaction(partner)
        self._end_transaction()
        partners[:3]._refresh_relationship()
        self.env.cr.cache.clear()
        counts = []
        for batch in (partners[3:5], partners[5:9], partners[9:58]):  # the first one warms up
            before = self.env.cr.sql_log_count
            batch._refresh_relationship()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertStatus(partners[57], self.status_prospect)

    def test_scheduled_action_empties_the_queue(self):
        self._create_interaction(self.lumen)
        self._end_transaction()
        self._run_cron("ir_cron_summaries")
        self.assertStatus(self.lumen, self.status_prospect)
        self.assertFalse(self.env["crm.relationship.refresh"].search([]))

    def test_client_that_is_gone_does_not_stop_the_queue(self):
        gone = self.env["res.partner"].create({"name": "Gone"})
        self._create_interaction(gone)
        self._create_interaction(self.lumen)
        self._end_transaction()
        gone.unlink()
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_prospect)
        self.assertTrue(self.interactions.search([("partner_id", "=", False)], limit=1))

    def test_source_entered_later_is_the_first_touch(self):
        lead = self._create_lead(self.lumen)
        self._refresh_clients()
        self.assertFalse(self.lumen.acquisition_source_id)
        lead.source_id = self.env["utm.source"].create({"name": "Banner"})
        self._refresh_clients()
        self.assertEqual(self.lumen.acquisition_source_id, lead.source_id)
        self.lumen.acquisition_source_id = self.env["utm.source"].create({"name": "Friend"})
        lead.medium_id = self.env["utm.medium"].create({"name": "Poster"})
        self._refresh_clients()
        self.assertEqual(self.lumen.acquisition_source_id.name, "Friend")
        self.assertFalse(self.lumen.acquisition_medium_id)

    def test_first_touch_is_kept(self):
        banner, google = self.env["utm.source"].create([{"name": "Banner"}, {"name": "Search"}])
        self._create_lead(self.brandon, source_id=banner.id)
        self._refresh_clients()
        self._create_lead(self.nina, source_id=google.id)
        self._refresh_clients()
        self.assertEqual(self.oak.acquisition_source_id, banner)
        self.assertEqual(self.oak.acquisition_date, fields.Date.today())
