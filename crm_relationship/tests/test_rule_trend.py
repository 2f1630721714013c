from datetime import datetime, timedelta

from odoo.tests import tagged

from .common_rules import RuleCommon

# A Wednesday; in Auckland it is Thursday already.
NOW = datetime(2027, 6, 9, 15, 0)


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleTrend(RuleCommon):
    """The numbers of a rule, each of which opens its lines."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls._create_rule(cls._task())
        cls.anna.tz = "UTC"

    def _fill(self, rule, *lines):
        """Lines of the ledger, as (state, days ago)."""
        self.ledger.create(
            [
                {
                    "rule_id": rule.id,
                    "action_id": rule.action_ids.id,
                    "res_model": "res.partner",
                    "res_id": self.lumen.id,
                    "partner_id": self.lumen.id,
                    "occurrence": NOW.date(),
                    "date_due": NOW - timedelta(days=ago),
                    "date_done": NOW - timedelta(days=ago),
                    "key": f"test:{rule.id}:{number}",
                    "state": state,
                }
                for number, (state, ago) in enumerate(lines)
            ]
        )

    def _as(self, user):
        return self.rule.with_user(user).with_context(tz=user.tz)

    def test_the_last_30_days(self):
        self._fill(
            self.rule,
            *[("done", 0), ("done", 29), ("done", 30), ("skipped", 3)],
            *[("failed", 29), ("failed", 31), ("todo", 1), ("done", -1)],
        )
        with self.freeze(NOW):
            rule = self._as(self.anna)
            self.assertEqual((rule.recent_done, rule.recent_skipped, rule.recent_failed), (2, 1, 1))
            for state, count in (("done", 2), ("skipped", 1), ("failed", 1)):
                action = rule.with_context(rule_run_state=state).action_open_recent()
                lines = self.ledger.search(action["domain"])
                self.assertEqual(lines.mapped("state"), [state] * count)

    def test_the_last_12_weeks(self):
        self._fill(
            self.rule, ("done", 0), ("skipped", 6), ("done", 7), ("failed", 83), ("done", 84)
        )
        with self.freeze(NOW):
            rule = self._as(self.anna)
            trend = rule.trend
            self.assertEqual(len(trend), 12)
            this_week = {"from": "2027-06-03", "to": "2027-06-09"}
            self.assertEqual(trend[-1], {**this_week, "done": 1, "skipped": 1, "failed": 0})
            self.assertEqual(trend[-2]["done"], 1)
            self.assertEqual(trend[0]["failed"], 1)
            self.assertEqual(sum(week["done"] for week in trend), 2)
            for week in trend:
                action = rule.open_week(week["from"], week["to"])
                count = week["done"] + week["skipped"] + week["failed"]
                self.assertEqual(self.ledger.search_count(action["domain"]), count)

    def test_a_day_is_a_day_of_who_looks(self):
        self._fill(self.rule, ("done", 29))
        self.ben.tz = "Pacific/Auckland"
        with self.freeze(NOW):
            self.assertEqual(self._as(self.anna).recent_done, 1)
            # There it is the tenth, and the line was due on 12 May.
            theirs = self._as(self.ben)
            self.assertEqual(theirs.recent_done, 1)
            self.assertEqual(theirs.trend[-1]["to"], "2027-06-10")
            action = theirs.with_context(rule_run_state="done").action_open_recent()
            self.assertEqual(self.ledger.search_count(action["domain"]), 1)

    def test_a_rule_that_did_nothing(self):
        with self.freeze(NOW):
            rule = self._as(self.anna)
            self.assertFalse(rule.trend)
            self.assertFalse(rule.last_acted)
            self.assertEqual(rule.recent_done, 0)

    def test_when_it_last_acted(self):
        self._fill(self.rule, ("done", 400), ("done", 200), ("skipped", 1), ("failed", 2))
        self.assertEqual(self.rule.last_acted, NOW - timedelta(days=200))

    def test_numbers_count_what_the_reader_may_see(self):
        lead = self._create_lead(self.lumen)
        self._fill(self.rule, ("done", 1), ("done", 2))
        self._run(self.rule)
        line = self.ledger.search([("rule_id", "=", self.rule.id)], limit=1)
        line.write({"res_model": "crm.lead", "res_id": lead.id})
        with self.freeze(NOW):
            self.assertEqual(self._as(self.anna).recent_done, 2)
            self.assertEqual(self._as(self.carla).recent_done, 1)

    def test_many_rules_cost_as_much_as_one(self):
        others = self.env["crm.relationship.rule"].union(
            *(self._create_rule(self._task()) for __ in range(12))
        )
        for rule in self.rule + others:
            self._fill(rule, ("done", 1), ("failed", 9))
        names = ["recent_done", "recent_skipped", "recent_failed", "trend", "last_acted"]
        counts = []
        for rules in (self.rule, self.rule + others):
            rules = rules.with_user(self.anna)
            with self.freeze(NOW):
                self.env.flush_all()
                rules.read(names)
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                rules.read(names)
                counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
