from datetime import date, datetime, timedelta

from odoo.tests import tagged

from .common_rules import BEFORE, MORNING, RuleCommon

HOUR = timedelta(hours=1)


@tagged("crm_relationship", "post_install", "-at_install")
class TestComplaintRules(RuleCommon):
    """What rules leave alone while a complaint is open, and rules about complaints."""

    def _complain(self, partner, **vals):
        return self.env["crm.complaint"].create(
            {"name": "Scratch", "partner_id": partner.id, "date_open": MORNING, **vals}
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

    def test_marketing_is_held_until_it_is_over(self):
        complaint = self._complain(self.nina)
        self._create_date(self.brandon)
        self._create_date(self.lumen)
        rule = self._create_rule()
        self.assertTrue(rule.hold_complaint)
        self._run(rule)
        self.assertGreeted(self.lumen)
        run = self._runs(rule, self.brandon)
        self.assertStates(run, "todo")
        self.assertEqual(run.reason, "A complaint of the client is open")
        self.assertEqual(run.date_due, MORNING + HOUR)
        self._resolve(complaint, MORNING)
        self._run(rule, MORNING + HOUR)
        self.assertStates(run, "done")
        self.assertGreeted(self.brandon)

    def test_archived_or_cancelled_holds_nothing(self):
        self._complain(self.lumen).action_cancel()
        self._complain(self.lumen).active = False
        self._create_date(self.lumen)
        rule = self._create_rule()
        self._run(rule)
        self.assertGreeted(self.lumen)

    def test_service_is_not_held_unless_wanted(self):
        self._complain(self.lumen)
        self._create_date(self.lumen)
        rule = self._create_rule(purpose="service")
        self.assertFalse(rule.hold_complaint)
        rule.hold_complaint = True
        self._run(rule)
        self.assertStates(self._runs(rule), "todo")
        rule.hold_complaint = False
        self._run(rule, MORNING + HOUR)
        self.assertGreeted(self.lumen)

    def test_tasks_are_not_held(self):
        self._complain(self.lumen)
        self._create_date(self.lumen)
        rule = self._create_rule(self._task())
        self._run(rule)
        self.assertEqual(self._tasks_of(self.lumen).mapped("summary"), ["Call"])

    def test_letter_about_a_stranger_s_lead_is_held(self):
        lead = self._create_lead(email_from="new@example.com")
        self._complain(self.env["res.partner"], lead_id=lead.id)
        rule = self._create_rule(
            trigger="event",
            event="lead_created",
            model_id=self.env["ir.model"]._get_id("crm.lead"),
        )
        run = self.ledger.create(
            {
                "rule_id": rule.id,
                "action_id": rule.action_ids.id,
                "res_model": "crm.lead",
                "res_id": lead.id,
                "occurrence": MORNING.date(),
                "key": "test:1",
                "date_due": MORNING,
            }
        )
        self.assertEqual(list(rule._get_holds(run)), run.ids)

    def test_holding_costs_the_same_for_many(self):
        people = self._create_people(12)
        for person in people:
            self._complain(person)
        rule = self._create_rule()
        self._run(rule)
        runs = self._runs(rule)
        self.assertEqual(len(runs), 12)
        self.env.flush_all()
        with self.assertQueryCount(1):
            rule._find_complaining(runs[:1])
        with self.assertQueryCount(1):
            self.assertEqual(len(rule._find_complaining(runs)), 12)

    def test_silence_leaves_alone_who_complains(self):
        for client in (self.oak, self.lumen):
            client.relationship_status_id = self.status_regular
            client.relationship_status_date = datetime(2027, 1, 10)
            client.last_interaction_date = datetime(2027, 2, 1)
        complaint = self._complain(self.brandon)
        rule = self._create_rule(self._task(), trigger="silence", silence_days=30)
        self._run(rule)
        self.assertEqual(self._runs(rule).mapped("partner_id"), self.lumen)
        self._resolve(complaint, MORNING)
        self._run(rule, MORNING + HOUR)
        self.assertStates(self._runs(rule, self.oak), "done")

    def test_complaint_after_silence_was_planned(self):
        self.lumen.relationship_status_id = self.status_regular
        self.lumen.relationship_status_date = datetime(2027, 1, 10)
        self.lumen.last_interaction_date = datetime(2027, 2, 1)
        rule = self._create_rule(
            self._task(), self._task(delay=1, sequence=20), trigger="silence", silence_days=30
        )
        self._run(rule)
        self._complain(self.lumen)
        self._run(rule, MORNING + timedelta(days=2))
        runs = self._runs(rule)
        self.assertStates(runs, "done", "skipped")
        self.assertEqual(runs[1].reason, "The client has complained since")

    def test_rule_about_a_complaint(self):
        complaint = self._complain(self.brandon, user_id=self.ben.id)
        self._complain(self.brandon).action_cancel()
        rule = self._create_rule(
            self._task(summary="Read the file"),
            trigger="event",
            event="complaint_opened",
            model_id=self.env["ir.model"]._get_id("crm.complaint"),
        )
        self._run(rule)
        task = self._tasks_of(complaint).filtered(lambda task: task.summary == "Read the file")
        self.assertEqual(task.user_id, self.ben)
        self.assertIn("complained on", task.note)
        self.assertEqual(self._runs(rule).res_id, complaint.id)
        self._run(rule, MORNING + HOUR)
        self.assertEqual(len(self._runs(rule)), 1)

    def test_letter_when_it_is_resolved(self):
        complaint = self._complain(self.brandon)
        rule = self._create_rule(
            self._mail(),
            self._mail(delay=2, sequence=20),
            trigger="event",
            event="complaint_resolved",
            purpose="service",
            model_id=self.env["ir.model"]._get_id("crm.complaint"),
        )
        self._run(rule)
        self.assertFalse(self._runs(rule))
        self._resolve(complaint, MORNING + HOUR)
        self._run(rule, MORNING + HOUR)
        self.assertGreeted(self.brandon)
        complaint.action_reopen()
        self._run(rule, MORNING + timedelta(days=3))
        runs = self._runs(rule)
        self.assertStates(runs, "done", "skipped")
        self.assertEqual(runs[1].reason, "The complaint is another now: In Progress")

    def test_day_promised_is_a_date_to_follow(self):
        complaint = self._complain(self.brandon, date_deadline=date(2027, 3, 12))
        rule = self._create_rule(
            self._task(summary="Promised for the day after tomorrow"),
            date_source="field",
            date_kind_id=False,
            date_field_id=self.env["ir.model.fields"]._get("crm.complaint", "date_deadline").id,
            offset=-2,
            recurrence="once",
            domain="[('is_open', '=', True)]",
            date_start=BEFORE,
            model_id=self.env["ir.model"]._get_id("crm.complaint"),
        )
        self._run(rule)
        self.assertEqual(self._runs(rule).res_id, complaint.id)
        self.assertStates(self._runs(rule), "done")
