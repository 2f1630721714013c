from collections import Counter
from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleActionPeople(RuleCommon):
    """Who gets the task: salesperson, leader, a person, the team in turn."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Showroom",
                "user_id": cls.carla.id,
                "company_id": False,
                "member_ids": [Command.set((cls.anna + cls.ben + cls.carla).ids)],
            }
        )
        cls.lead_model = cls.env["ir.model"]._get_id("crm.lead")
        cls.deadline = cls.env["ir.model.fields"]._get("crm.lead", "date_deadline")

    def _create_leads(self, count, days=0, **vals):
        return self.env["crm.lead"].create(
            [
                {
                    "name": f"Lead {number}",
                    "team_id": self.team.id,
                    "user_id": False,
                    "date_deadline": MORNING.date() + timedelta(days=days),
                    **vals,
                }
                for number in range(count)
            ]
        )

    def _lead_rule(self, *actions, **vals):
        return self._create_rule(
            *actions,
            model_id=self.lead_model,
            date_source="field",
            date_field_id=self.deadline.id,
            date_kind_id=False,
            recurrence="once",
            **vals,
        )

    def _turns(self, rule):
        return Counter(task.user_id for task in self._runs(rule).activity_id)

    def test_leader(self):
        leads = self._create_leads(1)
        self._run(self._lead_rule(self._task(responsible="leader")))
        self.assertEqual(self._tasks_of(leads).user_id, self.carla)

    def test_a_batch_is_shared_out_evenly(self):
        self._create_leads(9)
        rule = self._lead_rule(self._task(responsible="round_robin"))
        self._run(rule)
        self.assertEqual(self._turns(rule), {self.anna: 3, self.ben: 3, self.carla: 3})

    def test_the_turn_goes_on_over_runs(self):
        # Two actions: every second row of the ledger is of the other one.
        rule = self._lead_rule(self._task(responsible="round_robin"), self._task(summary="Other"))
        for day in range(6):
            self._create_leads(1, days=day)
            self._run(rule, MORNING + timedelta(days=day))
        runs = self._runs(rule).filtered(lambda run: run.action_id == rule.action_ids[0])
        self.assertEqual(
            [task.user_id.login for task in runs.activity_id.sorted("id")],
            ["rel_anna", "rel_ben", "rel_carla"] * 2,
        )

    def test_who_is_archived_or_sees_not_the_company_is_passed_over(self):
        other = self.env["res.company"].create({"name": "Branch"})
        self.anna.company_ids = [Command.link(other.id)]
        self.carla.company_ids = [Command.link(other.id)]
        self.carla.active = False
        # Who answers for the rule, and would get what nobody else does.
        self.insider.company_ids = [Command.link(other.id)]
        leads = self._create_leads(3, company_id=other.id)
        rule = self._lead_rule(self._task(responsible="round_robin"), user_id=self.insider.id)
        self._run(rule)
        self.assertEqual(self._turns(rule), {self.anna: 3})
        self.assertEqual(len(leads), 3)

    def test_each_team_has_its_own_turn(self):
        other = self.env["crm.team"].create(
            {"name": "Phone", "member_ids": [Command.set(self.insider.ids)]}
        )
        self._create_leads(3)
        self._create_leads(2, team_id=other.id)
        rule = self._lead_rule(self._task(responsible="round_robin"))
        self._run(rule)
        self.assertEqual(
            self._turns(rule), {self.anna: 1, self.ben: 1, self.carla: 1, self.insider: 2}
        )

    def test_nobody_there_is_who_answers_for_the_rule(self):
        self.team.member_ids = False
        self._create_leads(1)
        rule = self._lead_rule(self._task(responsible="round_robin"))
        self._run(rule)
        self.assertEqual(self._turns(rule), {self.anna: 1})

    def test_turns_cost_the_same_for_few_and_many(self):
        counts = []
        for day, number in enumerate((5, 50)):
            self._create_leads(number, days=day)
            rule = self._lead_rule(self._task(responsible="round_robin"))
            # Not on the heels of a downtime, of which each manager would be told.
            self._run(rule, MORNING + timedelta(days=day, hours=-2))
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rule._run(MORNING + timedelta(days=day))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLess(counts[1] - counts[0], 45 * 0.3)

    def test_the_task_is_made_in_the_name_of_who_answers(self):
        [person] = self._create_people(1)
        self._run(self._create_rule(self._task(), self._mail()))
        self.assertEqual(self._tasks_of(person).create_uid, self.anna)
        self.assertEqual(self._mails_to(person).author_id, self.anna.partner_id)
