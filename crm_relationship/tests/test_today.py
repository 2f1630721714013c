from datetime import date

from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common_today import MONDAY, TodayCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestToday(TodayCommon):
    """What is on the list, each kind with its reason and its buttons."""

    @freeze_time(MONDAY)
    def test_nothing(self):
        today = self._get_today()
        self.assertEqual(
            {name: today[name] for name in ("rows", "total", "done", "more", "postponed")},
            {"rows": [], "total": 0, "done": 0, "more": 0, "postponed": 0},
        )
        self.assertEqual(today["date"], "2026-03-02")
        self.assertEqual(today["next"], {"date": "2026-03-03", "counts": []})
        self.assertNotIn("users", today)

    @freeze_time(MONDAY)
    def test_meeting(self):
        event = self._create_meeting(self.brandon, "2026-03-02 13:00:00", location="Showroom")
        self._create_meeting(self.brandon, "2026-03-03 08:00:00")
        self._create_meeting(self.anna.partner_id, "2026-03-02 14:00:00", name="Among ourselves")
        [row] = self._get_rows()
        self.assertEqual(row["key"], f"meeting:{event.id}")
        self.assertEqual(row["time"].replace("\u202f", " "), "2:00 PM")
        self.assertEqual(row["partner"], {"id": self.oak.id, "name": "Oak Interiors"})
        self.assertEqual(row["person"], "Brandon")
        self.assertEqual(row["reason"], "Showroom visit, Showroom")
        self.assertEqual(row["buttons"], ["brief"])
        action = self._act(event, "brief")
        self.assertEqual(action["tag"], "crm_relationship.briefing_dialog")

    def test_meeting_asks_how_it_ended(self):
        with freeze_time("2026-03-02 07:00:00"):
            event = self._create_meeting(self.brandon, "2026-03-02 08:00:00")
        with freeze_time("2026-03-02 09:30:00"):
            [row] = self._get_rows()
            self.assertEqual(row["reason"], "Showroom visit: how did it end?")
            self.assertEqual(row["buttons"], ["brief", "outcome"])
            action = self._act(event, "outcome")
            self.assertEqual(action["res_model"], "crm.interaction.log")
            event._capture_ended().outcome_id = self.env["crm.interaction.outcome"].search(
                [], limit=1
            )
            today = self._get_today()
            self.assertEqual(today["rows"], [])
            self.assertEqual((today["done"], today["total"]), (1, 1))

    @freeze_time(MONDAY)
    def test_meeting_declined_is_none(self):
        event = self._create_meeting(self.brandon, "2026-03-02 13:00:00", user=self.anna)
        event.partner_ids |= self.ben.partner_id
        self.assertEqual(self._get_keys(), [f"meeting:{event.id}"])
        attendee = event.attendee_ids.filtered(lambda a: a.partner_id == self.ben.partner_id)
        attendee.state = "declined"
        self.assertEqual(self._get_keys(), [])

    @freeze_time(MONDAY)
    def test_meeting_of_the_whole_day(self):
        event = self._create_meeting(
            self.brandon,
            "2026-03-02 08:00:00",
            allday=True,
            start_date="2026-03-02",
            stop_date="2026-03-02",
            name="Fair",
        )
        [row] = self._get_rows()
        self.assertEqual((row["key"], row["time"]), (f"meeting:{event.id}", False))

    @freeze_time(MONDAY)
    def test_waiting(self):
        inquiry = self._create_inquiry(self.brandon, "2026-03-02 07:00:00")
        self._create_inquiry(self.nina, "2026-03-02 08:00:00", subject="And the chairs?")
        self._create_inquiry(self.lumen, "2026-03-02 08:00:00", user_id=self.carla.id)
        [row] = self._get_rows()
        self.assertEqual(row["key"], f"waiting:{inquiry.id}")
        self.assertEqual(row["reason"], "waiting 2 h: Price of the desk? (and 1 more)")
        self.assertFalse(row["is_late"])
        self.assertEqual(row["buttons"], ["brief", "answer", "call", "no_answer", "postpone"])
        self.assertEqual(row["phone"], "+32 2 555 01 00")
        self.assertEqual(
            self._act(inquiry, "answer")["context"]["default_partner_ids"], self.brandon.ids
        )
        self._answer(self.nina, MONDAY)
        self.assertEqual(self._get_today()["done"], 1)
        self.assertEqual(self._get_keys(), [])

    @freeze_time(MONDAY)
    def test_waiting_without_a_word(self):
        self._create_inquiry(self.brandon, "2026-03-02 07:00:00", subject=False)
        self.assertEqual(self._get_reasons(), ["waiting 2 h: Email"])

    @freeze_time(MONDAY)
    def test_waiting_too_long(self):
        self._create_inquiry(
            self.brandon, "2026-03-02 06:00:00", response_deadline="2026-03-02 08:30:00"
        )
        [row] = self._get_rows()
        self.assertEqual(row["reason"], "waiting 3 h, 30 min late: Price of the desk?")
        self.assertTrue(row["is_late"])

    @freeze_time(MONDAY)
    def test_clients_of_a_company_that_is_not_ticked(self):
        """What is one's own is there, whoever of the clients may be read at the moment."""
        event = self._create_meeting(self.brandon, "2026-03-02 12:00:00")
        self._create_inquiry(self.brandon, "2026-03-02 08:00:00")
        self._create_promise(self.brandon, "2026-03-02")
        self.env["crm.complaint"].create(
            {"name": "Scratch", "partner_id": self.brandon.id, "user_id": self.ben.id}
        )
        self._create_activity(self.brandon, "2026-03-02")
        lead = self._create_lead(self.brandon, user_id=self.ben.id)
        self._create_activity(lead, "2026-03-02")
        self._create_lead(self.brandon, user_id=self.ben.id)
        self.env["crm.important.date"].create(
            {"partner_id": self.brandon.id, "month": 3, "day": 2}
            | {"kind_id": self.env.ref("crm_relationship.date_kind_birthday").id}
        )
        other = self.env["res.company"].create({"name": "Second"})
        self.env.flush_all()
        ids = (self.oak | self.brandon | self.nina).ids
        self.env.cr.execute(
            "UPDATE res_partner SET company_id = %s WHERE id = ANY(%s)", [other.id, ids]
        )
        rows = self._get_rows()
        self.assertFalse(self.brandon.with_user(self.ben).has_access("read"))
        self.assertEqual(
            [row["kind"] for row in rows],
            ["meeting", "waiting", "promise", "complaint", "activity", "activity", "next_step"],
        )
        self.assertEqual((rows[0]["name"], rows[0]["partner"]), ("Showroom visit", False))
        self.assertEqual(rows[0]["buttons"], ["open"])
        with freeze_time("2026-03-02 14:00:00"):
            self.assertEqual(self._get_rows()[0]["buttons"], ["open", "outcome"])
            self.assertEqual(self._act(event, "outcome")["res_model"], "crm.interaction.log")

    @freeze_time(MONDAY)
    def test_waiting_stranger(self):
        lead = self._create_lead(contact_name="Sam Stranger", email_from="sam@example.com")
        lead.activity_schedule("mail.mail_activity_data_todo", user_id=self.anna.id)
        inquiry = self.interactions.create(
            {
                "lead_id": lead.id,
                "date": "2026-03-02 08:00:00",
                "channel": "email",
                "direction": "in",
                "needs_reply": True,
                "subject": "Hello",
                "user_id": self.ben.id,
            }
        )
        [row] = self._get_rows()
        self.assertEqual((row["name"], row["partner"]), ("Sam Stranger", False))
        self.assertEqual(row["reason"], "waiting 1 h: Hello")
        self.assertEqual(row["buttons"], ["brief", "answer", "no_answer", "postpone"])
        action = self._act(inquiry, "brief")
        self.assertEqual(action["params"]["records"][0]["resModel"], "crm.lead")

    @freeze_time(MONDAY)
    def test_promises(self):
        late = self._create_promise(self.brandon, "2026-03-01")
        today = self._create_promise(self.lumen, "2026-03-02", by="them", name="send the plans")
        self._create_promise(self.nina, "2026-03-03")
        self._create_promise(self.nina, "2026-03-01", user_id=self.carla.id)
        rows = self._get_rows()
        self.assertEqual(
            [(row["key"], row["reason"], row["is_late"]) for row in rows],
            [
                (f"promise:{late.id}", "late 1 day: send a sample", True),
                (f"promise:{today.id}", "today: they promised: send the plans", False),
            ],
        )
        self.assertIs(self._act(late, "done"), True)
        self.assertEqual(late.state, "late")
        self.assertEqual(self._get_today()["done"], 1)
        self.env["crm.today"].with_user(self.ben).undo(f"promise:{late.id}")
        self.assertEqual(late.state, "open")
        self.assertEqual(len(self._get_rows()), 2)

    @freeze_time(MONDAY)
    def test_complaints(self):
        complaints = self.env["crm.complaint"]
        vals = {"user_id": self.ben.id, "partner_id": self.brandon.id, "date_open": MONDAY}
        late, soon = complaints.create(
            [
                {**vals, "name": "Scratched desk", "date_deadline": "2026-02-27"},
                {**vals, "name": "Wrong colour", "date_deadline": "2026-03-05"},
            ]
        )
        complaints.create({**vals, "name": "Done", "date_deadline": MONDAY, "state": "cancelled"})
        rows = self._get_rows()
        self.assertEqual(
            [(row["key"], row["reason"]) for row in rows],
            [
                (f"complaint:{late.id}", "late 3 days: Scratched desk"),
                (f"complaint:{soon.id}", "promised for Mar 5: Wrong colour"),
            ],
        )
        soon.date_deadline = "2026-03-03"
        self.assertEqual(self._get_rows()[1]["reason"], "promised for tomorrow: Wrong colour")
        self.assertEqual(self._act(late, "open")["res_id"], late.id)

    @freeze_time(MONDAY)
    def test_days_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.ben.lang = "fr_FR"
        self.env["crm.complaint"].create(
            {
                "name": "Wrong colour",
                "user_id": self.ben.id,
                "partner_id": self.brandon.id,
                "date_open": MONDAY,
                "date_deadline": "2026-04-09",
            }
        )
        today = self.env["crm.today"].with_user(self.ben).with_context(lang="fr_FR", tz=None)
        [row] = today.get_today()["rows"]
        self.assertEqual(row["reason"], "promised for 9 avr.: Wrong colour")

    def test_who_was_told_today_how_a_complaint_goes_on(self):
        with freeze_time("2026-02-20 09:00:00"):
            vals = {"user_id": self.ben.id, "partner_id": self.brandon.id}
            complaints = self.env["crm.complaint"].create(
                [
                    {**vals, "name": "Scratch", "date_deadline": "2026-03-02"},
                    {**vals, "name": "Colour", "date_deadline": "2026-03-05"},
                ]
            )
        keys = [self._key(complaint) for complaint in complaints]
        mail = {"direction": "out", "channel": "email", "user_id": self.ben.id}
        with freeze_time(MONDAY):
            self._create_interaction(self.nina, **mail, is_attempt=True)
            self._create_interaction(self.nina, **mail | {"direction": "in"})
            self._create_interaction(self.nina, **mail | {"user_id": self.anna.id})
            self.assertEqual(self._get_keys(), keys)
            self._create_interaction(self.nina, **mail)
            new = self.env["crm.complaint"].create({**vals, "name": "And now this"})
            new.date_open = "2026-03-02 09:30:00"
            self.assertEqual(self._get_keys(), [keys[0], self._key(new)])
        with freeze_time("2026-03-03 09:00:00"):
            self.assertEqual(set(self._get_keys()), {*keys, self._key(new)})

    @freeze_time(MONDAY)
    def test_complaint_is_answered_first(self):
        self.status_key.response_hours = 8
        self.oak.relationship_status_id = self.status_key
        complaint = self.env["crm.complaint"].create(
            {
                "name": "Scratched desk",
                "user_id": self.ben.id,
                "partner_id": self.brandon.id,
                "date_open": "2026-03-02 08:00:00",
                "date_deadline": "2026-03-06",
            }
        )
        for moment, reason, is_late in (
            ("2026-03-02 09:00:00", "to be answered by tomorrow: Scratched desk", False),
            ("2026-03-03 09:00:00", "to be answered by today: Scratched desk", False),
            ("2026-03-05 09:00:00", "not answered, late 2 days: Scratched desk", True),
        ):
            with freeze_time(moment):
                [row] = self._get_rows()
                self.assertEqual((row["reason"], row["is_late"]), (reason, is_late))
        complaint.date_acknowledged = "2026-03-03 10:00:00"
        with freeze_time("2026-03-05 09:00:00"):
            [row] = self._get_rows()
            self.assertEqual(row["reason"], "promised for tomorrow: Scratched desk")

    @freeze_time(MONDAY)
    def test_who_complains_is_spoken_to_by_somebody_who_knows(self):
        self._create_promise(self.lumen, "2026-03-02")
        event = self._create_meeting(self.nina, "2026-03-02 10:00:00", user=self.carla)
        complaint = self.env["crm.complaint"].create(
            {
                "name": "Scratched desk",
                "user_id": self.ben.id,
                "partner_id": self.brandon.id,
                "resolution": "A new one is on its way",
            }
        )
        [row] = self._get_rows(self.carla)
        self.assertEqual(row["key"], self._key(event))
        self.assertIn("Scratched desk", row["complaint"])
        self.assertIn("A new one is on its way", row["complaint"])
        self.assertEqual(
            {row["key"]: "complaint" in row for row in self._get_rows()},
            {
                self._key(complaint): False,
                self._key(
                    self.env["crm.promise"].search([("partner_id", "=", self.lumen.id)])
                ): False,
            },
        )

    @freeze_time(MONDAY)
    def test_activities(self):
        lead = self._create_lead(self.brandon)
        late = self._create_activity(lead, "2026-02-28")
        today = self._create_activity(self.lumen, "2026-03-02", summary="Thank them")
        said = self._create_activity(self.lumen, "2026-03-02", summary="To-do of Lucy")
        self._create_activity(self.lumen, "2026-03-03")
        self._create_activity(self.lumen, "2026-03-01", user_id=self.carla.id)
        rows = self._get_rows()
        self.assertEqual(
            [(row["key"], row["name"], row["reason"]) for row in rows],
            [
                (f"activity:{late.id}", "Oak Interiors", "late 2 days: To-Do: Look it up"),
                (f"activity:{today.id}", "Lucy Lumen", "today: To-Do: Thank them"),
                (f"activity:{said.id}", "Lucy Lumen", "today: To-do of Lucy"),
            ],
        )
        self.assertIs(self._act(late, "done"), True)
        self.assertFalse(late.active)
        self.assertEqual(self._act(today, "open")["res_id"], self.lumen.id)

    @freeze_time(MONDAY)
    def test_activity_without_a_document(self):
        activity = self.env["mail.activity"].create(
            {
                "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                "summary": "Order business cards",
                "date_deadline": "2026-03-01",
                "user_id": self.ben.id,
            }
        )
        [row] = self._get_rows()
        self.assertEqual(row["buttons"], ["done", "postpone"])
        self._postpone(row["key"], "2026-03-03")
        self.assertEqual(str(activity.date_deadline), "2026-03-03")
        self.env["crm.today"].with_user(self.ben).undo(row["key"])
        self.assertIs(self._act(activity, "done"), True)
        self.assertEqual(self._get_rows(), [])

    @freeze_time("2026-03-02 09:30:00")
    def test_the_reminder_of_a_meeting_on_the_list_is_not_there_besides(self):
        event = self._create_meeting(self.brandon, "2026-03-02 08:00:00")
        reminder = self.env["mail.activity"].create(
            {
                "activity_type_id": self.env.ref("crm_relationship.mail_activity_type_outcome").id,
                "summary": "How did it end?",
                "date_deadline": "2026-03-02",
                "user_id": self.ben.id,
            }
        )
        event._capture_ended()
        self.assertEqual(self._get_keys(), [f"meeting:{event.id}"])
        self._create_meeting(self.lumen, "2026-02-27 08:00:00")._capture_ended()
        self.assertEqual(self._get_keys(), [f"meeting:{event.id}", f"activity:{reminder.id}"])

    @freeze_time(MONDAY)
    def test_planned_call_asks_how_it_ended(self):
        call = self._create_activity(self.oak, "2026-03-02", kind="mail.mail_activity_data_call")
        self.assertEqual(self._act(call, "done")["res_model"], "crm.interaction.log")
        self.assertTrue(call.active)
        action = self._act(call, "call")
        self.assertEqual(action["params"]["phone"], "+32 2 555 01 00")
        self.assertEqual(action["params"]["next"]["context"]["default_activity_id"], call.id)

    @freeze_time(MONDAY)
    def test_due(self):
        self._let_be_due(self.oak, "2026-02-20", "2026-02-27", last="2026-01-20 09:00:00")
        self._let_be_due(self.lumen, "2026-03-02", last="2026-01-31 10:00:00")
        other = self.oak.copy({"name": "Of Carla"})
        self._let_be_due(other, "2026-02-20")
        other.user_id = self.carla
        rows = self._get_rows()
        rhythm = self.status_regular.cadence_days
        self.assertEqual(
            [(row["name"], row["reason"], row["is_late"]) for row in rows],
            [
                ("Oak Interiors", f"Regular, no contact for 41 days, rhythm {rhythm} days", True),
                ("Lucy Lumen", f"Regular, no contact for 30 days, rhythm {rhythm} days", False),
            ],
        )
        self.oak.contact_rhythm_days = 20
        self.assertEqual(
            self._get_reasons()[0],
            f"Regular, usually every 20 days, now 41, rhythm {rhythm} days",
        )
        self.assertEqual(rows[0]["buttons"], ["brief", "call", "log", "plan", "postpone"])
        self._create_interaction(self.brandon)
        self.assertEqual([row["name"] for row in self._get_rows()], ["Lucy Lumen"])
        self.assertEqual(self._get_today()["done"], 1)

    @freeze_time(MONDAY)
    def test_attempt_leaves_a_client_due(self):
        self._let_be_due(self.oak, "2026-02-20", last="2026-01-20 09:00:00")
        self._create_interaction(self.oak, is_attempt=True, direction="out")
        self.assertEqual([row["kind"] for row in self._get_rows()], ["due"])

    @freeze_time(MONDAY)
    def test_deal_without_next_step(self):
        small = self._create_lead(self.oak, name="Chairs", expected_revenue=100)
        large = self._create_lead(self.lumen, expected_revenue=8400)
        planned = self._create_lead(self.lumen, name="Planned")
        self._create_activity(planned, "2026-03-20", user_id=self.carla.id)
        met = self._create_lead(self.lumen, name="To be met")
        self._create_meeting(self.lumen, "2026-03-10 09:00:00", opportunity_id=met.id)
        self._create_lead(self.lumen, name="Lost").action_set_lost()
        self._create_lead(self.lumen, name="Of Carla", user_id=self.carla.id)
        rows = self._get_rows()
        self.assertEqual([row["res_id"] for row in rows], [large.id, small.id])
        stage = large.stage_id.name
        self.assertRegex(
            rows[0]["reason"], rf"^Desks for the showroom, .*8,400.* in {stage}, no next step$"
        )
        self.assertEqual(self._act(large, "plan")["context"]["active_ids"], large.ids)
        self._create_activity(large, "2026-03-09")
        self.assertEqual(self._get_keys(), [f"next_step:{small.id}"])

    @freeze_time(MONDAY)
    def test_who_may_look(self):
        self._create_promise(self.brandon, "2026-03-01")
        of_carla = self._create_promise(self.lumen, "2026-03-01", user_id=self.carla.id)
        self.assertEqual(self._get_keys(self.carla), [f"promise:{of_carla.id}"])
        today = self._get_today(self.anna, user_id=self.carla.id)
        self.assertEqual([row["key"] for row in today["rows"]], [f"promise:{of_carla.id}"])
        self.assertEqual(today["rows"][0]["buttons"], ["brief"])
        self.assertFalse(today["is_own"])
        self.assertIn({"id": self.ben.id, "name": self.ben.name}, today["users"])
        self.assertEqual(self._get_keys(self.anna), [])
        with self.assertRaisesRegex(AccessError, "Only sales managers"):
            self._get_today(self.ben, user_id=self.carla.id)
        with self.assertRaisesRegex(AccessError, "Today is for salespeople"):
            self._get_today(self.insider)
        with self.assertRaises(AccessError):
            self._act(of_carla, "done", user=self.insider)

    @freeze_time(MONDAY)
    def test_looking_at_anothers_day_is_not_seeing_it(self):
        promise = self._create_promise(self.lumen, "2026-03-01", user_id=self.carla.id)
        self._get_today(self.anna, user_id=self.carla.id)
        promise.action_done()
        self.assertEqual(self._get_today(self.carla)["done"], 0)

    def test_the_day_of_another_time_zone(self):
        """At eleven in the evening in Brussels it is tomorrow in Auckland."""
        self._create_promise(self.oak, date(2026, 3, 3))
        with freeze_time("2026-03-02 22:30:00"):
            self.assertEqual(self._get_today()["date"], "2026-03-02")
            self.assertEqual(self._get_keys(), [])
            self.ben.tz = "Pacific/Auckland"
            self.assertEqual(self._get_today()["date"], "2026-03-03")
            self.assertEqual(self._get_reasons(), ["today: send a sample"])
            event = self._create_meeting(self.oak, "2026-03-03 10:30:00")
            row = self._get_rows()[0]
            self.assertEqual(row["key"], f"meeting:{event.id}")
            self.assertEqual(row["time"].replace("\u202f", " "), "11:30 PM")
            event.start, event.stop = "2026-03-03 11:30:00", "2026-03-03 12:30:00"
            self.assertEqual([row["kind"] for row in self._get_rows()], ["promise"])

    @freeze_time(MONDAY)
    def test_two_companies(self):
        """What belongs to a company that is not chosen is not on the list."""
        other = self.env["res.company"].create({"name": "Other"})
        self.ben.company_ids |= other
        self._let_be_due(self.lumen, "2026-02-20")
        self._create_promise(self.oak, "2026-03-01")
        (self.oak | self.lumen).company_id = other
        today = self.env["crm.today"].with_user(self.ben).with_context(tz=None)
        for companies, kinds in (
            (self.env.company, []),
            (self.env.company | other, ["promise", "due"]),
        ):
            rows = today.with_context(allowed_company_ids=companies.ids).get_today()["rows"]
            self.assertEqual([row["kind"] for row in rows], kinds)
