from datetime import date, datetime, timedelta

from odoo.tests import tagged

from .common_rules import MORNING
from .test_rule_event import EventCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleEventTalk(EventCommon):
    """A call or meeting ended, and somebody told how."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.refused = cls.env.ref("crm_relationship.outcome_refused")
        cls.agreed = cls.env.ref("crm_relationship.outcome_agreed")

    def _create_talk_rule(self, model="crm.interaction", *actions, **vals):
        return self._create_event_rule(
            "interaction",
            *actions,
            **{
                "outcome_result": "failure",
                "model_id": self.env["ir.model"]._get_id(model),
                **vals,
            },
        )

    def _create_talk(self, told, outcome=None, days_before=0, **vals):
        """A meeting, and when it was told how it ended."""
        with self.freeze(told):
            return self._create_interaction(
                self.brandon,
                days_before,
                channel="meeting",
                outcome_id=(outcome or self.refused).id,
                **vals,
            )

    def test_a_failed_meeting_told_days_later_is_found_once(self):
        with self.freeze(MORNING - timedelta(days=6)):
            talk = self._create_interaction(self.brandon, channel="meeting")
        rule = self._create_talk_rule("res.partner")
        self._run(rule, MORNING - timedelta(hours=1))
        self.assertFalse(self._runs(rule))
        with self.freeze(MORNING):
            talk.outcome_id = self.refused
        for hours in range(3):
            self._run(rule, MORNING + timedelta(hours=hours))
        run = self._runs(rule)
        self.assertStates(run, "done")
        self.assertEqual((run.res_id, run.occurrence), (self.brandon.id, date(2027, 3, 4)))
        self.assertEqual(run.date_due, MORNING)
        self.assertIn("03/04/2027", self._tasks_of(self.brandon).note)

    def test_another_result_is_left_alone_and_without_one_all_count(self):
        self._create_talk(MORNING, self.agreed)
        rules = self._create_talk_rule("res.partner") + self._create_talk_rule(
            "res.partner", outcome_result=False
        )
        self._run(rules, MORNING)
        self.assertFalse(self._runs(rules[0]))
        self.assertStates(self._runs(rules[1]), "done")

    def test_on_the_lead_it_was_about(self):
        lead = self._create_lead(self.brandon)
        self._create_talk(MORNING)
        self._create_talk(MORNING, lead_id=lead.id)
        rule = self._create_talk_rule("crm.lead")
        self._run(rule, MORNING)
        self.assertEqual(self._runs(rule).res_id, lead.id)

    def test_told_before_the_rule_or_long_after_the_talk_is_past(self):
        self._create_talk(MORNING - timedelta(hours=1))
        self._create_talk(MORNING + timedelta(hours=1), days_before=31)
        rule = self._create_talk_rule("res.partner", date_start=MORNING)
        self._run(rule, MORNING + timedelta(hours=2))
        self.assertFalse(self._runs(rule))

    def test_a_private_talk_sets_off_nothing(self):
        self._create_talk(MORNING, is_private=True)
        rule = self._create_talk_rule("res.partner")
        self._run(rule, MORNING)
        self.assertFalse(self._runs(rule))

    def test_corrected_before_the_later_step(self):
        talk = self._create_talk(MORNING)
        rule = self._create_talk_rule("res.partner", self._task(delay=1))
        self._run(rule, MORNING)
        with self.freeze(MORNING + timedelta(hours=1)):
            talk.outcome_id = self.agreed
        self._run(rule, MORNING + timedelta(days=1))
        self.assertEqual(self._runs(rule).reason, "How it ended was corrected in the meantime")

    def test_a_talk_whose_day_is_corrected_is_the_same(self):
        talk = self._create_talk(MORNING)
        rule = self._create_talk_rule()
        rule._plan(MORNING)
        with self.freeze(MORNING + timedelta(hours=1)):
            talk.write({"date": MORNING - timedelta(days=1), "outcome_id": self.refused.id})
        rule._plan(MORNING + timedelta(hours=1))
        self.assertEqual(self._runs(rule).occurrence, date(2027, 3, 10))

    def test_what_was_put_off_did_not_end(self):
        activity = self.env["mail.activity"].create(
            {
                "res_model_id": self.env["ir.model"]._get_id("res.partner"),
                "res_id": self.brandon.id,
                "activity_type_id": self.env.ref("mail.mail_activity_data_call").id,
                "date_deadline": MORNING.date(),
                "user_id": self.ben.id,
            }
        )
        self._end_transaction()
        activity.with_user(self.ben).date_deadline = MORNING.date() + timedelta(days=3)
        row = self._history(self.brandon)
        self.assertTrue(row.outcome_id)
        self.assertFalse(row.outcome_date)


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleEventPromise(EventCommon):
    """A promise is due, or was given up. The promise is the record: two are two."""

    def _create_promise_rule(self, event="promise_due", *actions, **vals):
        return self._create_event_rule(
            event, *actions, model_id=self.env["ir.model"]._get_id("crm.promise"), **vals
        )

    def _promise(self, name="Send the samples", day=10, **vals):
        return self.env["crm.promise"].create(
            {
                "name": name,
                "partner_id": self.brandon.id,
                "user_id": self.ben.id,
                "date_due": date(2027, 3, day),
                **vals,
            }
        )

    def _plan(self, rule, now=MORNING):
        rule._plan(now)
        self.env.invalidate_all()
        return self._runs(rule)

    def test_two_promises_of_one_day_are_both_due_once(self):
        promises = self._promise() + self._promise("Call back")
        self._promise("Later", day=11)
        rule = self._create_promise_rule()
        self.assertFalse(self._plan(rule, MORNING - timedelta(hours=1)))
        for hours in range(3):
            runs = self._plan(rule, MORNING + timedelta(hours=hours))
        self.assertEqual(set(runs.mapped("res_id")), set(promises.ids))
        self.assertEqual(set(runs.mapped("date_due")), {datetime(2027, 3, 10, 9)})
        self.assertEqual(runs.partner_id, self.brandon)

    def test_the_hour_of_the_client(self):
        self._promise()
        # At UTC+13 it is 9 o'clock the evening before.
        self.brandon.tz = "Pacific/Tongatapu"
        rule = self._create_promise_rule()
        self.assertFalse(self._plan(rule, datetime(2027, 3, 9, 19, 59)))
        self.assertEqual(self._plan(rule, datetime(2027, 3, 9, 20)).occurrence, date(2027, 3, 10))

    def test_the_hour_of_a_client_far_behind(self):
        self._promise()
        self.brandon.tz = "Pacific/Pago_Pago"
        rule = self._create_promise_rule()
        self.assertFalse(self._plan(rule, datetime(2027, 3, 10, 19, 59)))
        self.assertEqual(self._plan(rule, datetime(2027, 3, 10, 20)).occurrence, date(2027, 3, 10))

    def test_moved_it_is_due_again_on_its_new_day(self):
        promise = self._promise()
        rule = self._create_promise_rule()
        self._plan(rule)
        promise.date_due = date(2027, 3, 12)
        self.assertEqual(
            rule._check_event_rows(self._runs(rule)),
            {self._runs(rule).id: "Moved to 03/12/2027"},
        )
        self._plan(rule, MORNING + timedelta(days=1))
        runs = self._plan(rule, MORNING + timedelta(days=2))
        self.assertEqual(runs.mapped("occurrence"), [date(2027, 3, 10), date(2027, 3, 12)])

    def test_kept_in_the_meantime(self):
        promise = self._promise()
        rule = self._create_promise_rule()
        run = self._plan(rule)
        promise.action_done()
        self.assertEqual(rule._check_event_rows(run), {run.id: "Done in the meantime"})
        promise.action_reopen()
        self.assertFalse(rule._check_event_rows(run))

    def test_given_up(self):
        promise, __ = self._promise(), self._promise("Another")
        rule = self._create_promise_rule("promise_broken")
        with self.freeze(MORNING):
            promise.action_break()
        self.assertFalse(self._plan(rule, MORNING - timedelta(hours=1)))
        run = self._plan(rule)
        self.assertEqual((run.res_id, run.date_due), (promise.id, MORNING))
        promise.action_reopen()
        self.assertFalse(promise.date_broken)
        self.assertEqual(rule._check_event_rows(run), {run.id: "Open again"})

    def test_what_was_due_before_the_rule_is_past(self):
        self._promise(day=9)
        rule = self._create_promise_rule(date_start=datetime(2027, 3, 9, 10))
        self.assertFalse(self._plan(rule))

    def test_a_secret_promise_is_not_named_in_the_task(self):
        with self.freeze(MORNING - timedelta(days=5)):
            talk = self._create_interaction(self.brandon, is_private=True)
        self._promise("Hide the scandal", interaction_id=talk.id)
        self._promise("Their plans", by="them")
        rule = self._create_promise_rule()
        runs = self._plan(rule)
        self.assertEqual(
            [rule._note_event(run) for run in runs],
            [
                "We promised: see the promise, due on 03/10/2027",
                "They promised: Their plans, due on 03/10/2027",
            ],
        )
