from odoo.tests import tagged

from .common_rule_occasions import AT_HOUR, AT_ONCE, DAY, HOUR, NINE, OccasionCommon

POLICIES = ("send", "activity", "skip")
KINDS = {*AT_HOUR, *AT_ONCE}
# State, reason, whether there is a letter, whether there is a task.
DONE = ("done", False, True, False)
TOO_LATE = "Too late: more than 2 days"


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleDowntime(OccasionCommon):
    """Off for 2 and for 40 days: what came due meanwhile, for whatever a rule waits for."""

    def _back_after(self, kind, downtime):
        """Rules of each policy that looked an hour before it came due, and now again."""
        __, vals = self._occasion(kind, NINE)
        rules = self.env["crm.relationship.rule"]
        for policy in POLICIES:
            rules += self._create_rule_for(
                vals, self._mail(), catch_up_policy=policy, catch_up_days=2
            )
        with self.freeze(NINE - HOUR):
            self._run(rules, NINE - HOUR)
        self.assertFalse(self.ledger.search([("rule_id", "in", rules.ids)]), "before its time")
        for minutes in range(2):
            now = NINE + downtime + minutes * HOUR / 4
            with self.freeze(now):
                self._run(rules, now)
        return [self._runs(rule) for rule in rules]

    def _assert_caught_up(self, kinds, downtime, *expected):
        for kind in sorted(kinds):
            with self.subTest(kind):
                runs = self._back_after(kind, downtime)
                became = [
                    (run.state, run.reason, bool(run.mail_id), bool(run.activity_id))
                    for [run] in runs
                ]
                self.assertEqual(became, list(expected))

    def test_off_for_two_days_all_is_done_late(self):
        self._assert_caught_up(KINDS, 2 * DAY, *[DONE] * 3)

    def test_off_for_forty_days_each_policy_does_what_it_says(self):
        self._assert_caught_up(
            KINDS - {"silence"},
            40 * DAY,
            DONE,
            ("done", TOO_LATE, False, True),
            ("skipped", TOO_LATE, False, False),
        )

    def test_who_is_still_silent_after_forty_days_is_never_too_late(self):
        """It is true today as it was then; left out, it would not come again."""
        self._assert_caught_up({"silence"}, 40 * DAY, *[DONE] * 3)
