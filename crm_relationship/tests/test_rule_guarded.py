from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleGuarded(RuleCommon):
    """What a rule must fulfil by whichever way it is changed."""

    @contextmanager
    def assertRefused(self, words):
        with self.assertRaises(UserError) as refused:
            yield
        self.assertIn(words, str(refused.exception))

    def test_a_rule_without_action_is_switched_on_by_no_way(self):
        rule = self._create_rule(active=False).with_user(self.anna)
        rule.action_ids.unlink()
        for switch_on in (
            lambda: rule.write({"active": True}),
            rule.action_unarchive,
            rule.action_switch_on,
            rule.action_ask_switch_on,
        ):
            with self.assertRefused("does nothing yet: add an action"):
                switch_on()
        result = rule.with_context(active_test=False).load(
            [".id", "active"], [[str(rule.id), "True"]]
        )
        self.assertIn("does nothing yet", result["messages"][0]["message"])
        with self.assertRefused("does nothing yet"):
            self._create_rule(action_ids=[])

    def test_the_last_action_of_a_rule_that_is_on_stays(self):
        rule = self._create_rule().with_user(self.anna)
        with self.assertRefused("does nothing yet"):
            rule.action_ids = [Command.clear()]
        with self.assertRefused("does nothing yet"):
            rule.action_ids.unlink()
        other = self._create_rule()
        with self.assertRefused("does nothing yet"):
            rule.action_ids.rule_id = other
        with self.assertRefused("does nothing yet"):
            rule.action_ids.rule_id = False
        rule.action_ids = [Command.clear(), Command.create(self._task())]
        self.assertEqual(rule.action_ids.kind, "activity")
        rule.active = False
        rule.action_ids.unlink()
        self.assertFalse(rule.action_ids)
        self._create_rule().with_user(self.anna).unlink()

    def test_the_switch_in_a_list_begins_now_like_the_button(self):
        self._create_date(self.lumen)
        rule = self._create_rule(active=False, date_start=False).with_user(self.anna)
        with self.freeze(MORNING.replace(hour=12)):
            rule.web_save({"active": True}, {"active": {}})
        self.assertEqual(rule.date_start, MORNING.replace(hour=12))
        self._run(rule.sudo(), MORNING.replace(hour=13))
        self.assertGreeted(self.lumen, 0)
        with self.assertRaises(AccessError):
            rule.with_user(self.ben).active = False

    def test_a_kind_of_action_that_forgets_a_record_harms_that_one(self):
        """It is neither done again for ever nor lost."""
        people = self._create_people(3)
        rule = self._create_rule(self._task())
        action = type(rule.action_ids)
        do = action._do_activity

        def forget(self, rule, runs, now):
            outcomes = do(self, rule, runs, now)
            return {key: outcomes[key] for key in outcomes if key != min(outcomes)}

        with patch.object(action, "_do_activity", forget):
            self.assertEqual(rule._run(MORNING), 3)
        runs = self._runs(rule, *people)
        self.assertEqual(sorted(runs.mapped("state")), ["done", "done", "failed"])
        failed = runs.filtered(lambda run: run.state == "failed")
        self.assertEqual(failed.reason, "The action did not say what became of it")
        self.assertEqual(rule._run(MORNING), 0)

    # ---- what stands in ----

    def _create_call(self, **vals):
        return self.env["crm.relationship.rule.action"].create(self._task(**vals))

    def _move_anna(self):
        """Have her work for another company only."""
        mine = self.env["res.company"].create({"name": "Mine"})
        self.anna.write({"company_ids": [Command.set(mine.ids)], "company_id": mine.id})
        return mine

    def test_an_action_of_another_rule_does_not_stand_in(self):
        mine, other = self._create_rule(), self._create_rule(self._task())
        with self.assertRefused("action of another rule"):
            mine.action_ids.otherwise_id = other.action_ids
        between = self._create_call()
        mine.action_ids.otherwise_id = between
        with self.assertRefused("action of another rule"):
            between.otherwise_id = other.action_ids
        with self.assertRefused("action of another rule"):
            between.rule_id = other
        second = self._create_call(rule_id=mine.id)
        between.otherwise_id = second
        self.assertEqual(mine.action_ids[0]._get_stand_ins(), between + second)

    def test_what_stands_in_is_not_taken_from_a_rule_one_may_not_change(self):
        call = self._create_call()
        theirs = self._create_rule(self._mail(otherwise_id=call.id))
        theirs.company_id = self.env.company
        company = self._move_anna()
        mine = self._create_rule(company_id=company.id).with_user(self.anna)
        for take in (
            lambda: mine.action_ids.write({"otherwise_id": call.id}),
            lambda: mine.write({"action_ids": [Command.create(self._mail(otherwise_id=call.id))]}),
        ):
            with self.assertRaises(AccessError):
                take()
        free = self._create_call()
        mine.action_ids.otherwise_id = free
        self.assertEqual(mine.action_ids.otherwise_id, free)

    def test_nothing_stands_in_for_itself(self):
        first, second, third = self._create_call(), self._create_call(), self._create_call()
        first.otherwise_id = second
        second.otherwise_id = third
        for last in (first, second, third):
            with self.assertRefused("stand in for itself"):
                third.otherwise_id = last
