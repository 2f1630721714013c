from odoo.tests import tagged

from .common_rule_occasions import AT_HOUR, AT_ONCE, DAY, HOUR, NINE, OccasionCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleAgain(OccasionCommon):
    """A second run on the same day, of rules on every occasion there is, all in one run."""

    def test_nothing_is_new_for_at_most_ten_statements_a_rule(self):
        rules = self.env["crm.relationship.rule"]
        for kind in (*AT_HOUR, *AT_ONCE):
            for __ in range(3):
                vals = self._occasion(kind, NINE)[1]
            vals["domain"] = "[]"
            rules += self._create_rule_for(vals, self._mail(), self._task(), self._task(delay=1))
        now = NINE + HOUR
        with self.freeze(now):
            self._refresh_clients()
            self._run(rules, now)
            before = self._list_ledger(rules)
            self.assertEqual({line[0] for line in before}, set(rules.ids), "each has acted")
            self._end_transaction()
            self.env.invalidate_all()
            statements = self.env.cr.sql_log_count
            self.assertFalse(rules._run(now + HOUR / 4))
            self._end_transaction()
            statements = self.env.cr.sql_log_count - statements
        self.assertEqual(self._list_ledger(rules), before)
        self.assertLessEqual(statements / len(rules), 10)

    def test_the_day_after_only_later_steps_are_new(self):
        """The ledger keeps apart what was done from what is still to come."""
        __, vals = self._occasion("lead_won", NINE)
        rule = self._create_rule_for(vals, self._mail(), self._task(delay=1))
        for now in (NINE, NINE + HOUR, NINE + DAY, NINE + DAY + HOUR):
            with self.freeze(now):
                self._run(rule, now)
        self.assertStates(self._runs(rule), "done", "done")
        self.assertEqual(self._runs(rule).mapped("attempts"), [1, 1])

    def _list_ledger(self, rules):
        """All lines of rules, with what was made."""
        self.env.invalidate_all()
        return [
            (run.rule_id.id, run.key, run.state, run.attempts, run.mail_id.id, run.activity_id.id)
            for run in self.ledger.search([("rule_id", "in", rules.ids)], order="id")
        ]
