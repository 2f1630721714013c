from odoo import Command, fields
from odoo.tests import tagged

from .common_briefing import BriefingCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestBriefing(BriefingCommon):
    """What `get_briefing` says, section by section."""

    def test_nothing_known_is_left_out(self):
        briefing = self._brief(self.lumen)
        self.assertEqual(
            briefing,
            {
                "id": self.lumen.id,
                "name": "Lucy Lumen",
                "client": {"id": self.lumen.id, "name": "Lucy Lumen"},
                "complaints": [],
                "waiting": [],
                "promises": [],
                "deals": [],
                "deal_count": 0,
                "planned": [],
                "planned_count": 0,
                "dates": [],
                "notes": [],
                "playbooks": [],
                "preferences": [],
                "known_by": [],
                "hidden": 0,
            },
        )

    def test_no_contact_no_briefing(self):
        self.assertEqual(self.env["res.partner"].get_briefing(), [])

    def test_one_dict_each_in_order(self):
        contacts = self.nina | self.lumen | self.brandon
        briefings = contacts.with_user(self.carla).get_briefing()
        self.assertEqual([briefing["id"] for briefing in briefings], contacts.ids)
        self.assertEqual(briefings[0]["client"], {"id": self.oak.id, "name": "Oak Interiors"})

    def test_status_and_what_it_obliges_to(self):
        self.status_regular.write({"guidance": "Call first.", "color": 0})
        self.oak.relationship_status_id = self.status_regular
        self.oak.relationship_status_date = self._moment(days=-10)
        self.assertEqual(
            self._brief(self.brandon)["status"],
            {
                "id": self.status_regular.id,
                "name": "Regular",
                "kind": "regular",
                "color": 0,
                "since": fields.Datetime.to_string(self._moment(days=-10)),
                "guidance": "Call first.",
                "cadence_days": 30,
                "cadence_max_days": 45,
                "response_hours": 4.0,
            },
        )

    def test_own_rhythm_goes_before_that_of_the_status(self):
        self.oak.write({"relationship_status_id": self.status_regular.id, "keep_in_touch_days": 7})
        self._create_interaction(self.brandon, days_ago=8)
        briefing = self._brief(self.oak)
        self.assertEqual(briefing["status"]["cadence_days"], 7)
        due = self._moment(days=-1).date()
        self.assertEqual(
            briefing["cadence"],
            {"days": 7, "date": fields.Date.to_string(due), "state": "due"},
        )

    def test_cadence_is_live_and_a_pause_is_told(self):
        self.oak.relationship_status_id = self.status_key
        self._create_interaction(self.brandon, days_ago=60)
        self.assertEqual(self._brief(self.oak)["cadence"]["state"], "overdue")
        self._create_interaction(self.nina)
        self.assertEqual(self._brief(self.oak)["cadence"]["state"], "ok")
        self.oak.keep_in_touch_pause_until = self._day(90)
        cadence = self._brief(self.oak)["cadence"]
        self.assertEqual(cadence["pause_until"], fields.Date.to_string(self._day(90)))
        self.assertEqual(cadence["date"], cadence["pause_until"])

    def test_last_contact_as_it_was_logged(self):
        call = self._create_interaction(
            self.brandon,
            days_ago=12,
            direction="in",
            purpose_id=self.purpose.id,
            offered="12 oak desks",
            outcome_id=self.think.id,
            summary="Asks the partner first",
        )
        self._create_interaction(self.brandon, days_ago=3, is_attempt=True)
        self.assertEqual(
            self._brief(self.oak)["last_contact"],
            {
                "id": call.id,
                "date": fields.Datetime.to_string(call.date),
                "channel": "phone",
                "channel_name": "Phone",
                "direction": "in",
                "is_hidden": False,
                "user": {"id": self.ben.id, "name": self.ben.name},
                "contact": {"id": self.brandon.id, "name": "Brandon"},
                "purpose": "New order",
                "offered": "12 oak desks",
                "outcome": "Must think",
                "result": "neutral",
                "summary": "Asks the partner first",
            },
        )

    def test_history_of_a_person_is_told_with_that_of_the_company(self):
        self._create_interaction(self.nina, days_ago=1, subject="To Nina")
        self._create_interaction(self.lumen, subject="Of another client")
        for contact in (self.oak, self.brandon, self.nina):
            self.assertEqual(self._brief(contact)["last_contact"]["subject"], "To Nina")

    def test_waiting_until_anybody_answers(self):
        call = self._create_interaction(self.nina, days_ago=5)
        inquiry = self._create_interaction(
            self.brandon, days_ago=2, direction="in", needs_reply=True, subject="Price of the desk?"
        )
        briefing = self._brief(self.oak)
        [waiting] = briefing["waiting"]
        self.assertEqual(waiting["id"], inquiry.id)
        self.assertEqual(waiting["subject"], "Price of the desk?")
        self.assertEqual(briefing["last_contact"]["id"], call.id)
        self._create_interaction(self.nina, days_ago=1, is_attempt=True)
        self.assertTrue(self._brief(self.oak)["waiting"])
        answer = self._create_interaction(self.nina)
        self.assertFalse(inquiry.reply_id, "the answer is not linked yet")
        briefing = self._brief(self.oak)
        self.assertEqual(briefing["waiting"], [])
        self.assertEqual(briefing["last_contact"]["id"], answer.id)

    def test_waiting_tells_by_when_an_answer_was_promised(self):
        inquiry = self._create_interaction(
            self.brandon, days_ago=1, direction="in", needs_reply=True
        )
        self.assertNotIn("deadline", self._brief(self.oak)["waiting"][0])
        inquiry.response_deadline = self._moment(hours=2)
        [waiting] = self._brief(self.oak)["waiting"]
        self.assertEqual(waiting["deadline"], fields.Datetime.to_string(self._moment(hours=2)))

    def test_text_of_a_mail_stays_in_the_mail(self):
        message = self.lumen.with_user(self.ben).message_post(
            body="Here is our offer",
            message_type="comment",
            partner_ids=self.lumen.ids,
            subtype_xmlid="mail.mt_comment",
        )
        self._end_transaction()
        last = self._brief(self.lumen)["last_contact"]
        self.assertEqual(last["preview"], "Here is our offer")
        # sudo: as Odoo's own editor; accounting lets nobody else write a message
        message.sudo().body = "Here is our better offer"
        self.assertEqual(
            self._brief(self.lumen)["last_contact"]["preview"], "Here is our better offer"
        )

    def test_promises_open_on_both_sides(self):
        ours, theirs, kept = self.env["crm.promise"].create(
            [
                {
                    "name": "Send a sample",
                    "partner_id": self.brandon.id,
                    "date_due": self._day(2),
                    "user_id": self.ben.id,
                },
                {
                    "name": "Send the plan",
                    "by": "them",
                    "partner_id": self.oak.id,
                    "date_due": self._day(-1),
                    "user_id": False,
                },
                {"name": "Kept", "partner_id": self.oak.id, "state": "kept"},
            ]
        )
        self.assertEqual(
            self._brief(self.nina)["promises"],
            [
                {
                    "id": theirs.id,
                    "by": "them",
                    "name": "Send the plan",
                    "date": fields.Date.to_string(self._day(-1)),
                    "is_late": True,
                },
                {
                    "id": ours.id,
                    "by": "us",
                    "name": "Send a sample",
                    "date": fields.Date.to_string(self._day(2)),
                    "is_late": False,
                    "user": {"id": self.ben.id, "name": self.ben.name},
                },
            ],
        )
        self.assertEqual(kept.state, "kept")

    def test_open_deals_largest_first(self):
        small = self._create_lead(self.oak, expected_revenue=100, user_id=self.carla.id)
        large = self._create_lead(self.brandon, expected_revenue=900, user_id=self.carla.id)
        lost = self._create_lead(self.brandon, user_id=self.carla.id)
        lost.action_set_lost()
        briefing = self._brief(self.nina)
        self.assertEqual([deal["id"] for deal in briefing["deals"]], [large.id, small.id])
        self.assertEqual(
            briefing["deals"][0],
            {
                "id": large.id,
                "name": "Desks for the showroom",
                "type": "opportunity",
                "stage": {"id": large.stage_id.id, "name": large.stage_id.name},
                "revenue": 900.0,
                "currency_id": self.env.company.currency_id.id,
                "user": {"id": self.carla.id, "name": self.carla.name},
            },
        )

    def test_next_step_of_a_deal_is_its_first_activity_or_meeting(self):
        deal = self._create_lead(self.brandon, user_id=self.carla.id)
        self.assertNotIn("next_step", self._brief(self.oak)["deals"][0])
        deal.activity_schedule(
            "mail.mail_activity_data_call", self._day(9), "Later", user_id=self.ben.id
        )
        call = deal.activity_schedule(
            "mail.mail_activity_data_call", self._day(3), "Ask", user_id=self.ben.id
        )
        step = self._brief(self.oak)["deals"][0]["next_step"]
        self.assertEqual((step["kind"], step["id"], step["name"]), ("activity", call.id, "Ask"))
        self.assertEqual(step["date"], fields.Date.to_string(self._day(3)))
        meeting = self.env["calendar.event"].create(
            {
                "name": "Showroom",
                "start": self._moment(days=1),
                "stop": self._moment(days=1, hours=1),
                "opportunity_id": deal.id,
                "user_id": self.carla.id,
            }
        )
        step = self._brief(self.oak)["deals"][0]["next_step"]
        self.assertEqual((step["kind"], step["id"]), ("meeting", meeting.id))

    def test_many_deals_are_counted(self):
        for __ in range(7):
            self._create_lead(self.oak, user_id=self.carla.id)
        briefing = self._brief(self.oak)
        self.assertEqual((len(briefing["deals"]), briefing["deal_count"]), (5, 7))

    def test_a_promise_is_not_told_twice(self):
        lead = self._create_lead(self.brandon, user_id=self.ben.id)
        promise = self.env["crm.promise"].create(
            {
                "name": "Send a sample",
                "partner_id": self.brandon.id,
                "interaction_id": self._create_interaction(self.brandon, lead_id=lead.id).id,
                "date_due": self._day(2),
                "user_id": self.ben.id,
            }
        )
        briefing = self._brief(self.brandon, self.ben)
        self.assertEqual([item["name"] for item in briefing["promises"]], ["Send a sample"])
        self.assertEqual((briefing["planned"], briefing["planned_count"]), ([], 0))
        # It is the next step of its deal all the same.
        self.assertEqual(briefing["deals"][0]["next_step"]["id"], promise.activity_id.id)

    def test_planned_activities_and_meetings_in_order(self):
        deal = self._create_lead(self.brandon, user_id=self.carla.id)
        call = self.oak.activity_schedule(
            "mail.mail_activity_data_call", self._day(3), "Ask", user_id=self.ben.id
        )
        todo = deal.activity_schedule(
            "mail.mail_activity_data_todo", self._day(-2), "Draw", user_id=self.carla.id
        )
        meeting = self.env["calendar.event"].create(
            {
                "name": "Showroom",
                "start": self._moment(days=1),
                "stop": self._moment(days=1, hours=1),
                "partner_ids": [Command.set([self.nina.id, self.carla.partner_id.id])],
                "user_id": self.carla.id,
            }
        )
        briefing = self._brief(self.oak)
        self.assertEqual(
            [(item["kind"], item["id"], item["is_late"]) for item in briefing["planned"]],
            [
                ("activity", todo.id, True),
                ("meeting", meeting.id, False),
                ("activity", call.id, False),
            ],
        )
        self.assertEqual(briefing["planned"][1]["date"], fields.Datetime.to_string(meeting.start))
        self.assertEqual(briefing["planned"][2]["name"], "Ask")

    def test_next_meeting_is_told_behind_many_activities(self):
        for days in range(6):
            self.oak.activity_schedule("mail.mail_activity_data_todo", self._day(days))
        meeting = self.env["calendar.event"].create(
            {
                "name": "Showroom",
                "start": self._moment(days=20),
                "stop": self._moment(days=20, hours=1),
                "partner_ids": [Command.set([self.nina.id])],
                "user_id": self.carla.id,
            }
        )
        briefing = self._brief(self.oak)
        self.assertEqual((len(briefing["planned"]), briefing["planned_count"]), (5, 7))
        self.assertEqual(briefing["planned"][-1]["id"], meeting.id)

    def test_activity_of_a_meeting_is_told_once(self):
        event = self.env["calendar.event"].create(
            {
                "name": "Showroom",
                "start": self._moment(days=1),
                "stop": self._moment(days=1, hours=1),
                "partner_ids": [Command.set([self.lumen.id])],
                "user_id": self.ben.id,
            }
        )
        self.lumen.activity_schedule(
            "mail.mail_activity_data_meeting", self._day(1), calendar_event_id=event.id
        )
        self.assertEqual([item["kind"] for item in self._brief(self.lumen)["planned"]], ["meeting"])

    def test_dates_of_the_next_month_else_the_next_one(self):
        far = self._add_date(self.brandon, 100, year=self.today.year - 50)
        self.assertEqual([item["id"] for item in self._brief(self.oak)["dates"]], [far.id])
        near = self._add_date(self.nina, 20)
        today = self._add_date(self.oak, 0)
        dates = self._brief(self.oak)["dates"]
        self.assertEqual([item["id"] for item in dates], [today.id, near.id])
        self.assertEqual(dates[1]["contact"], {"id": self.nina.id, "name": "Nina"})
        self.assertNotIn("turns", dates[1])

    def test_where_they_came_from(self):
        source = self.env["utm.source"].create({"name": "Banner"})
        self.oak.write(
            {
                "acquisition_date": "2025-05-02",
                "acquisition_source_id": source.id,
                "referrer_id": self.lumen.id,
            }
        )
        self.env["crm.source.cost"].create(
            {
                "source_id": source.id,
                "amount": 30,
                "date_from": "2025-05-01",
                "date_to": "2025-05-30",
            }
        )
        self._create_lead(self.oak, source_id=source.id)
        origin = {
            "date": "2025-05-02",
            "source": {"id": source.id, "name": "Banner"},
            "referrer": {"id": self.lumen.id, "name": "Lucy Lumen"},
        }
        self.assertEqual(self._brief(self.brandon, self.carla)["origin"], origin)
        cost = {"cost": 30.0, "currency_id": self.env.company.currency_id.id}
        self.assertEqual(self._brief(self.brandon, self.anna)["origin"], {**origin, **cost})

    def test_own_note_goes_before_that_of_the_company(self):
        self.oak.comment = "<p>Park behind the house</p>"
        self.brandon.comment = "<p>Golf, dog <b>Rex</b></p>"
        self.assertEqual(
            [note["contact"]["name"] for note in self._brief(self.oak)["notes"]],
            ["Oak Interiors", "Brandon"],
        )
        notes = self._brief(self.brandon)["notes"]
        self.assertEqual([note["contact"]["name"] for note in notes], ["Brandon", "Oak Interiors"])
        self.assertIn("Rex", notes[0]["text"])

    def test_colleagues_who_know_them(self):
        for days_ago in (1, 20, 500):
            self._create_interaction(self.oak, days_ago=days_ago)
        self._create_interaction(self.oak, days_ago=3, user_id=self.anna.id)
        self._create_interaction(self.oak, days_ago=3, user_id=self.anna.id, is_attempt=True)
        self.assertEqual(
            self._brief(self.nina)["known_by"],
            [
                {"id": self.ben.id, "name": self.ben.name, "count": 2},
                {"id": self.anna.id, "name": self.anna.name, "count": 1},
            ],
        )

    def test_lead_tells_of_its_client(self):
        lead = self._create_lead(self.brandon, user_id=self.carla.id)
        self._create_interaction(self.nina, subject="To Nina")
        briefing = self._brief(lead)
        self.assertEqual(briefing["id"], self.brandon.id)
        self.assertEqual(briefing["last_contact"]["subject"], "To Nina")

    def test_lead_of_a_stranger_tells_who_waits(self):
        lead = self._create_lead(
            user_id=self.carla.id, contact_name="Toni", email_from="toni@example.org"
        )
        inquiry = self.interactions.create(
            {
                "lead_id": lead.id,
                "channel": "website",
                "direction": "in",
                "needs_reply": True,
                "user_id": self.carla.id,
                "subject": "Do you deliver?",
            }
        )
        briefing = self._brief(lead)
        self.assertEqual((briefing["id"], briefing["name"]), (0, "Toni"))
        self.assertEqual(briefing["email"], "toni@example.org")
        self.assertNotIn("client", briefing)
        self.assertEqual(briefing["waiting"][0]["id"], inquiry.id)
        self.assertEqual(briefing["waiting"][0]["lead"]["id"], lead.id)

    def test_found_by_phone_and_mail(self):
        self.env.company.country_id = self.env.ref("base.be")
        self.brandon.phone = "0456 00 11 22"
        partners = self.env["res.partner"].with_user(self.carla)
        self.assertEqual(partners.find_by_phone("+32 456 001122"), self.brandon)
        self.assertEqual(partners.find_by_phone("0456/00.11.22"), self.brandon)
        self.assertFalse(partners.find_by_phone(""))
        self.assertEqual(partners.find_by_email("Nina <NINA@oak.example.com>"), self.nina)
        self.assertFalse(partners.find_by_email("nobody"))
