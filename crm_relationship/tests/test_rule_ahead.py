from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon

DAY_BEFORE = MORNING - timedelta(days=1)


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleAhead(RuleCommon):
    """The numbers beside a rule, and what is said before it is switched on."""

    def _ahead(self, rule, user=None, now=DAY_BEFORE):
        with self.freeze(now):
            return rule.with_user(user or self.anna).get_days_ahead()

    def _days(self, ahead):
        """Only days with something: {day: (happens, without)}."""
        return {
            day["date"]: (day["happens"], day["without"])
            for day in ahead["days"]
            if day["happens"] or day["without"]
        }

    def test_a_number_for_each_day(self):
        self._create_people(2)
        self._create_date(self.lumen, day=12)
        self._create_date(self.nina, day=12)
        self.nina.email = False
        ahead = self._ahead(self._create_rule())
        self.assertEqual(len(ahead["days"]), 31)
        self.assertEqual(self._days(ahead), {"2027-03-10": (2, 0), "2027-03-12": (1, 1)})
        self.assertEqual((ahead["happens"], ahead["without"]), (3, 1))
        self.assertFalse(ahead["over_limit"])
        self.assertIsNone(ahead["error"])

    def test_what_is_overdue_counts_today(self):
        self._create_date(self.lumen, day=9)
        rule = self._create_rule()
        self.assertEqual(self._days(self._ahead(rule, now=MORNING)), {"2027-03-10": (1, 0)})

    def test_it_says_when_it_will_ask_first(self):
        self._create_people(3)
        rule = self._create_rule(limit=2)
        self.assertTrue(self._ahead(rule)["over_limit"])
        rule.limit = 3
        self.assertFalse(self._ahead(rule)["over_limit"])

    def test_how_many_match_and_have_the_date(self):
        self._create_date(self.lumen)
        self._create_date(self.oak)
        ids = (self.lumen + self.brandon + self.nina + self.oak).ids
        rule = self._create_rule(domain=f"[('id', 'in', {ids}), ('id', '!=', {self.oak.id})]")
        ahead = self._ahead(rule)
        self.assertEqual((ahead["matching"], ahead["entered"]), (3, 1))
        self.assertEqual(ahead["words"], "3 match, 1 of them have the date: Birthday.")
        shown = rule.with_user(self.anna).action_open_matching(True)
        self.assertEqual(self.env[shown["res_model"]].search(shown["domain"]), self.lumen)
        shown = rule.with_user(self.anna).action_open_matching()
        self.assertEqual(len(self.env[shown["res_model"]].search(shown["domain"])), 3)

    def test_how_many_have_a_rhythm(self):
        rule = self._create_rule(
            self._task(), trigger="silence", domain=f"[('id', 'in', {(self.oak + self.lumen).ids})]"
        )
        self.oak.relationship_status_id = self.status_regular
        self._refresh_clients()
        ahead = self._ahead(rule)
        self.assertEqual((ahead["matching"], ahead["entered"]), (2, 1))

    def test_what_happens_at_once_can_not_be_foreseen(self):
        lead = self.env["ir.model"]._get_id("crm.lead")
        created = self._create_rule(self._task(), trigger="event", model_id=lead, active=False)
        entered = self._create_rule(
            self._task(), trigger="status", status_id=self.status_customer.id, active=False
        )
        waiting = self._create_rule(self._task(), trigger="waiting", active=False)
        for rule, words in (
            (created, "It acts when it happens, which can't be foreseen."),
            (entered, "It acts when it happens, which can't be foreseen."),
            (waiting, "Who writes from now on can't be foreseen: it acts when it happens."),
        ):
            self.assertEqual(self._ahead(rule)["unforeseen"], words)
            with self.freeze(DAY_BEFORE):
                said = rule.with_user(self.anna)._describe_start()
            self.assertIn(words, said)
            self.assertNotIn("Nothing comes in the next 30 days.", said)
        entered.status_days = 5
        created.event = "stage_stuck"
        for rule in (created, entered, self._create_rule(active=False)):
            self.assertFalse(self._ahead(rule)["unforeseen"])
            with self.freeze(DAY_BEFORE):
                said = rule.with_user(self.anna)._describe_start()
            self.assertIn("Nothing comes in the next 30 days.", said)

    def test_a_date_field_and_leads(self):
        lead, __ = self._create_lead(self.lumen), self._create_lead(self.oak)
        lead.date_closed = MORNING
        rule = self._create_rule(
            self._task(),
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            domain=f"[('partner_id', 'in', {(self.oak + self.lumen).ids})]",
            date_source="field",
            date_field_id=self.env["ir.model.fields"]._get("crm.lead", "date_closed").id,
        )
        ahead = self._ahead(rule)
        self.assertEqual((ahead["matching"], ahead["entered"]), (2, 1))
        # Carla sees her own leads only.
        ahead = self._ahead(rule, self.carla)
        self.assertEqual((ahead["matching"], self._days(ahead)), (0, {}))

    def test_a_broken_rule_says_so(self):
        rule = self._create_rule()
        self.env.cr.execute(
            "UPDATE crm_relationship_rule SET domain = %s WHERE id = %s",
            ["[('gone', '=', 1)]", rule.id],
        )
        rule.invalidate_recordset()
        ahead = self._ahead(rule)
        self.assertIn("can't look ahead", ahead["error"])
        self.assertEqual(ahead["days"], [])

    def test_who_may_look(self):
        rule = self._create_rule()
        self._create_date(self.lumen)
        self.assertEqual(self._ahead(rule, self.carla)["happens"], 1)
        with self.assertRaises(AccessError):
            self._ahead(rule, self.insider)

    def test_switching_on_says_what_will_happen_first(self):
        self._create_people(3)
        self._create_date(self.lumen, day=1)
        rule = self._create_rule(active=False, date_start=False, limit=2).with_user(self.anna)
        with self.freeze(DAY_BEFORE):
            action = rule.action_ask_switch_on()
            self.assertFalse(rule.active)
            ask = self.env[action["res_model"]].with_user(self.anna).browse(action["res_id"])
            self.assertRegex(ask.words, "3 in the next 30 days, the first on 03/10/2027 9:00")
            self.assertIn("asks you first", ask.words)
            self.assertIn("Nothing of the past", ask.words)
            ask.action_switch_on()
        self.assertTrue(rule.active)
        self.assertEqual(rule.date_start, DAY_BEFORE)
        self._run(rule.sudo())
        self.assertGreeted(self.lumen, 0)

    def test_switching_on_is_for_managers_and_for_rules_that_do_something(self):
        rule = self._create_rule(active=False, date_start=False)
        with self.assertRaises(AccessError):
            rule.with_user(self.ben).action_ask_switch_on()
        rule.action_ids.unlink()
        with self.assertRaisesRegex(UserError, "does nothing yet"):
            rule.with_user(self.anna).action_ask_switch_on()
