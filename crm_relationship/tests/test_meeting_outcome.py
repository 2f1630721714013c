import json
from ast import literal_eval
from datetime import date, datetime

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import Form, freeze_time, tagged
from odoo.tools import SQL

from odoo.addons.bus.models.bus import channel_with_db, json_dump

from .common import RelationshipCommon


@freeze_time("2026-05-12 15:00:00")
@tagged("crm_relationship", "post_install", "-at_install")
class TestMeetingOutcome(RelationshipCommon):
    """A meeting that is over asks its organiser how it ended."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agreed = cls.env.ref("crm_relationship.outcome_agreed")
        cls.kind = cls.interactions._get_outcome_type()
        cls._begin_asking("2026-05-01 00:00:00")
        cls.visit = cls._meet("Showroom", "2026-05-12 13:00", cls.brandon)

    @classmethod
    def _begin_asking(cls, moment):
        cls.env.execute_query(
            SQL(
                "UPDATE mail_activity_type SET create_date = %s WHERE id = %s RETURNING id",
                moment,
                cls.kind.id,
            )
        )
        cls.kind.invalidate_recordset()

    @classmethod
    def _meet(cls, name, start, *guests, user=None, **vals):
        """A meeting of one hour."""
        user = user or cls.carla
        start = datetime.fromisoformat(start)
        partners = user.partner_id.union(*guests)
        return (
            cls.env["calendar.event"]
            .with_context(no_mail_to_attendees=True)
            .create(
                {
                    "name": name,
                    "start": start,
                    "stop": fields.Datetime.add(start, hours=1),
                    "user_id": user.id,
                    "partner_ids": partners.ids,
                    **vals,
                }
            )
        )

    def _ask(self, meeting, user=None):
        action = meeting.with_user(user or self.carla).action_ask_outcome()
        log = self.env[action["res_model"]].with_user(user or self.carla)
        return Form(log.with_context(**action["context"]), view=action["views"][0][0])

    def _tell(self, meeting, user=None):
        form = self._ask(meeting, user)
        form.outcome_id = self.agreed
        form.save().action_tell()

    def _rows(self, meeting):
        return self.interactions.search([("calendar_event_id", "=", meeting.id)], order="id")

    def _run_meetings(self):
        self._run_cron("ir_cron_meetings")

    def _digests(self, user, **domain):
        """What the user has to do, or had, for meetings without an outcome."""
        activities = self.env["mail.activity"].with_context(active_test=False)
        return activities.search(
            [("activity_type_id", "=", self.kind.id), ("user_id", "=", user.id)], order="id"
        )

    # ---- the dialog ----

    def test_organiser_is_asked_when_it_ends(self):
        just = self._meet("Just over", "2026-05-12 13:45", self.brandon)
        self._meet("Just over, no client", "2026-05-12 13:45", self.ben.partner_id)
        self._meet("Still on", "2026-05-12 14:30", self.brandon)
        self.assertEqual(self._asked(), [])
        self._run_meetings()
        question = {"event_id": just.id, "meeting": "Just over", "client": self.oak.name}
        self.assertEqual(self._asked(), [question])
        self._tell(just)
        self._run_meetings()
        self.assertEqual(self._asked(), [question])

    def _asked(self):
        """What the browser of the organiser was told."""
        bus = self.env["bus.bus"]
        self.env.cr.precommit.run()
        channel = json_dump(channel_with_db(self.env.cr.dbname, self.carla.partner_id))
        messages = [
            json.loads(row.message) for row in bus.search([("channel", "=", channel)], order="id")
        ]
        return [
            message["payload"]
            for message in messages
            if message["type"] == "crm_relationship.meeting_ended"
        ]

    def test_told_before_it_was_captured(self):
        self.assertFalse(self._rows(self.visit))
        form = self._ask(self.visit)
        self.assertEqual(form.about, "Showroom · Oak Interiors, Brandon")
        form.outcome_id = self.agreed
        form.summary = "Likes light oak"
        form.offered = "12 oak desks"
        form.next_step = "Send a sample"
        form.next_date = date(2026, 5, 15)
        form.save().action_tell()
        row = self._rows(self.visit)
        self.assertRecordValues(
            row,
            [
                {
                    "partner_id": self.brandon.id,
                    "user_id": self.carla.id,
                    "channel": "meeting",
                    "outcome_id": self.agreed.id,
                    "summary": "Likes light oak",
                    "offered": "12 oak desks",
                }
            ],
        )
        self.assertEqual(row.promise_ids.partner_id, self.brandon)
        self._run_meetings()
        self.assertEqual(self._rows(self.visit), row)

    def test_what_was_told_can_be_corrected(self):
        self._tell(self.visit)
        form = self._ask(self.visit)
        self.assertEqual(form.outcome_id, self.agreed)
        form.outcome_id = self.env.ref("crm_relationship.outcome_think")
        form.save().action_tell()
        self.assertEqual(self._rows(self.visit).outcome_result, "neutral")

    def test_several_clients_are_told_at_once(self):
        fair = self._meet("Fair", "2026-05-12 09:00", self.brandon, self.lumen)
        form = self._ask(fair)
        form.outcome_id = self.agreed
        form.next_step = "Send the list"
        form.next_date = date(2026, 5, 15)
        form.partner_id = self.lumen
        form.save().action_tell()
        rows = self._rows(fair)
        self.assertEqual(rows.commercial_partner_id, self.oak | self.lumen)
        self.assertEqual(rows.outcome_id, self.agreed)
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows.promise_ids.partner_id, self.lumen)
        self.assertEqual(rows.promise_ids.interaction_id.partner_id, self.lumen)

    def test_did_not_take_place(self):
        self._run_meetings()
        row = self._rows(self.visit)
        row.with_user(self.carla).action_not_held()
        self.assertFalse(row.exists())
        self.assertFalse(self.visit.active)
        self._run_meetings()
        self.assertFalse(self._rows(self.visit))

    def test_skipping_is_counted(self):
        self._ask(self.visit).save().action_skip()
        self.assertRecordValues(
            self._rows(self.visit), [{"is_outcome_skipped": True, "outcome_id": False}]
        )
        self._tell(self.visit)
        self.assertFalse(self._rows(self.visit).is_outcome_skipped)

    def test_activity_of_a_meeting(self):
        call = self.brandon.activity_schedule(
            "mail.mail_activity_data_meeting", summary="Meet", user_id=self.carla.id
        )
        call.calendar_event_id = self.visit
        self._tell(call)
        self.assertFalse(call.active)
        self.assertRecordValues(
            self._history(self.oak).filtered("calendar_event_id"),
            [{"origin_key": f"event:{self.visit.id}:{self.oak.id}", "outcome_id": self.agreed.id}],
        )

    # ---- who may tell ----

    def test_not_over_yet(self):
        later = self._meet("Later", "2026-05-12 14:30", self.brandon)
        self.assertEqual((self.visit | later).mapped("is_outcome_asked"), [True, False])
        with self.assertRaisesRegex(UserError, "Later.* not over yet"):
            later.with_user(self.carla).action_ask_outcome()

    def test_among_colleagues(self):
        inside = self._meet("Team", "2026-05-12 09:00", self.ben.partner_id)
        self.assertFalse(inside.is_outcome_asked)
        with self.assertRaisesRegex(UserError, "Nobody from outside took part"):
            inside.with_user(self.carla).action_ask_outcome()

    def test_meeting_of_a_colleague(self):
        for method in ("action_ask_outcome", "action_not_held"):
            with self.assertRaisesRegex(UserError, "Only rel_carla.* can tell"):
                getattr(self.visit.with_user(self.ben), method)()
        self._tell(self.visit, user=self.anna)
        self.assertEqual(self._rows(self.visit).outcome_id, self.agreed)
        self.assertEqual(self._rows(self.visit).user_id, self.carla)

    # ---- one thing to do a day ----

    def test_one_thing_to_do_of_the_organiser(self):
        self._meet("Workshop", "2026-05-12 09:00", self.lumen)
        self._meet("Dinner", "2026-05-11 17:00", self.lumen, user=self.ben)
        self._run_meetings()
        self.assertRecordValues(
            self._digests(self.carla),
            [
                {
                    "summary": "How did it end? 2 meetings without an outcome",
                    "res_model": False,
                    "date_deadline": date(2026, 5, 12),
                    "active": True,
                }
            ],
        )
        self.assertIn("Workshop", self._digests(self.carla).note)
        self.assertIn("/odoo/meeting-outcomes", self._digests(self.carla).note)
        self.assertEqual(self._digests(self.ben).summary, "How did it end? Dinner")
        self._run_meetings()
        self.assertEqual(len(self._digests(self.carla)), 1)

    def test_it_counts_what_is_left_and_closes_itself(self):
        second = self._meet("Workshop", "2026-05-12 09:00", self.lumen)
        self._run_meetings()
        self._tell(second)
        self.assertEqual(self._digests(self.carla).summary, "How did it end? Showroom")
        self._rows(self.visit).with_user(self.anna).action_skip_outcome()
        self.assertFalse(self._digests(self.carla).active)

    def test_later_meetings_of_the_day(self):
        self._run_meetings()
        later = self._meet("Workshop", "2026-05-12 13:30", self.lumen)
        self._run_meetings()
        self.assertIn("2 meetings", self._digests(self.carla).summary)
        self._tell(self.visit)
        self._tell(later)
        self._meet("Late call", "2026-05-12 13:45", self.lumen)
        self._run_meetings()
        self.assertEqual(len(self._digests(self.carla)), 1, "the next one is for tomorrow")
        with freeze_time("2026-05-13 06:00:00"):
            self._run_meetings()
            digest = self._digests(self.carla).filtered("active")
        self.assertRecordValues(
            digest, [{"summary": "How did it end? Late call", "date_deadline": date(2026, 5, 13)}]
        )

    def test_each_meeting_is_asked_about_once(self):
        self._run_meetings()
        self._digests(self.carla).with_user(self.carla).action_done()
        with freeze_time("2026-05-13 06:00:00"):
            self._run_meetings()
        self.assertEqual(len(self._digests(self.carla)), 1)
        self.assertEqual(self._rows(self.visit).outcome_asked_date, date(2026, 5, 12))

    def test_the_past_is_not_asked_about(self):
        self._begin_asking("2026-05-12 14:30:00")
        later = self._meet("Workshop", "2026-05-12 13:45", self.lumen)
        self._run_meetings()
        self.assertEqual(self._digests(self.carla).summary, "How did it end? Workshop")
        self.assertFalse(self._rows(self.visit).outcome_asked_date)
        self.assertTrue(self._rows(later).outcome_asked_date)

    def test_day_of_the_organiser(self):
        self.carla.tz, self.ben.tz = "Pacific/Auckland", "America/New_York"
        self._meet("Dinner", "2026-05-12 09:00", self.lumen, user=self.ben)
        self._run_meetings()
        days = [self._digests(user).date_deadline for user in (self.carla, self.ben)]
        self.assertEqual(days, [date(2026, 5, 13), date(2026, 5, 12)])

    def test_only_salespeople_are_asked(self):
        self._meet("Press", "2026-05-12 09:00", self.lumen, user=self.insider)
        self._run_meetings()
        self.assertFalse(self._digests(self.insider))

    def test_who_has_left_is_not_asked(self):
        self._meet("Farewell", "2026-05-12 09:00", self.lumen, user=self.ben)
        self.ben.active = False
        self._run_meetings()
        self.assertFalse(self._digests(self.ben))

    def test_list_of_the_organiser(self):
        """What the menu shows: own meetings, neither told nor skipped, of any company allowed."""
        company = self.env["res.company"].create({"name": "Oak Abroad"})
        lead = self._create_lead(self.nina, company_id=company.id, team_id=False, user_id=False)
        abroad = self._meet("Abroad", "2026-05-12 09:00", self.nina, opportunity_id=lead.id)
        self._run_meetings()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_interaction_action_untold"
        )
        rows = self._rows(self.visit) | self._rows(abroad)
        domain = [("calendar_event_id", "!=", False), ("outcome_id", "=", False)]
        self.assertEqual(literal_eval(action["domain"].strip()), domain)
        mine = self.interactions.with_user(self.carla)
        self.assertEqual(mine.search(domain) & rows, self._rows(self.visit))
        self.carla.company_ids += company
        both = mine.with_context(allowed_company_ids=self.carla.company_ids.ids)
        self.assertEqual(both.search(domain) & rows, rows)

    def test_statements_do_not_grow_with_meetings(self):
        def statements(count):
            for number in range(count):
                self._meet(f"Meeting {number}", "2026-05-12 09:00", self.lumen)
            query = self.env["calendar.event"]._query_held_meetings(
                fields.Datetime.now(), SQL("e.stop <= %s", fields.Datetime.now())
            )
            self.interactions._insert_captured(query)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            asked = self.interactions._find_unasked()
            asked.outcome_asked_date = date(2026, 5, 12)
            self.carla._refresh_outcome_digests()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        self._run_meetings()
        statements(1)
        self.assertEqual(statements(1), statements(30))
