from freezegun import freeze_time

from odoo.tests import tagged

from .common_today import MONDAY, TodayCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestTodayOrder(TodayCommon):
    """What comes first, how much is a day's, and that one thing is there once."""

    @freeze_time(MONDAY)
    def test_order_of_kinds(self):
        partners = self.env["res.partner"].create(
            [{"name": f"Client {number}", "user_id": self.ben.id} for number in range(8)]
        )
        due_client, deal_client, *others = partners
        self._create_meeting(others[0], "2026-03-02 15:00:00", name="Later")
        self._create_meeting(others[0], "2026-03-02 10:00:00", name="Sooner")
        self._create_promise(others[1], "2026-03-01")
        self._create_inquiry(
            others[2], "2026-02-27 08:00:00", response_deadline="2026-02-27 15:00:00"
        )
        self._create_inquiry(others[3], "2026-03-02 08:00:00")
        self._create_promise(others[4], "2026-03-02")
        self._create_activity(others[5], "2026-02-20")
        self._let_be_due(due_client, "2026-02-01", last="2026-01-01 09:00:00")
        self._create_lead(deal_client)
        self.assertEqual(
            [(row["kind"], row["is_late"]) for row in self._get_rows()],
            [
                ("meeting", False),
                ("meeting", False),
                ("waiting", True),
                ("promise", True),
                ("waiting", False),
                ("promise", False),
                ("activity", True),
                ("due", False),
                ("next_step", False),
            ],
        )
        self.assertTrue(self._get_reasons()[0].startswith("Sooner"))

    @freeze_time(MONDAY)
    def test_equally_late_the_more_valuable_first(self):
        self._create_promise(self.oak, "2026-03-01", name="cheap")
        self._create_promise(self.lumen, "2026-03-01", name="dear")
        self._create_promise(self.lumen, "2026-02-28", name="latest")
        self.lumen.purchase_value = 500
        reasons = ["late 2 days: latest", "late 1 day: dear", "late 1 day: cheap"]
        self.assertEqual(self._get_reasons(), reasons)
        self.oak.purchase_value = 900
        self.assertEqual(self._get_reasons(), [reasons[0], reasons[2], reasons[1]])

    @freeze_time(MONDAY)
    def test_due_by_their_own_rhythm(self):
        """Ten days late are more for who is seen every week than for who is every quarter."""
        self.status_dormant.cadence_days, self.status_key.cadence_days = 90, 14
        self._let_be_due(self.oak, "2026-02-20", status=self.status_dormant)
        self._let_be_due(self.lumen, "2026-02-20", status=self.status_key)
        names = ["Lucy Lumen", "Oak Interiors"]
        self.assertEqual([row["name"] for row in self._get_rows()], names)
        self.status_dormant.cadence_days, self.status_key.cadence_days = 14, 90
        self._let_be_due(self.oak, "2026-02-20", status=self.status_dormant)
        self._let_be_due(self.lumen, "2026-02-20", status=self.status_key)
        self.assertEqual([row["name"] for row in self._get_rows()], names[::-1])

    @freeze_time(MONDAY)
    def test_due_and_deals_take_turns(self):
        clients = self.env["res.partner"].create(
            [{"name": f"Client {number}", "user_id": self.ben.id} for number in range(3)]
        )
        for client in clients:
            self._let_be_due(client, "2026-02-20")
        for number in range(2):
            self._create_lead(self.lumen, name=f"Deal {number}", expected_revenue=number)
        kinds = [row["kind"] for row in self._get_rows()]
        self.assertEqual(kinds, ["due", "next_step", "due", "next_step", "due"])

    @freeze_time(MONDAY)
    def test_capacity(self):
        self.env.company.today_capacity = 3
        promises = [
            self._create_promise(self.oak, "2026-03-02", name=f"thing {number}")
            for number in range(5)
        ]
        today = self._get_today()
        self.assertEqual([row["res_id"] for row in today["rows"]], [p.id for p in promises[:3]])
        counts = ("total", "done", "more", "capacity")
        self.assertEqual([today[name] for name in counts], [3, 0, 2, 3])
        promises[0].action_done()
        today = self._get_today()
        self.assertEqual([row["res_id"] for row in today["rows"]], [p.id for p in promises[1:3]])
        self.assertEqual([today[name] for name in counts], [3, 1, 2, 3])
        self.assertEqual(len(self._get_rows(limit=10)), 4)
        (promises[1] | promises[2]).action_done()
        today = self._get_today()
        self.assertEqual([today[name] for name in counts], [3, 3, 2, 3])
        self.assertEqual(today["rows"], [])
        self.assertIn("next", today)

    @freeze_time(MONDAY)
    def test_who_waits_comes_on_top_of_a_full_day(self):
        self.env.company.today_capacity = 1
        promise = self._create_promise(self.oak, "2026-03-02")
        self._create_promise(self.oak, "2026-03-02")
        self._get_today()
        promise.action_done()
        self.assertEqual(self._get_rows(), [])
        inquiry = self._create_inquiry(self.lumen, "2026-03-02 08:30:00")
        self.assertEqual(self._get_keys(), [f"waiting:{inquiry.id}"])

    @freeze_time(MONDAY)
    def test_promise_and_its_activity_are_one(self):
        promise = self._create_promise(self.oak, "2026-03-01")
        self.assertTrue(promise.activity_id)
        self.assertEqual(self._get_keys(), [f"promise:{promise.id}"])

    @freeze_time(MONDAY)
    def test_inquiry_and_its_task_are_one(self):
        inquiry = self._create_inquiry(self.oak, "2026-03-02 08:00:00")
        inquiry._make_follow_ups({inquiry.id: self.ben})
        self.assertTrue(inquiry.reply_activity_id)
        self.assertEqual(self._get_keys(), [f"waiting:{inquiry.id}"])

    @freeze_time(MONDAY)
    def test_the_task_to_answer_a_colleagues_inquiry_is_seen(self):
        inquiry = self._create_inquiry(self.oak, "2026-03-02 08:00:00", user_id=self.ben.id)
        inquiry._make_follow_ups({inquiry.id: self.carla})
        self.assertEqual(self._get_keys(), [f"waiting:{inquiry.id}"])
        task = inquiry.reply_activity_id
        self.assertEqual(self._get_keys(self.carla), [f"activity:{task.id}"])

    @freeze_time(MONDAY)
    def test_complaint_and_its_activity_are_one(self):
        complaint = self.env["crm.complaint"].create(
            {"name": "Scratch", "partner_id": self.oak.id, "user_id": self.ben.id}
        )
        self._create_activity(complaint, "2026-03-02")
        self.assertEqual(self._get_keys(), [f"complaint:{complaint.id}"])
        complaint.user_id = self.carla
        self.assertEqual([row["kind"] for row in self._get_rows()], ["activity"])

    @freeze_time(MONDAY)
    def test_meeting_and_its_activity_are_one(self):
        event = self._create_meeting(self.oak, "2026-03-02 10:00:00")
        activity = self._create_activity(
            self.oak, "2026-03-02", kind="mail.mail_activity_data_meeting"
        )
        activity.calendar_event_id = event
        self.assertEqual(self._get_keys(), [f"meeting:{event.id}"])

    @freeze_time(MONDAY)
    def test_who_is_met_is_not_due(self):
        self._let_be_due(self.oak, "2026-02-20")
        self.assertEqual([row["kind"] for row in self._get_rows()], ["due"])
        self._create_meeting(self.brandon, "2026-03-02 10:00:00")
        self.assertEqual([row["kind"] for row in self._get_rows()], ["meeting"])

    @freeze_time("2026-02-27 09:00:00")
    def test_next_working_day_when_nothing_is_left(self):
        self._create_meeting(self.oak, "2026-03-02 10:00:00")
        self._create_promise(self.lumen, "2026-03-01")
        self._create_promise(self.lumen, "2026-03-02")
        today = self._get_today()
        self.assertEqual(today["rows"], [])
        self.assertEqual(
            today["next"],
            {
                "date": "2026-03-02",
                "counts": [
                    {"kind": "meeting", "label": "Meeting", "count": 1},
                    {"kind": "promise", "label": "Promise", "count": 2},
                ],
            },
        )
