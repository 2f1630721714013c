from datetime import date, timedelta

from odoo import fields
from odoo.tests import freeze_time, tagged

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestPromiseActivity(RelationshipCommon):
    """A promise and the activity that reminds of it are one thing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.context_today(cls.oak)
        cls.later = cls.today + timedelta(days=3)
        cls.promises = cls.env["crm.promise"]

    def _promise(self, user=None, **vals):
        user = user or self.carla
        return self.promises.with_user(user).create(
            {
                "name": "Send a sample",
                "partner_id": self.oak.id,
                "date_due": self.later,
                **vals,
            }
        )

    def test_open_promise_is_to_be_done(self):
        ours, theirs = self._promise(), self._promise(self.anna, by="them", user_id=self.ben.id)
        self.assertRecordValues(
            (ours | theirs).activity_id,
            [
                {
                    "res_model": "res.partner",
                    "res_id": self.oak.id,
                    "summary": "Send a sample",
                    "date_deadline": self.later,
                    "user_id": self.carla.id,
                },
                {
                    "res_model": "res.partner",
                    "res_id": self.oak.id,
                    "summary": "They promised: Send a sample",
                    "date_deadline": self.later,
                    "user_id": self.ben.id,
                },
            ],
        )

    def test_on_the_lead_it_was_made_about(self):
        lead = self._create_lead(self.brandon, user_id=self.carla.id)
        talk = self._create_interaction(self.brandon, lead_id=lead.id, user_id=self.carla.id)
        promise = self._promise(interaction_id=talk.id, partner_id=self.brandon.id)
        self.assertEqual(lead.activity_ids, promise.activity_id)
        self.assertFalse(self.brandon.activity_ids)

    def test_activity_tells_no_more_than_the_talk(self):
        talk = self._create_interaction(self.oak, is_private=True)
        promise = self._promise(self.ben, interaction_id=talk.id, name="Settle the divorce")
        self.assertEqual(promise.activity_id.summary, "We promised: see the promise")
        self.assertNotIn("divorce", str(self.oak.with_user(self.carla).get_briefing()))
        promise.by = "them"
        self.assertEqual(promise.activity_id.summary, "They promised: see the promise")
        talk.is_private = False
        self.assertEqual(promise.activity_id.summary, "They promised: Settle the divorce")
        talk.is_private = True
        self.assertEqual(promise.activity_id.summary, "They promised: see the promise")

    def test_activity_of_a_deleted_lead_of_a_colleague_does_not_tell(self):
        lead = self._create_lead(self.oak, user_id=self.ben.id)
        talk = self._create_interaction(self.oak, lead_id=lead.id)
        promise = self._promise(self.ben, interaction_id=talk.id)
        self.assertEqual(lead.activity_ids.summary, "Send a sample")
        lead.with_user(self.anna).unlink()
        self.assertEqual(self.oak.activity_ids, promise.activity_id)
        self.assertEqual(promise.activity_id.summary, "We promised: see the promise")
        promise.date_due = self.today
        self.assertEqual(promise.activity_id.summary, "We promised: see the promise")

    def test_closed_from_the_start_it_is_nothing_to_do(self):
        kept = self._promise(state="kept", date_done=self.today)
        nobody = self._promise(user=self.anna, user_id=False)
        self.assertFalse((kept | nobody).activity_id)
        nobody.user_id = self.ben
        self.assertEqual(nobody.activity_id.user_id, self.ben)

    def test_done_activity_keeps_the_promise(self):
        on_time, late = self._promise(), self._promise(date_due=self.today - timedelta(days=1))
        (on_time | late).activity_id.with_user(self.carla).action_done()
        self.assertEqual((on_time.state, late.state), ("kept", "late"))
        self.assertEqual((on_time | late).mapped("date_done"), [self.today] * 2)
        self.assertFalse(self._history(self.oak), "a promise is no contact by itself")

    def test_kept_promise_closes_the_activity(self):
        promise = self._promise()
        promise.action_done()
        self.assertRecordValues(promise.activity_id, [{"active": False, "state": "done"}])
        self.assertEqual(len(self.oak.message_ids.filtered("mail_activity_type_id")), 1)
        self.assertEqual(promise.state, "kept")

    def test_broken_promise_takes_its_activity_away(self):
        promise = self._promise()
        activity = promise.activity_id
        promise.action_break()
        self.assertFalse(activity.exists())
        self.assertEqual(promise.state, "broken")

    def test_moved_on_either_side(self):
        promise = self._promise()
        promise.date_due = self.later + timedelta(days=1)
        self.assertEqual(promise.activity_id.date_deadline, promise.date_due)
        promise.activity_id.with_user(self.carla).date_deadline = self.today
        self.assertEqual(promise.date_due, self.today)
        self.assertEqual(promise.state, "open")

    def test_handed_over_on_either_side(self):
        promise = self._promise()
        promise.activity_id.with_user(self.carla).user_id = self.ben
        self.assertEqual(promise.user_id, self.ben)
        promise.with_user(self.anna).user_id = self.carla
        self.assertEqual(promise.activity_id.user_id, self.carla)

    def test_reopened_it_is_to_be_done_again(self):
        kept, broken = self._promise(), self._promise()
        done = kept.activity_id
        kept.action_done()
        broken.action_break()
        (kept | broken).action_reopen()
        self.assertEqual((kept | broken).mapped("state"), ["open", "open"])
        self.assertEqual((kept | broken).activity_id, self.oak.activity_ids)
        self.assertEqual(len(self.oak.activity_ids), 2)
        self.assertNotIn(done, self.oak.activity_ids)

    def test_cancelled_activity_leaves_the_promise_open(self):
        promise = self._promise()
        promise.activity_id.with_user(self.carla).action_cancel()
        self.assertEqual((promise.state, promise.activity_id.id), ("open", False))
        promise.date_due = self.today
        self.assertEqual(promise.activity_id.date_deadline, self.today, "moved: planned anew")

    def test_deleted_promise_leaves_nothing_to_do(self):
        promise = self._promise()
        promise.with_user(self.anna).unlink()
        self.assertFalse(self.oak.activity_ids)

    def test_colleague_closes_the_activity(self):
        promise = self._promise(user_id=self.carla.id)
        promise.activity_id.with_user(self.anna).action_done()
        self.assertEqual(promise.state, "kept")

    def test_move_asks_for_the_day(self):
        promise = self._promise()
        action = promise.action_move()
        self.assertEqual((action["res_id"], action["target"]), (promise.id, "new"))
        self.env["crm.promise"].get_view(action["views"][0][0], "form")

    @freeze_time("2026-05-12 22:30:00")
    def test_day_of_who_keeps_it(self):
        """At 22:30 in London the promise of the 12th is kept; in Brussels it is the 13th."""
        due = {"date_due": date(2026, 5, 12)}
        self.carla.tz, self.ben.tz = "Europe/London", "Europe/Brussels"
        london, brussels = self._promise(**due), self._promise(self.ben, **due)
        for promise, user in ((london, self.carla), (brussels, self.ben)):
            promise.activity_id.with_user(user).with_context(tz=user.tz).action_done()
        self.assertEqual((london.state, brussels.state), ("kept", "late"))
        self.assertEqual(brussels.date_done, date(2026, 5, 13))

    def test_statements_of_sets(self):
        def vals(count):
            return [
                {"name": f"Step {n}", "partner_id": self.oak.id, "user_id": self.carla.id}
                for n in range(count)
            ]

        def statements(work):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            work()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        promises = self.promises.with_user(self.anna)
        promises.create(vals(2))
        made = [statements(lambda n=n: promises.create(vals(n))) for n in (2, 30)]
        self.assertEqual(made[0], made[1])
        mine = self.promises.search([("partner_id", "=", self.oak.id)], order="id")
        moved = [
            statements(lambda some=some: some.write({"date_due": self.later}))
            for some in (mine[:2], mine[2:])
        ]
        self.assertLessEqual(moved[1] - moved[0], 0)
        broken = [
            statements(lambda some=some: some.action_break()) for some in (mine[:2], mine[2:])
        ]
        self.assertLessEqual(broken[1] - broken[0], 0)
