from datetime import date, timedelta

from psycopg2.errors import CheckViolation

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged, users
from odoo.tools import mute_logger

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRelationshipStatus(RelationshipCommon):
    """The status is the family's, moves on facts, and leaves a trace."""

    def _changes(self, partner):
        return self.env["crm.relationship.status.change"].search(
            [("partner_id", "=", partner.id)], order="date, id"
        )

    def test_seven_statuses_come_with_the_addon(self):
        statuses = self.env["crm.relationship.status"].search([])
        self.assertEqual(
            statuses.mapped("kind"),
            ["cold", "prospect", "customer", "regular", "key", "dormant", "lost"],
        )
        self.assertTrue(all(status.guidance for status in statuses))

    @users("rel_carla")
    def test_status_of_a_contact_is_that_of_the_company(self):
        self.brandon.with_user(self.env.user).relationship_status_id = self.status_key
        for member in self.oak | self.brandon | self.nina:
            self.assertStatus(member, self.status_key)
        self.assertRecordValues(
            self._changes(self.oak),
            [
                {
                    "from_status_id": False,
                    "to_status_id": self.status_key.id,
                    "user_id": self.env.uid,
                    "date_to": False,
                }
            ],
        )
        self.assertFalse(self._changes(self.brandon))

    def test_new_contact_gets_the_status_of_the_company(self):
        self.oak.relationship_status_id = self.status_regular
        zoe = self.env["res.partner"].create({"name": "Zoe", "parent_id": self.oak.id})
        self.assertStatus(zoe, self.status_regular)
        self.assertEqual(len(self._changes(self.oak)), 1)

    def test_change_closes_the_row_before(self):
        self.oak.relationship_status_id = self.status_cold
        self.oak.with_context(relationship_status_reason="They called").write(
            {"relationship_status_id": self.status_prospect.id, "city": "Ghent"}
        )
        first, second = self._changes(self.oak)
        self.assertEqual(first.date_to, second.date)
        self.assertEqual(second.reason, "They called")
        self.assertEqual(second.from_status_id, self.status_cold)
        self.assertEqual(self.oak.city, "Ghent")

    def test_writing_the_same_status_is_no_change(self):
        self.oak.relationship_status_id = self.status_cold
        since = self.oak.relationship_status_date
        self.oak.write({"relationship_status_id": self.status_cold.id})
        self.assertEqual(len(self._changes(self.oak)), 1)
        self.assertEqual(self.oak.relationship_status_date, since)

    def test_import_with_a_status_leaves_a_trace(self):
        client = self.env["res.partner"].create(
            {"name": "Imported", "relationship_status_id": self.status_customer.id}
        )
        self.assertEqual(self._changes(client).to_status_id, self.status_customer)
        self.assertTrue(client.relationship_status_date)

    def test_status_can_be_taken_away(self):
        self.oak.relationship_status_id = self.status_cold
        self.oak.relationship_status_id = False
        self.assertStatus(self.brandon, None)
        self.assertFalse(self._changes(self.oak)[-1].to_status_id)

    def test_several_clients_at_once(self):
        (self.oak | self.lumen).write({"relationship_status_id": self.status_lost.id})
        self.assertEqual(len(self._changes(self.oak)), 1)
        self.assertEqual(len(self._changes(self.lumen)), 1)

    def test_first_lead_makes_a_cold_client(self):
        self._create_lead(self.brandon)
        self.assertStatus(self.oak, None)
        self._refresh_clients()
        self.assertStatus(self.oak, self.status_cold)
        self.assertStatus(self.nina, self.status_cold)
        self.assertEqual(self._changes(self.oak).reason, "First lead or contact")

    def test_first_contact_makes_a_cold_client(self):
        self._create_interaction(self.lumen)
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_cold)

    def test_own_people_are_no_clients(self):
        self._create_interaction(self.insider.partner_id)
        self._create_lead(self.env.company.partner_id)
        self._refresh_clients()
        self.assertStatus(self.insider.partner_id, None)
        self.assertStatus(self.env.company.partner_id, None)

    def test_won_deal_makes_a_customer(self):
        lead = self._create_lead(self.brandon)
        self._refresh_clients()
        lead.action_set_won()
        self._refresh_clients()
        self.assertStatus(self.oak, self.status_customer)
        self.assertEqual(self._changes(self.oak)[-1].reason, f'Because "{lead.name}" was won')

    def test_won_deal_takes_no_better_status_away(self):
        self.oak.relationship_status_id = self.status_key
        self._create_lead(self.brandon).action_set_won()
        self._refresh_clients()
        self.assertStatus(self.oak, self.status_key)

    def test_lost_client_comes_back_only_by_a_later_deal(self):
        self._create_lead(self.brandon).action_set_won()
        self._refresh_clients()
        self.oak.relationship_status_id = self.status_lost
        self.oak.relationship_status_date += timedelta(minutes=1)
        self._create_lead(self.nina)
        self._refresh_clients()
        self.assertStatus(self.oak, self.status_lost)
        self.oak.relationship_status_date -= timedelta(minutes=2)
        self._create_lead(self.nina).action_set_won()
        self._refresh_clients()
        self.assertStatus(self.oak, self.status_customer)

    def test_locked_status_stays(self):
        self.oak.write(
            {
                "relationship_status_id": self.status_prospect.id,
                "relationship_status_locked_until": fields.Date.today() + timedelta(days=1),
            }
        )
        self._create_lead(self.brandon).action_set_won()
        self._refresh_clients()
        self.assertStatus(self.oak, self.status_prospect)

    def test_board_shows_every_status(self):
        self.oak.relationship_status_id = self.status_key
        groups = (
            self.env["res.partner"]
            .with_context(read_group_expand=True)
            .web_read_group([("id", "=", self.oak.id)], ["relationship_status_id"])["groups"]
        )
        self.assertEqual(len(groups), 7)

    def test_merged_contacts_keep_history_and_one_status(self):
        zoe = self.env["res.partner"].create({"name": "Zoe", "email": "lucy@lumen.example.com"})
        self._create_interaction(zoe, days_ago=1)
        self._create_interaction(self.lumen, days_ago=2)
        self._refresh_clients()
        self.env["base.partner.merge.automatic.wizard"]._merge([zoe.id, self.lumen.id], self.lumen)
        self._refresh_clients()
        self.assertEqual(self.lumen.interaction_count, 2)
        self.assertEqual(len(self._history(self.lumen)), 2)
        self.assertEqual(
            self.lumen.last_interaction_date, max(self._history(self.lumen).mapped("date"))
        )

    def test_person_who_becomes_part_of_a_company(self):
        inquiry = self._create_interaction(self.lumen, direction="in", needs_reply=True, days_ago=1)
        self.lumen.relationship_status_id = self.status_key
        self.lumen.write({"company_name": "Lumen Ltd"})
        self.lumen.create_company()
        company = self.lumen.parent_id
        self._create_interaction(self.lumen)
        self._refresh_clients()
        self.assertEqual(inquiry.commercial_partner_id, company)
        self.assertFalse(inquiry.is_waiting)
        self.assertEqual(company.interaction_count, 2)
        self.assertStatus(company, self.status_key)
        self.assertStatus(self.lumen, self.status_key)
        present = self.env["crm.relationship.status.change"].search(
            [("partner_id", "in", (company | self.lumen).ids), ("date_to", "=", False)]
        )
        self.assertRecordValues(
            present.sorted(lambda change: change.partner_id.id),
            [
                {"partner_id": self.lumen.id, "to_status_id": False},
                {"partner_id": company.id, "to_status_id": self.status_key.id},
            ],
        )

    def test_contact_who_leaves_a_company_leaves_its_status(self):
        self.oak.relationship_status_id = self.status_key
        past = self._create_interaction(self.nina)
        self.nina.parent_id = False
        self.assertStatus(self.nina, None)
        self.assertEqual(past.commercial_partner_id, self.oak)

    def test_merge_into_the_contact_of_a_company(self):
        inquiry = self._create_interaction(self.lumen, direction="in", needs_reply=True)
        self.lumen.relationship_status_id = self.status_prospect
        self.nina.email = self.lumen.email
        self.env["base.partner.merge.automatic.wizard"]._merge(
            [self.lumen.id, self.nina.id], self.nina
        )
        self._refresh_clients()
        self.assertEqual(inquiry.partner_id, self.nina)
        self.assertEqual(inquiry.commercial_partner_id, self.oak)

    def test_merge_keeps_the_first_touch_and_one_present_status(self):
        first, second = self.env["utm.source"].create([{"name": "Fair"}, {"name": "Search"}])
        zoe = self.env["res.partner"].create(
            {
                "name": "Zoe",
                "email": "lucy@lumen.example.com",
                "acquisition_date": "2020-01-01",
                "acquisition_source_id": first.id,
                "relationship_status_id": self.status_cold.id,
            }
        )
        self.lumen.write({"acquisition_date": "2020-02-01", "acquisition_source_id": second.id})
        self.lumen.relationship_status_id = self.status_customer
        self.env["base.partner.merge.automatic.wizard"]._merge([zoe.id, self.lumen.id], self.lumen)
        self.assertEqual(self.lumen.acquisition_source_id, first)
        self.assertStatus(self.lumen, self.status_customer)
        present = self._changes(self.lumen).filtered(lambda change: not change.date_to)
        self.assertEqual(present.to_status_id, self.status_customer)

    def test_status_set_by_hand_stands_against_what_was_won_before(self):
        self._create_lead(self.brandon).action_set_won()
        self._refresh_clients()
        self.oak.with_user(self.anna).relationship_status_id = self.status_prospect
        self.oak.relationship_status_date += timedelta(minutes=1)
        self._create_interaction(self.brandon)
        self._refresh_clients()
        self.assertStatus(self.oak, self.status_prospect)

    def test_merged_leads_keep_history(self):
        leads = self._create_lead(self.lumen) | self._create_lead(self.lumen)
        for lead in leads:
            self._create_interaction(self.lumen, lead_id=lead.id)
        self._end_transaction()
        merged = leads.merge_opportunity()
        self._end_transaction()
        self.assertEqual(self._history(self.lumen).lead_id, merged)
        self.assertEqual(len(merged.interaction_ids), 2)


@tagged("crm_relationship", "post_install", "-at_install")
class TestKeepInTouch(RelationshipCommon):
    """Last contact and when the next one is due, for families and people."""

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
        self.env.invalidate_all()
        self.env.cr.cache.clear()
        counts = []
        for batch in (partners[3:8], partners[8:58]):
            before = self.env.cr.sql_log_count
            batch._refresh_relationship()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(counts[0], counts[1])
        self.assertStatus(partners[57], self.status_cold)

    def test_scheduled_action_empties_the_queue(self):
        self._create_interaction(self.lumen)
        self._end_transaction()
        self._run_cron("ir_cron_summaries")
        self.assertStatus(self.lumen, self.status_cold)
        self.assertFalse(self.env["crm.relationship.refresh"].search([]))

    def test_client_that_is_gone_does_not_stop_the_queue(self):
        gone = self.env["res.partner"].create({"name": "Gone"})
        self._create_interaction(gone)
        self._create_interaction(self.lumen)
        self._end_transaction()
        gone.unlink()
        self._refresh_clients()
        self.assertStatus(self.lumen, self.status_cold)
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


@tagged("crm_relationship", "post_install", "-at_install")
class TestImportantDate(RelationshipCommon):
    """Days of the year, with and without a year."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.birthday = cls.env.ref("crm_relationship.date_kind_birthday")

    def _create_date(self, month, day, year=0, **vals):
        return self.env["crm.important.date"].create(
            {
                "partner_id": self.brandon.id,
                "kind_id": self.birthday.id,
                "month": month,
                "day": day,
                "year": year,
                **vals,
            }
        )

    def test_next_date_and_age(self):
        today = fields.Date.today()
        record = self._create_date(today.month, today.day, today.year - 50)
        if (today.month, today.day) != (2, 29):
            self.assertEqual(record.next_date, today)
            self.assertEqual(record.age, 50)

    def test_unknown_year_has_no_age(self):
        record = self._create_date(5, 3)
        self.assertEqual((record.next_date.month, record.next_date.day), (5, 3))
        self.assertGreaterEqual(record.next_date, fields.Date.today())
        self.assertEqual(record.age, 0)
        self.assertEqual(record.date_text, "03 May")

    def test_leap_day_in_a_common_year(self):
        record = self._create_date(2, 29)
        self.assertEqual(record._get_next_date(date(2027, 1, 1)), date(2027, 2, 28))
        self.assertEqual(record._get_next_date(date(2028, 2, 29)), date(2028, 2, 29))
        self.assertEqual(record._get_next_date(date(2027, 3, 1)), date(2028, 2, 29))

    def test_impossible_dates_are_named(self):
        for month, day, year, text in (
            (13, 1, 0, "Month"),
            (0, 1, 0, "Month"),
            (2, 30, 0, "Day"),
            (2, 29, 2027, "Day"),
            (4, 31, 0, "Day"),
            (5, 1, 19999, "Year"),
        ):
            with self.subTest(month=month, day=day), self.assertRaisesRegex(ValidationError, text):
                self._create_date(month, day, year)

    def test_day_that_comes_once_needs_its_year(self):
        with self.assertRaisesRegex(ValidationError, "Year"):
            self._create_date(5, 3, yearly=False)
        record = self._create_date(5, 3, 2020, yearly=False)
        self.assertEqual(record.next_date, date(2020, 5, 3))

    @users("rel_carla")
    def test_typed_in_the_form(self):
        with Form(self.env["crm.important.date"]) as form:
            form.partner_id = self.brandon
            form.kind_id = self.birthday
            form.day = 29
            form.month_choice = "2"
        record = form.record
        self.assertEqual((record.month, record.day, record.year), (2, 29, 0))
        self.assertTrue(record.yearly)

    def test_passed_days_move_on(self):
        record = self._create_date(5, 3)
        upcoming = record.next_date
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_important_date SET next_date = '2020-05-03' WHERE id = %s", [record.id]
        )
        self.env.invalidate_all()
        self.env["crm.important.date"]._refresh_next_dates()
        self.assertEqual(record.next_date, upcoming)


@tagged("crm_relationship", "post_install", "-at_install")
class TestPromise(RelationshipCommon):
    """What was promised is kept, late or broken."""

    def _create_promise(self, days=0, **vals):
        return self.env["crm.promise"].create(
            {
                "name": "Send a sample",
                "partner_id": self.oak.id,
                "date_due": fields.Date.today() + timedelta(days=days),
                **vals,
            }
        )

    def test_kept_or_late_by_the_day_it_is_done(self):
        on_time, late = self._create_promise(0), self._create_promise(-1)
        self.assertEqual((on_time | late).filtered("is_overdue"), late)
        self.assertEqual(
            self.env["crm.promise"].search(
                [("is_overdue", "=", True), ("id", "in", (on_time | late).ids)]
            ),
            late,
        )
        (on_time | late).action_done()
        self.assertEqual((on_time.state, late.state), ("kept", "late"))
        self.assertEqual(late.date_done, fields.Date.today())
        self.assertFalse(late.is_overdue)

    def test_given_up_and_reopened(self):
        promise = self._create_promise()
        promise.action_break()
        self.assertEqual(promise.state, "broken")
        promise.action_reopen()
        self.assertEqual((promise.state, promise.date_done), ("open", False))
