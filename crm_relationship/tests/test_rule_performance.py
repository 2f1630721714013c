from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRulePerformance(RuleCommon):
    """What a run costs in statements: little a record, and next to nothing when all is done."""

    def _count_run(self, rule, now=MORNING):
        """Statements of one run, with all that its commit would add."""
        self.env.cr.flush()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        rule._run(now)
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def _measure(self, action, count):
        """Statements a record of a rule that acts on so many, after one that warmed up."""
        warm = self._create_rule(action, domain="[('name', 'like', 'Warm')]")
        self._create_people(3, name="Warm")
        self._run(warm)
        self._create_people(count)
        rule = self._create_rule(action, domain="[('name', 'like', 'Person')]")
        cost = self._count_run(rule)
        self.assertEqual(set(self._runs(rule).mapped("state")), {"done"})
        self.assertEqual(len(self._runs(rule)), count)
        return cost, self._count_run(rule, MORNING + timedelta(minutes=15))

    def test_tasks(self):
        few, __ = self._measure(self._task(), 10)
        self.env["crm.important.date"].search([]).unlink()
        many, again = self._measure(self._task(), 200)
        self.assertLessEqual(many / 200, 0.5)
        self.assertLessEqual((many - few) / 190, 0.2)
        self.assertLessEqual(again, 10)

    def test_tasks_of_many_people(self):
        sellers = [
            self._create_user(f"seller_{n}", "sales_team.group_sale_salesman") for n in "abcdef"
        ]
        rule = self._create_rule(self._task())
        counts = []
        for number in (1, 6):
            people = self._create_people(12)
            for person, seller in zip(people, sellers[:number] * 12, strict=False):
                person.user_id = seller
            people.message_unsubscribe((self.ben + sum(sellers, self.ben)).partner_id.ids)
            rule._plan(MORNING)
            claimed = rule._claim_batch(rule, rule.action_ids, MORNING)
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertTrue(rule._do_batch(rule.action_ids, claimed, MORNING))
            self.env.cr.flush()
            counts.append(self.env.cr.sql_log_count - before)
            for person in people:
                self.assertIn(person.user_id.partner_id, person.message_partner_ids)
                self.assertEqual(len(person.message_partner_ids), 1)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_letters(self):
        few, __ = self._measure(self._mail(), 10)
        self.env["crm.important.date"].search([]).unlink()
        many, again = self._measure(self._mail(), 200)
        self.assertLessEqual(many / 200, 0.8)
        self.assertLessEqual((many - few) / 190, 0.5)
        self.assertLessEqual(again, 10)

    def test_one_bad_record_costs_little_more(self):
        people = self._create_people(200)
        self.template.body_html = (
            "<p t-if=\"object.name == 'Spoilt'\"><t t-out='1 / 0'/></p><p>Dear</p>"
        )
        clean = self._count_run(self._create_rule())
        people[120].name = "Spoilt"
        rule = self._create_rule()
        with self.assertLogs("odoo.addons", "WARNING"):
            spoilt = self._count_run(rule)
        states = self._runs(rule).mapped("state")
        self.assertEqual((states.count("done"), states.count("failed")), (199, 1))
        self.assertLess(spoilt, clean * 4)
        self.assertLessEqual(self._count_run(rule, MORNING + timedelta(minutes=15)), 10)

    def test_nothing_due_costs_next_to_nothing_whatever_it_waits_for(self):
        lead, promise = (
            self.env["ir.model"]._get_id(f"crm.{name}") for name in ("lead", "promise")
        )
        interaction = self.env["ir.model"]._get_id("crm.interaction")
        for person in self._create_people(20):
            person.relationship_status_id = self.status_customer
            inquiry = {"direction": "in", "needs_reply": True, "channel": "email"}
            with self.freeze(MORNING - timedelta(hours=30)):
                self._create_lead(person)
                self.interactions.create(
                    {**inquiry, "partner_id": person.id, "date": fields.Datetime.now()}
                )
            self.env["crm.promise"].create(
                {
                    "name": "Samples",
                    "partner_id": person.id,
                    "date_due": MORNING.date(),
                    "user_id": self.ben.id,
                }
            )
        waiting, event = {"trigger": "waiting"}, {"trigger": "event", "model_id": lead}
        status = {"trigger": "status", "status_id": self.status_customer.id}
        kinds = [
            {"trigger": "silence", "silence_days": 1},
            waiting,
            {**waiting, "waiting_hours": 0},
            {**waiting, "model_id": interaction},
            {**waiting, "model_id": lead},
            status,
            {**status, "status_days": 1},
            *(
                {**event, "event": name}
                for name in ("lead_created", "lead_assigned", "lead_won", "lead_lost")
            ),
            {**event, "event": "stage_stuck", "stuck_days": 1},
            {**event, "event": "interaction", "model_id": interaction},
            {**event, "event": "promise_due", "model_id": promise},
            {**event, "event": "promise_broken", "model_id": promise},
        ]
        for kind in kinds:
            rule = self._create_rule(self._task(), self._task(delay=30), **kind)
            with self.subTest(**kind), self.freeze(MORNING + timedelta(days=2)):
                self._run(rule, MORNING + timedelta(days=2))
                self._refresh_clients()
                again = self._count_run(rule, MORNING + timedelta(days=2, minutes=15))
                self.assertLessEqual(again, 10)

    def test_planning_costs_the_same_for_few_and_many(self):
        rule = self._create_rule()
        rule._plan(MORNING)
        counts = []
        for people in (5, 50):
            self._create_people(people)
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rule._plan(MORNING)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertEqual(len(self._runs(rule)), 55)
