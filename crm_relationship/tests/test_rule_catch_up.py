from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon

DAY = timedelta(days=1)


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleCatchUp(RuleCommon):
    """After downtime people are told what was missed, and what became of it."""

    def setUp(self):
        super().setUp()
        self.last_message = self.env["mail.message"].search([], order="id desc", limit=1).id

    def _messages(self):
        """What people were told, by the person."""
        messages = self.env["mail.message"].search(
            [
                ("id", ">", self.last_message),
                ("message_type", "=", "user_notification"),
                ("subject", "like", "Server was off"),
            ]
        )
        return {message.partner_ids: message for message in messages}

    def test_off_for_two_days(self):
        """14 greeted late; those who are older became nothing; who answers for it is told."""
        self._create_people(14)
        self.nina.email = False
        self._create_date(self.nina, day=9)
        rule = self._create_rule()
        self._run(rule, MORNING - DAY - timedelta(hours=3))
        self._run(rule, MORNING + DAY)
        expected = "Server was off for 2 days: 14 done late, 1 skipped"
        message = self._messages()[self.anna.partner_id]
        self.assertEqual(message.subject, expected)
        self.assertIn("Birthday", message.body)
        self.assertIn(expected, rule.message_ids[0].body)
        with self.freeze(MORNING + 2 * DAY):
            self.assertEqual(rule.catch_up_text, expected)
        rule.invalidate_recordset()
        with self.freeze(MORNING + 20 * DAY):
            self.assertFalse(rule.catch_up_text)

    def test_too_late_begins_at_its_moment(self):
        self._create_date(self.lumen, day=11)
        rule = self._create_rule(catch_up_policy="skip")
        rule._plan_ahead(MORNING, MORNING + 2 * DAY)
        self.env.invalidate_all()
        run = self._runs(rule)
        self.assertFalse(rule._get_late(run, run.date_expire - timedelta(seconds=1)))
        self.assertEqual(rule._get_late(run, run.date_expire), run)

    def test_off_for_forty_days_each_policy(self):
        self._create_date(self.lumen, day=11)
        self._create_date(self.brandon, month=4, day=18)
        rules = self.env["crm.relationship.rule"]
        for policy in ("send", "activity", "skip"):
            rules |= self._create_rule(name=policy, catch_up_policy=policy)
        rules._run(MORNING)
        rules._run(MORNING + 40 * DAY)
        self.env.invalidate_all()
        self.assertEqual(
            self._messages()[self.anna.partner_id].subject,
            "Server was off for 40 days: 4 done late, 1 became tasks, 1 skipped",
        )
        with self.freeze(MORNING + 40 * DAY):
            self.assertEqual(
                rules.mapped("catch_up_text"),
                [
                    "Server was off for 40 days: 2 done late",
                    "Server was off for 40 days: 1 done late, 1 became tasks",
                    "Server was off for 40 days: 1 done late, 1 skipped",
                ],
            )

    def test_once_and_to_the_sales_managers_too(self):
        manager = self._create_user("rel_boss", "sales_team.group_sale_manager")
        self._create_people(2)
        rule = self._create_rule(user_id=self.ben.id)
        other = self._create_rule(self._task())
        for now in (MORNING - 2 * DAY, MORNING + DAY, MORNING + DAY + timedelta(minutes=15)):
            (rule + other)._run(now)
        told = self._messages()
        self.assertEqual(
            told[self.ben.partner_id].subject, "Server was off for 3 days: 2 done late"
        )
        self.assertEqual(
            told[manager.partner_id].subject,
            "Server was off for 3 days: 4 done late",
        )
        self.assertNotIn(self.carla.partner_id, told)
        self.assertEqual(sum(len(partners) for partners in told), len(told))

    def test_a_run_that_was_cut_off_is_told_of_by_the_next(self):
        self._create_people(5)
        rule = self._create_rule()
        self._run(rule, MORNING - 2 * DAY)
        self.patch(type(rule), "_run_batch_size", 3)
        with patch.object(
            type(rule), "_save_progress", lambda self, done=0, remaining=None: not done
        ):
            self._run(rule, MORNING + DAY)
        if not self._messages():
            self._run(rule, MORNING + DAY + timedelta(minutes=15))
        self.assertIn("done late", self._messages()[self.anna.partner_id].subject)
        self._run(rule, MORNING + DAY + timedelta(minutes=30))
        with self.freeze(MORNING + DAY):
            self.assertEqual(rule.catch_up_text, "Server was off for 3 days: 5 done late")

    def test_nothing_missed_nobody_told(self):
        rule = self._create_rule()
        self._run(rule, MORNING - 3 * DAY)
        self._create_date(self.lumen)
        self._run(rule)
        self.assertGreeted(self.lumen)
        self.assertFalse(self._messages())

    def test_what_waits_for_the_morning_is_told_as_waiting(self):
        """Back by night: quiet hours hold, and the note says so."""
        self.env.company.write({"relationship_quiet_from": 21, "relationship_quiet_to": 8})
        self._create_people(3)
        rule = self._create_rule()
        self._run(rule, MORNING - 2 * DAY)
        night = MORNING.replace(hour=23)
        self._run(rule, night)
        self.assertEqual(
            self._messages()[self.anna.partner_id].subject,
            "Server was off for 3 days: 3 still wait",
        )
        self._run(rule, night + timedelta(hours=10))
        with self.freeze(night + DAY):
            self.assertEqual(rule.catch_up_text, "Server was off for 3 days: 3 done late")

    def test_switched_on_or_moved_back_is_no_downtime(self):
        self._create_people(2)
        rule = self._create_rule()
        self._run(rule, MORNING - 9 * DAY)
        rule.date_start = MORNING - 30 * DAY
        self._run(rule, MORNING + DAY)
        self.assertFalse(self._messages())

    def test_a_turn_that_comes_once_a_day_is_no_downtime(self):
        """Nor is it when it comes a little late; a turn that was left out is."""
        cron = self.env.ref("crm_relationship.ir_cron_rules")
        cron.write({"interval_number": 1, "interval_type": "days"})
        self._create_date(self.lumen, day=9)
        self._create_date(self.brandon, day=12)
        self._create_date(self.nina, day=13)
        rule = self._create_rule(send_hour=12)
        for days, minutes in ((-1, 0), (0, 6 * 60), (1, 0)):
            self._run(rule, MORNING + days * DAY + timedelta(minutes=minutes))
        self.assertGreeted(self.lumen)
        self.assertFalse(self._messages())
        # Due on the 12th at noon; on the 13th nobody looked, on the 14th it is the other's turn.
        self._run(rule, MORNING + 4 * DAY)
        self.assertEqual(
            self._messages()[self.anna.partner_id].subject,
            "Server was off for 3 days: 1 done late",
        )
