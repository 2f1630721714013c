from freezegun import freeze_time

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_today import MONDAY, TodayCommon

TUESDAY = "2026-03-03 09:00:00"


@tagged("crm_relationship", "post_install", "-at_install")
class TestTodayPostpone(TodayCommon):
    """Not today, with a reason; and taking back."""

    def setUp(self):
        super().setUp()
        self.postponements = self.env["crm.today.postponement"]

    def _find(self, key):
        return self.postponements.search([("key", "=", key), ("user_id", "=", self.ben.id)])

    @freeze_time(MONDAY)
    def test_put_off_until_its_day(self):
        promise = self._create_promise(self.brandon, "2026-03-01")
        key = f"promise:{promise.id}"
        self.assertEqual(self._get_keys(), [key])
        self._postpone(key, "2026-03-04", reason="absent", note="back on Wednesday")
        today = self._get_today()
        counts = [today[name] for name in ("rows", "done", "total", "postponed")]
        self.assertEqual(counts, [[], 0, 0, 1])
        row = self._find(key)
        self.assertEqual((row.partner_id, row.count), (self.brandon, 1))
        self.assertEqual(row.reason, "Nobody there: back on Wednesday")
        self.assertEqual(str(promise.date_due), "2026-03-01")
        with freeze_time("2026-03-03 09:00:00"):
            self.assertEqual(self._get_keys(), [])
        with freeze_time("2026-03-04 09:00:00"):
            self.assertEqual(self._get_reasons(), ["late 3 days: send a sample"])

    @freeze_time(MONDAY)
    def test_three_times_and_the_manager_sees_it(self):
        promise = self._create_promise(self.brandon, "2026-03-01")
        key = f"promise:{promise.id}"
        for day in (2, 3, 4):
            with freeze_time(f"2026-03-0{day} 09:00:00"):
                self.assertEqual(self._get_keys(), [key])
                self._postpone(key, f"2026-03-0{day + 1}")
        rows = self.postponements.with_user(self.anna).search(
            [("count", ">=", 3), ("user_id", "=", self.ben.id)]
        )
        self.assertEqual((rows.key, rows.user_id, rows.reason), (key, self.ben, "No time today"))
        self.assertFalse(self.postponements.with_user(self.carla).search([("key", "=", key)]))
        self.assertTrue(self.postponements.with_user(self.ben).search([("key", "=", key)]))
        with self.assertRaises(AccessError):
            rows.with_user(self.ben).count = 1
        with self.assertRaises(AccessError):
            self.postponements.with_user(self.insider).search([])

    @freeze_time(MONDAY)
    def test_who_writes_anew_is_there_again(self):
        inquiry = self._create_inquiry(self.oak, "2026-03-02 07:00:00", user_id=self.ben.id)
        self._create_inquiry(self.oak, "2026-03-02 08:00:00", user_id=self.ben.id)
        self._postpone(f"waiting:{inquiry.id}", "2026-03-09")
        self.assertEqual(self._get_keys(), [])
        # The moment of a row is the clock of the database, which nothing freezes.
        self.env.cr.execute("UPDATE crm_today_postponement SET write_date = %s", [MONDAY])
        with freeze_time(TUESDAY):
            self.assertEqual(self._get_keys(), [])
            new = self._create_inquiry(self.oak, "2026-03-03 08:00:00", user_id=self.ben.id)
            self.assertEqual(self._get_keys(), [f"waiting:{new.id}"])

    @freeze_time(MONDAY)
    def test_two_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        promise = self._create_promise(self.brandon, "2026-03-01")
        self._postpone(f"promise:{promise.id}", "2026-03-04")
        (self.oak | self.brandon | self.nina).company_id = other
        seen = self.postponements.with_user(self.anna)
        self.assertFalse(seen.search([("key", "=", f"promise:{promise.id}")]))

    @freeze_time(MONDAY)
    def test_activity_moves_along_and_back(self):
        activity = self._create_activity(self.oak, "2026-03-01")
        key = f"activity:{activity.id}"
        self._get_today()
        self._postpone(key, "2026-03-05")
        self.assertEqual(str(activity.date_deadline), "2026-03-05")
        self.assertEqual(self._get_today()["done"], 0)
        self.env["crm.today"].with_user(self.ben).undo(key)
        self.assertEqual(str(activity.date_deadline), "2026-03-01")
        self.assertFalse(self._find(key))
        self.assertEqual(self._get_keys(), [key])

    @freeze_time(MONDAY)
    def test_who_is_called_later_is_not_due_now(self):
        self._let_be_due(self.oak, "2026-02-20")
        call = self._create_activity(
            self.brandon, "2026-03-01", kind="mail.mail_activity_data_call"
        )
        self.assertEqual([row["kind"] for row in self._get_rows()], ["activity"])
        self._postpone(f"activity:{call.id}", "2026-03-05")
        self.assertEqual(self._get_rows(), [])

    @freeze_time(MONDAY)
    def test_promise_moves_if_the_client_agrees(self):
        promise = self._create_promise(self.oak, "2026-03-01")
        key = f"promise:{promise.id}"
        self._postpone(key, "2026-03-05", is_agreed=True)
        self.assertEqual(str(promise.date_due), "2026-03-05")
        self.assertEqual(str(promise.activity_id.date_deadline), "2026-03-05")
        self.env["crm.today"].with_user(self.ben).undo(key)
        self.assertEqual(str(promise.date_due), "2026-03-01")

    @freeze_time(MONDAY)
    def test_undo_of_the_second_time_leaves_the_first(self):
        self._let_be_due(self.oak, "2026-02-20")
        [key] = self._get_keys()
        self._postpone(key, "2026-03-03")
        with freeze_time(TUESDAY):
            self._postpone(key, "2026-03-06")
            self.assertEqual(self._find(key).count, 2)
            self.env["crm.today"].with_user(self.ben).undo(key)
            self.assertEqual(self._find(key).count, 1)
            self.assertEqual(self._get_keys(), [key])

    @freeze_time(MONDAY)
    def test_undo_of_an_activity_done(self):
        activity = self._create_activity(self.oak, "2026-03-01")
        key = f"activity:{activity.id}"
        self._get_today()
        before = self.oak.message_ids
        self.assertIs(self._act(key, "done"), True)
        self.assertFalse(activity.active)
        self.assertEqual(len(self.oak.message_ids - before), 1)
        self.assertEqual(self._get_today()["done"], 1)
        self.env["crm.today"].with_user(self.ben).undo(key)
        self.assertTrue(activity.active)
        self.assertFalse(activity.date_done)
        self.assertEqual(self.oak.message_ids, before)
        self.assertEqual(self._get_keys(), [key])

    @freeze_time(MONDAY)
    def test_only_to_a_later_day(self):
        promise = self._create_promise(self.oak, "2026-03-01")
        with self.assertRaisesRegex(UserError, "There Again On"):
            self._postpone(f"promise:{promise.id}", "2026-03-02")

    @freeze_time(MONDAY)
    def test_next_working_day_is_proposed(self):
        dialog = self.env["crm.today.postpone"].with_user(self.ben)
        self.assertEqual(str(dialog.new({"key": "due:1"}).date_until), "2026-03-03")
        with freeze_time("2026-03-06 09:00:00"):
            self.assertEqual(str(dialog.new({"key": "due:1"}).date_until), "2026-03-09")

    @freeze_time(MONDAY)
    def test_what_is_gone(self):
        promise = self._create_promise(self.oak, "2026-03-01")
        key = f"promise:{promise.id}"
        promise.unlink()
        for gone in (key, "promise:x", "nothing:1", ""):
            with self.assertRaisesRegex(UserError, "not there any more"):
                self._act(gone, "done")
        with self.assertRaisesRegex(UserError, "no button"):
            self._act(self._create_promise(self.oak, "2026-03-01"), "unlink")

    @freeze_time(MONDAY)
    def test_of_others_no_deeds(self):
        lead = self._create_lead(self.oak, user_id=self.ben.id)
        for button in ("done", "postpone", "plan", "brief", "open"):
            with self.assertRaises(AccessError):
                self._act(lead, button, user=self.carla)

    def test_forgotten_after_a_month(self):
        with freeze_time(MONDAY):
            promise = self._create_promise(self.oak, "2026-03-01")
            key = f"promise:{promise.id}"
            self._get_today()
            self._postpone(key, "2026-03-05")
        with freeze_time("2026-04-04 09:00:00"):
            self.postponements._gc_forgotten()
            self.assertTrue(self._find(key))
            self.env["crm.today.line"]._gc_past()
            self.assertFalse(self.env["crm.today.line"].search([("user_id", "=", self.ben.id)]))
        with freeze_time("2026-04-06 09:00:00"):
            self.postponements._gc_forgotten()
            self.assertFalse(self._find(key))

    @freeze_time(MONDAY)
    def test_merged_and_erased(self):
        promise = self._create_promise(self.lumen, "2026-03-01")
        key = f"promise:{promise.id}"
        self._postpone(key, "2026-03-05", reason="other", note="Lucy is ill")
        twin = self.env["res.partner"].create({"name": "L. Lumen", "email": self.lumen.email})
        self.env["base.partner.merge.automatic.wizard"].create({})._merge(
            (self.lumen | twin).ids, twin
        )
        self.assertEqual(self._find(key).partner_id, twin)
        twin._erase_personal_data()
        self.assertEqual(self._find(key).reason, "Erased")
