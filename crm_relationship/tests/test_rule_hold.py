from datetime import datetime, timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon

HOUR = timedelta(hours=1)


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleHold(RuleCommon):
    """Nothing goes to a client who waits for our answer, where the rule says so."""

    def _ask(self, partner, **vals):
        return self.interactions.create(
            {
                "partner_id": partner.id,
                "date": fields.Datetime.subtract(fields.Datetime.now(), hours=1),
                "channel": "email",
                "direction": "in",
                "needs_reply": True,
                **vals,
            }
        )

    def test_who_waits_is_sent_nothing_until_answered(self):
        inquiry = self._ask(self.lumen)
        self._create_date(self.lumen)
        self._create_date(self.brandon)
        rule = self._create_rule(hold_waiting=True)
        self._run(rule)
        self.assertGreeted(self.brandon)
        self.assertGreeted(self.lumen, 0)
        run = self._runs(rule, self.lumen)
        self.assertStates(run, "todo")
        self.assertEqual(run.reason, "The client waits for our answer")
        self.assertEqual(run.date_due, MORNING + HOUR)
        self._run(rule, MORNING + HOUR)
        self.assertStates(run, "todo")
        inquiry.needs_reply = False
        self._run(rule, MORNING + 2 * HOUR)
        self.assertStates(run, "done")
        self.assertFalse(run.reason)
        self.assertGreeted(self.lumen)

    def test_who_was_answered_a_moment_ago_does_not_wait(self):
        """Before the scheduled refresh has linked the answer."""
        inquiry = self._ask(self.lumen)
        self.interactions.create(
            {
                "partner_id": self.lumen.id,
                "date": fields.Datetime.now(),
                "channel": "email",
                "direction": "out",
            }
        )
        self._create_date(self.lumen)
        rule = self._create_rule(hold_waiting=True)
        self._run(rule)
        self.assertFalse(inquiry.reply_id)
        self.assertGreeted(self.lumen)

    def test_who_waited_on_a_deal_that_is_lost_does_not_wait(self):
        lead = self._create_lead(self.lumen)
        inquiry = self._ask(self.lumen, lead_id=lead.id)
        lead.action_set_lost()
        self._create_date(self.lumen)
        rule = self._create_rule(hold_waiting=True)
        self._run(rule)
        self.assertTrue(inquiry.needs_reply)
        self.assertGreeted(self.lumen)

    def test_a_colleague_who_waits_holds_the_whole_client(self):
        self._ask(self.oak)
        self._create_date(self.nina)
        rule = self._create_rule(hold_waiting=True)
        self._run(rule)
        self.assertStates(self._runs(rule), "todo")

    def test_a_lead_without_client_that_waits(self):
        lead = self._create_lead(email_from="stranger@example.com")
        self._ask(self.env["res.partner"], lead_id=lead.id)
        lead.date_deadline = MORNING.date()
        rule = self._create_rule(
            self._mail(template_id=self._create_lead_template().id),
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            date_source="field",
            date_field_id=self.env["ir.model.fields"]._get("crm.lead", "date_deadline").id,
            domain=[("id", "=", lead.id)],
            hold_waiting=True,
        )
        self._run(rule)
        self.assertStates(self._runs(rule), "todo")

    def _create_lead_template(self):
        return self.env["mail.template"].create(
            {
                "name": "To leads",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "subject": "Soon",
                "email_to": "{{ object.email_from }}",
                "body_html": "<p>Soon</p>",
            }
        )

    def test_the_forecast_says_why(self):
        self._ask(self.lumen)
        self._create_date(self.lumen)
        self._create_date(self.brandon)
        rule = self._create_rule(hold_waiting=True)
        with self.freeze(MORNING):
            reasons = {line["res_id"]: line["reason"] for line in rule.forecast(1)}
        self.assertEqual(
            reasons, {self.lumen.id: "The client waits for our answer", self.brandon.id: ""}
        )

    def test_without_the_switch_and_for_tasks_nothing_is_held(self):
        self._ask(self.lumen)
        self._create_date(self.lumen)
        letter = self._create_rule()
        task = self._create_rule(self._task(), hold_waiting=True)
        (letter + task)._run(MORNING)
        self.env.invalidate_all()
        self.assertStates(self._runs(letter) + self._runs(task), "done", "done")

    def test_held_for_too_long_the_word_on_lateness_holds(self):
        self._ask(self.lumen)
        self._create_date(self.lumen)
        leave = self._create_rule(hold_waiting=True, catch_up_policy="skip")
        task = self._create_rule(hold_waiting=True, catch_up_policy="activity")
        send = self._create_rule(hold_waiting=True, catch_up_policy="send")
        for days in (0, 5):
            (leave + task + send)._run(MORNING + timedelta(days=days))
        self.env.invalidate_all()
        self.assertStates(
            self._runs(leave) + self._runs(task) + self._runs(send), "skipped", "done", "todo"
        )
        self.assertEqual(
            self._runs(leave).reason,
            "Too late: more than 3 days (The client waits for our answer)",
        )
        self.assertTrue(self._runs(task).activity_id)
        self.assertGreeted(self.lumen, 0)

    def test_one_run_takes_what_is_held_once(self):
        people = self._create_people(6)
        rule = self._create_rule()
        self.patch(type(rule), "_run_batch_size", 2)
        asked = []

        def hold(rule, runs):
            asked.extend(runs.mapped("res_id"))
            return dict.fromkeys(runs.ids, "An open complaint")

        with patch.object(type(rule), "_get_holds", hold):
            self.assertEqual(self._run(rule), 6)
            self.assertEqual(self._run(rule, MORNING + timedelta(minutes=15)), 0)
        self.assertEqual(sorted(asked), people.ids)
        self.assertEqual(set(self._runs(rule).mapped("reason")), {"An open complaint"})

    def test_holding_costs_the_same_for_few_and_many(self):
        rule = self._create_rule(hold_waiting=True)
        counts = []
        for people in (self._create_people(5), self._create_people(40)):
            for person in people:
                self._ask(person)
            rule._plan(MORNING)
            runs = self._runs(rule, *people)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(len(rule._get_holds(runs)), len(people))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)

    def test_the_limit_counts_people_and_not_leads(self):
        leads = self._create_lead(self.lumen) + self._create_lead(self.lumen)
        leads.date_deadline = datetime(2027, 3, 10).date()
        rule = self._create_rule(
            self._task(),
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            date_source="field",
            date_field_id=self.env["ir.model.fields"]._get("crm.lead", "date_deadline").id,
            domain=[("id", "in", leads.ids)],
            limit=1,
        )
        self._run(rule)
        self.assertFalse(rule.is_held)
        self.assertStates(self._runs(rule), "done", "done")
