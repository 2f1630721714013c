from datetime import datetime, timedelta

from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
COMPLAINS = "A complaint of the client is open"
ENOUGH = "Already a message this week"


@tagged("crm_relationship", "post_install", "-at_install")
class TestComplaintRulesCap(RuleCommon):
    """A complaint, a long silence and the limit a week, all at once: each has its say in turn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.relationship_weekly_cap = 1
        cls.lumen.relationship_status_id = cls.status_regular
        cls.lumen.relationship_status_date = datetime(2027, 1, 10)
        cls.lumen.last_interaction_date = datetime(2027, 2, 1)
        cls._create_date(cls.lumen)
        cls.birthday_rule = cls._create_rule(sequence=1)
        cls.silence_rule = cls._create_rule(
            name="Silent", sequence=2, trigger="silence", silence_days=30
        )
        cls.rules = cls.birthday_rule + cls.silence_rule

    def _complain(self, moment=MORNING):
        return self.env["crm.complaint"].create(
            {"name": "Scratch", "partner_id": self.lumen.id, "date_open": moment}
        )

    def _resolve(self, complaint, moment):
        complaint.write(
            {
                "state": "resolved",
                "resolution": "New desk",
                "untold_reason": "Saw it",
                "date_resolved": moment,
            }
        )

    def _go(self, now):
        """One run of all rules, and what waits or has become of it."""
        with self.freeze(now):
            self.rules._run(now)
        self.env.invalidate_all()
        return [[(run.state, run.reason or "") for run in self._runs(rule)] for rule in self.rules]

    def test_held_then_one_goes_and_the_other_waits_a_week(self):
        complaint = self._complain()
        self.assertEqual(self._go(MORNING), [[("todo", COMPLAINS)], []])
        self._resolve(complaint, MORNING + HOUR)
        over = MORNING + 2 * HOUR
        self.assertEqual(self._go(over), [[("done", "")], [("todo", ENOUGH)]])
        self.assertGreeted(self.lumen)
        self.assertEqual(self._runs(self.silence_rule).date_due, over + 7 * DAY)
        # Looked at again and again it stays one row, and goes out once, when the week is over.
        self.assertEqual(self._go(over + 6 * DAY), [[("done", "")], [("todo", ENOUGH)]])
        self.assertEqual(self._go(over + 7 * DAY), [[("done", "")], [("done", "")]])
        self._go(over + 8 * DAY)
        self.assertGreeted(self.lumen, 2)

    def test_complaint_while_the_limit_holds_ends_the_silence(self):
        over = MORNING + HOUR
        self.assertEqual(self._go(over), [[("done", "")], [("todo", ENOUGH)]])
        self._complain(over + DAY)
        self.assertEqual(
            self._go(over + 7 * DAY),
            [[("done", "")], [("skipped", "The client has complained since")]],
        )
        self.assertGreeted(self.lumen)

    def test_held_letters_do_not_use_up_the_week(self):
        """What a complaint holds was not sent: others are not told to wait for it."""
        self._complain()
        service = self._create_rule(name="Service", purpose="service", sequence=3)
        self.rules = self.birthday_rule + service
        self.assertEqual(self._go(MORNING), [[("todo", COMPLAINS)], [("done", "")]])
        # Held for longer than the rule catches up, it is left, and the week is free.
        late = MORNING + 5 * DAY
        [[(state, reason)], __] = self._go(late)
        self.assertEqual(state, "skipped")
        self.assertEqual(reason, f"Too late: more than 3 days ({COMPLAINS})")
        self.assertFalse(self._runs(self.birthday_rule).is_marketing)

    def test_limit_first_then_complaint(self):
        """When the week is over a complaint is open: it waits on, and goes out once after it."""
        other = self._create_rule(name="Other", sequence=3, catch_up_days=30)
        self.rules = self.birthday_rule + other
        self.assertEqual(self._go(MORNING), [[("done", "")], [("todo", ENOUGH)]])
        complaint = self._complain(MORNING + DAY)
        self.assertEqual(self._go(MORNING + 7 * DAY), [[("done", "")], [("todo", COMPLAINS)]])
        self._resolve(complaint, MORNING + 8 * DAY)
        self.assertEqual(self._go(MORNING + 9 * DAY), [[("done", "")], [("done", "")]])
        self._go(MORNING + 10 * DAY)
        self.assertGreeted(self.lumen, 2)
