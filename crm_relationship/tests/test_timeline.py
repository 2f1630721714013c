from datetime import datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from ..models.history import crm_interaction_timeline
from .common_briefing import BriefingCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestTimeline(BriefingCommon):
    """Pages of the history of a client, newest first."""

    def _read(self, record, user=None, **kwargs):
        self.env.flush_all()
        self.env.invalidate_all()
        return record.with_user(user or self.carla).get_timeline(**kwargs)

    def _subjects(self, record, user=None, **filters):
        rows = self._read(record, user, filters=filters)["rows"]
        return [row.get("subject") for row in rows]

    def test_all_people_of_a_company_newest_first(self):
        self._create_interaction(self.nina, days_ago=2, subject="To Nina")
        self._create_interaction(self.oak, days_ago=3, subject="To the company")
        self._create_interaction(self.brandon, days_ago=1, subject="To Brandon")
        self._create_interaction(self.lumen, subject="Of another client")
        expected = ["To Brandon", "To Nina", "To the company"]
        for contact in (self.oak, self.brandon):
            self.assertEqual(self._subjects(contact), expected)
        self.assertEqual(self._subjects(self.nina, is_own=True), ["To Nina"])

    def test_a_row_says_what_the_briefing_says(self):
        self._create_interaction(
            self.brandon,
            days_ago=12,
            direction="in",
            purpose_id=self.purpose.id,
            offered="12 oak desks",
            outcome_id=self.think.id,
            summary="Asks the partner first",
        )
        [row] = self._read(self.oak)["rows"]
        self.assertEqual(row, self._brief(self.oak)["last_contact"])

    def test_pages_meet_without_gap_whatever_comes_meanwhile(self):
        # Several at the very same moment: the id decides.
        moment = self._moment(days=-5)
        rows = self.interactions.create(
            [{"partner_id": self.oak.id, "date": moment, "subject": str(i)} for i in range(7)]
        )
        first = self._read(self.oak, limit=3)
        self._create_interaction(self.oak, subject="New")
        second = self._read(self.oak, limit=3, before=first["before"])
        third = self._read(self.oak, limit=3, before=second["before"])
        self.assertFalse(third["before"])
        seen = [row["id"] for page in (first, second, third) for row in page["rows"]]
        self.assertEqual(seen, rows.ids[::-1])

    def test_pages_meet_at_fractions_of_a_second(self):
        rows = self.interactions.create(
            [{"partner_id": self.oak.id, "date": "2026-01-05 10:00:00"} for __ in range(3)]
        )
        self.env.flush_all()
        for number, row in enumerate(rows):
            self.env.cr.execute(
                "UPDATE crm_interaction SET date = %s WHERE id = %s",
                (datetime(2026, 1, 5, 10, 0, 0, 900 - number), row.id),
            )
        first = self._read(self.oak, limit=1)
        second = self._read(self.oak, limit=2, before=first["before"])
        seen = [row["id"] for page in (first, second) for row in page["rows"]]
        self.assertEqual(seen, rows.ids)

    def test_filters_on_facts(self):
        self._create_interaction(self.oak, days_ago=1, subject="Call of Ben")
        self._create_interaction(
            self.oak, days_ago=2, subject="Mail of Anna", channel="email", user_id=self.anna.id
        )
        self._create_interaction(self.oak, days_ago=3, subject="They called", direction="in")
        self._create_interaction(self.oak, days_ago=4, subject="No answer", is_attempt=True)
        for expected, filters in (
            (["Mail of Anna"], {"channels": ["email"]}),
            (["Mail of Anna"], {"channels": ["email", "letter"]}),
            (["Mail of Anna"], {"channels": "email"}),
            (["They called"], {"direction": "in"}),
            (["Mail of Anna"], {"user_id": self.anna.id}),
            (["Call of Ben", "Mail of Anna", "They called"], {"is_contact": True}),
            (["No answer"], {"channels": ["phone"], "date_to": self._day(-4)}),
        ):
            self.assertEqual(self._subjects(self.oak, **filters), expected, filters)

    @freeze_time("2026-03-10 09:00:00")
    def test_days_are_those_of_the_caller(self):
        for hour, subject in ((5, "Late on the 8th in New York"), (22, "On the 9th for both")):
            self.interactions.create(
                {
                    "partner_id": self.oak.id,
                    "date": datetime(2026, 3, 9, 0) + timedelta(hours=hour - 2),
                    "subject": subject,
                }
            )
        self.ben.tz, self.carla.tz = "America/New_York", "Europe/Brussels"
        period = {"date_from": "2026-03-09", "date_to": "2026-03-09"}
        self.assertEqual(self._subjects(self.oak, self.ben, **period), ["On the 9th for both"])
        self.assertEqual(
            self._subjects(self.oak, self.carla, **period),
            ["On the 9th for both", "Late on the 8th in New York"],
        )

    def test_search_in_what_is_written_on_the_row_and_in_its_mail(self):
        self._create_interaction(self.oak, days_ago=1, subject="Price of 100% oak")
        self._create_interaction(self.oak, days_ago=2, offered="100 oak desks")
        message = self.oak.message_post(
            body="Text", subject="About 100% OAK", message_type="comment"
        )
        self._create_interaction(self.oak, days_ago=3, message_id=message.id)
        found = self._subjects(self.oak, search="100% oak")
        self.assertEqual(found, ["Price of 100% oak", "About 100% OAK"])
        self.assertEqual(self._subjects(self.oak, search="nothing like it"), [])

    def test_wrong_filters_are_named(self):
        for filters, name in (
            ({"color": 1}, "color"),
            ({"channels": ["pigeon"]}, "pigeon"),
            ({"channels": "pigeon"}, "pigeon"),
            ({"direction": "up"}, "up"),
            ({"user_id": "Ben"}, "user_id"),
            ({"date_from": "yesterday"}, "yesterday"),
        ):
            with self.assertRaisesRegex(UserError, name):
                self._read(self.oak, filters=filters)
        for before in ({"date": "2026-01-01"}, {"date": "x", "id": 1}, [1]):
            with self.assertRaisesRegex(UserError, "Before"):
                self._read(self.oak, before=before)

    def test_a_page_has_a_bound(self):
        self.patch(crm_interaction_timeline, "PAGE_SIZE_MAX", 2)
        for days_ago in range(4):
            self._create_interaction(self.oak, days_ago=days_ago)
        self.assertEqual(len(self._read(self.oak, limit=10**6)["rows"]), 2)
        self.assertEqual(len(self._read(self.oak, limit=-1)["rows"]), 1)

    def test_lead_tells_of_its_client_or_of_itself(self):
        lead = self._create_lead(self.brandon, user_id=self.carla.id)
        stranger = self._create_lead(user_id=self.carla.id, contact_name="Toni")
        self._create_interaction(self.nina, days_ago=1, subject="To Nina")
        self._create_interaction(self.brandon, days_ago=2, lead_id=lead.id, subject="On the lead")
        self.interactions.create({"lead_id": stranger.id, "subject": "To Toni"})
        self.assertEqual(self._subjects(lead), ["To Nina", "On the lead"])
        self.assertEqual(self._subjects(lead, is_own=True), ["On the lead"])
        for filters in ({}, {"is_own": True}):
            self.assertEqual(self._subjects(stranger, **filters), ["To Toni"])


@tagged("crm_relationship", "post_install", "-at_install")
class TestTimelineAccess(BriefingCommon):
    """Facts for all salespeople, texts by Odoo's ordinary rights."""

    def _read(self, record, user, **filters):
        self.env.flush_all()
        self.env.invalidate_all()
        return record.with_user(user).get_timeline(filters=filters)["rows"]

    def test_outside_sales_it_is_refused(self):
        for record in (self.oak, self._create_lead(self.oak), self._create_lead()):
            with self.assertRaises(AccessError):
                self._read(record, self.insider)

    def test_private_row_gives_facts_only(self):
        row = self._create_interaction(
            self.brandon,
            is_private=True,
            subject="A secret",
            summary="A secret",
            outcome_id=self.think.id,
        )
        self.assertEqual(
            self._read(self.oak, self.carla),
            [
                {
                    "date": row.date.isoformat(" "),
                    "channel": "phone",
                    "channel_name": "Phone",
                    "direction": "out",
                    "is_hidden": True,
                    "outcome": "Must think",
                    "result": "neutral",
                    "user": {"id": self.ben.id, "name": self.ben.name},
                }
            ],
        )
        for user in (self.ben, self.anna):
            [told] = self._read(self.oak, user)
            self.assertEqual((told["id"], told["summary"]), (row.id, "A secret"))

    def test_filters_on_texts_do_not_betray_hidden_rows(self):
        lead = self._create_lead(self.brandon, user_id=self.ben.id)
        self._create_interaction(self.brandon, is_private=True, subject="A secret")
        self._create_interaction(self.brandon, lead_id=lead.id, subject="A secret deal")
        self.assertEqual(len(self._read(self.brandon, self.carla)), 2)
        self.assertEqual(self._read(self.brandon, self.carla, search="secret"), [])
        self.assertEqual(self._read(self.brandon, self.carla, is_own=True), [])
        self.assertEqual(len(self._read(self.brandon, self.ben, search="secret")), 2)

    def test_subject_of_a_mail_is_searched_by_who_may_read_it(self):
        lead = self._create_lead(self.oak, user_id=self.ben.id)
        message = lead.message_post(body="Text", subject="Only for Ben", message_type="comment")
        self._create_interaction(
            self.oak, user_id=self.carla.id, lead_id=lead.id, message_id=message.id
        )
        self.assertEqual(self._read(self.oak, self.carla, search="only for"), [])
        self.assertEqual(len(self._read(self.oak, self.ben, search="only for")), 1)

    def test_other_company_is_left_out(self):
        other = self.env["res.company"].create({"name": "Second company"})
        self._create_interaction(self.oak, subject="In the other", company_id=other.id)
        self.assertEqual(self._read(self.oak, self.ben), [])
        self.ben.company_ids += other
        both = [self.env.company.id, other.id]
        oak = self.oak.with_context(allowed_company_ids=both)
        self.assertEqual(self._read(oak, self.ben)[0]["subject"], "In the other")
        self.lumen.company_id = other
        with self.assertRaises(AccessError):
            self._read(self.lumen, self.carla)

    def test_statements_do_not_grow_with_the_rows(self):
        def count(limit):
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            rows = self.oak.with_user(self.carla).get_timeline(limit=limit)["rows"]
            self.assertEqual(len(rows), limit)
            return self.env.cr.sql_log_count - start

        for number in range(50):
            lead = self._create_lead(self.brandon, user_id=self.carla.id)
            message = lead.message_post(body="Text", message_type="comment")
            self._create_interaction(
                self.brandon,
                lead_id=lead.id,
                message_id=message.id,
                purpose_id=self.purpose.id,
                outcome_id=self.think.id,
                is_private=number % 2,
            )
        count(50)
        counts = [count(limit) for limit in (2, 10, 50)]
        self.assertEqual(len(set(counts)), 1, counts)
        self.assertLessEqual(counts[0], 20)


@tagged("crm_relationship", "post_install", "-at_install")
class TestTimelineOrigin(BriefingCommon):
    """Each row opens what it is of."""

    def _open(self, row, user=None):
        action = row.with_user(user or self.carla).action_open_event()
        return action["res_model"], action["res_id"], action["context"]

    def test_call_opens_itself(self):
        row = self._create_interaction(self.oak)
        self.assertEqual(self._open(row), ("crm.interaction", row.id, {}))

    def test_meeting_opens_the_calendar(self):
        event = self.env["calendar.event"].create(
            {
                "name": "Showroom",
                "start": self._moment(days=-1),
                "stop": self._moment(days=-1, hours=1),
                "partner_ids": [Command.set(self.nina.ids)],
            }
        )
        row = self._create_interaction(self.nina, calendar_event_id=event.id)
        self.assertEqual(self._open(row), ("calendar.event", event.id, {}))

    def test_mail_opens_its_document_at_the_mail_for_who_may_read_it(self):
        lead = self._create_lead(self.oak, user_id=self.ben.id)
        message = lead.message_post(body="Text", message_type="comment")
        row = self._create_interaction(
            self.oak, user_id=self.carla.id, lead_id=lead.id, message_id=message.id
        )
        context = {"highlight_message_id": message.id}
        self.assertEqual(self._open(row, self.ben), ("crm.lead", lead.id, context))
        self.assertEqual(self._open(row, self.carla)[:2], ("crm.interaction", row.id))

    def test_activity_opens_its_document(self):
        activity = self.oak.activity_schedule("mail.mail_activity_data_call", self.today)
        row = self._create_interaction(
            self.oak, activity_id=activity.id, res_model="res.partner", res_id=self.oak.id
        )
        self.assertEqual(self._open(row), ("res.partner", self.oak.id, {}))

    def test_document_that_is_gone_opens_the_row(self):
        row = self._create_interaction(self.oak, res_model="crm.lead", res_id=0)
        self.assertEqual(self._open(row)[:2], ("crm.interaction", row.id))
