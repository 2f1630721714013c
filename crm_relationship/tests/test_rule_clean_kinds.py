from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo.tests import tagged

from .common_rule_occasions import AT_HOUR, AT_ONCE, NINE, OccasionCommon
from .common_rules import BEFORE

YEARS_LATER = NINE + relativedelta(years=3)
# A state that lasts, and holds today: its last line is what tells that it was seen to.
LASTING = {"silence", "status", "status_days"}


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleCleanKinds(OccasionCommon):
    """Cleaning the ledger makes no occasion possible twice, whatever a rule waits for."""

    def _clean(self, rule, now):
        """The daily clean-up, as if the rule had looked all the time and tasks were done."""
        self._runs(rule).activity_id.unlink()
        rule.looked_until = now
        with self.freeze(now):
            while rule._gc_ledger()[1]:
                pass
        self.env.invalidate_all()

    def _look_again(self, rule, now, **vals):
        """Asked for all of the past, and for whatever is late."""
        rule.write({"date_start": BEFORE, "catch_up_policy": "send", **vals})
        with self.freeze(now):
            self._run(rule, now)

    def test_forgotten_is_over(self):
        # A birthday comes again each year: see `test_rule_clean`.
        for kind in {*AT_HOUR, *AT_ONCE} - {"date"}:
            with self.subTest(kind):
                __, vals = self._occasion(kind, NINE)
                rule = self._create_rule_for(vals, self._task())
                with self.freeze(NINE):
                    self._run(rule, NINE)
                self.assertStates(self._runs(rule), "done")
                self._clean(rule, YEARS_LATER)
                self.assertEqual(len(self._runs(rule)), int(kind in LASTING))
                for days in range(2):
                    self._look_again(rule, YEARS_LATER + timedelta(days=days))
                self.assertEqual(rule.done_count, 1)
                self.assertEqual(len(self._runs(rule)), int(kind in LASTING))

    def test_a_status_entered_again_is_another_and_the_first_does_not_come_back(self):
        client, vals = self._occasion("status", NINE)
        rule = self._create_rule_for(vals, self._task())
        again = NINE + relativedelta(years=1)
        with self.freeze(NINE):
            self._run(rule, NINE)
        for moment, status in (
            (again - timedelta(days=9), self.status_lost),
            (again, self.status_customer),
        ):
            with self.freeze(moment):
                client.relationship_status_id = status
                self.env.flush_all()
        with self.freeze(again):
            self._run(rule, again)
        self.assertStates(self._runs(rule), "done", "done")

        self._clean(rule, again + relativedelta(months=20))
        self.assertEqual(self._runs(rule).mapped("occurrence"), [again.date()])
        self._look_again(rule, again + relativedelta(months=20))
        self._clean(rule, again + relativedelta(years=3))
        self._look_again(rule, again + relativedelta(years=3))
        self.assertEqual(self._runs(rule).mapped("occurrence"), [again.date()])
        self.assertEqual(rule.done_count, 2)

    def test_who_entered_a_status_before_others_were_forgotten_is_still_reached(self):
        early, vals = self._occasion("status", NINE)
        late, __ = self._occasion("status", NINE + timedelta(days=60))
        rule = self._create_rule_for({**vals, "domain": f"[('id', '=', {late.id})]"}, self._task())
        now = NINE + timedelta(days=60)
        with self.freeze(now):
            self._run(rule, now)
        left = now + timedelta(days=5)
        with self.freeze(left):
            late.relationship_status_id = self.status_lost
            self.env.flush_all()
        self._clean(rule, YEARS_LATER)
        self._look_again(rule, YEARS_LATER, domain=f"[('id', 'in', {(early + late).ids})]")
        self.assertStates(self._runs(rule, early), "done")
        self.assertEqual(len(self._runs(rule, late)), 1)
