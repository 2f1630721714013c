from datetime import date, datetime, timedelta

from odoo import fields
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .common_rules import MORNING, RuleCommon


class EventCommon(RuleCommon):
    """Rules on what happens to leads; Odoo keeps the moments, the tests set them."""

    @classmethod
    def _create_event_rule(cls, event, *actions, **vals):
        return cls._create_rule(
            *(actions or (cls._task(),)),
            **{
                "name": "Event",
                "trigger": "event",
                "event": event,
                "date_kind_id": False,
                "model_id": cls.env["ir.model"]._get_id("crm.lead"),
                **vals,
            },
        )

    def _set_moment(self, record, **moments):
        """Let it have happened at these moments."""
        record.flush_recordset()
        for name, moment in moments.items():
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET %s = %s WHERE id = %s RETURNING id",
                    SQL.identifier(record._table),
                    SQL.identifier(name),
                    moment,
                    record.id,
                )
            )
        record.invalidate_recordset()


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleEventLead(EventCommon):
    """A lead came, was assigned, won, lost, or does not move."""

    def _create_lead_at(self, moment, partner=None, **vals):
        lead = self._create_lead(partner, **vals)
        self._set_moment(lead, create_date=moment)
        return lead

    # ---- created ----

    def test_a_lead_that_came_is_acted_on_once(self):
        lead = self._create_lead_at(MORNING - timedelta(hours=1), self.brandon)
        rule = self._create_event_rule("lead_created")
        for hours in range(3):
            self._run(rule, MORNING + timedelta(hours=hours))
        run = self._runs(rule)
        self.assertStates(run, "done")
        self.assertEqual((run.res_id, run.partner_id), (lead.id, self.brandon))
        self.assertEqual(run.occurrence, date(2027, 3, 10))
        self.assertEqual(run.date_due, MORNING - timedelta(hours=1))
        self.assertEqual(self._tasks_of(lead).user_id, self.ben)
        self.assertIn("Came in on 03/10/2027", self._tasks_of(lead).note)

    def test_a_lead_of_before_the_rule_is_left_alone(self):
        self._create_lead_at(MORNING - timedelta(hours=1), self.brandon)
        rule = self._create_event_rule("lead_created", date_start=MORNING)
        self._run(rule, MORNING + timedelta(hours=1))
        self.assertFalse(self._runs(rule))

    def test_a_stranger_without_contact(self):
        lead = self._create_lead_at(MORNING, email_from="new@strangers.example.com")
        letter = self.env["mail.template"].create(
            {
                "name": "Welcome",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "subject": "Thank you",
                "body_html": "<p>We will answer today.</p>",
                "email_to": "{{ object.email_from }}",
                "email_from": "us@example.com",
            }
        )
        rule = self._create_event_rule(
            "lead_created", self._task(), {"kind": "mail", "template_id": letter.id}
        )
        self._run(rule, MORNING + timedelta(minutes=5))
        runs = self._runs(rule)
        self.assertStates(runs, "done", "done")
        self.assertFalse(runs.partner_id)
        self.assertTrue(self._tasks_of(lead))
        self.assertEqual(
            self.env["mail.mail"].search([("subject", "=", "Thank you")]).email_to,
            "new@strangers.example.com",
        )

    def test_only_leads_of_the_company_of_the_rule(self):
        other = self.env["res.company"].create({"name": "Other"})
        mine = self._create_lead_at(MORNING, company_id=self.env.company.id)
        self._create_lead_at(MORNING, company_id=other.id, user_id=False, team_id=False)
        anybodys = self._create_lead_at(MORNING, company_id=False)
        rule = self._create_event_rule("lead_created", company_id=self.env.company.id)
        self._run(rule, MORNING)
        self.assertEqual(set(self._runs(rule).mapped("res_id")), {mine.id, anybodys.id})

    def test_after_two_days_off_what_came_is_done_and_after_forty_follows_the_policy(self):
        self._create_lead_at(MORNING)
        soon, late = (
            self._create_event_rule("lead_created", catch_up_policy=policy)
            for policy in ("skip", "activity")
        )
        for rule in soon + late:
            rule.looked_until = MORNING - timedelta(hours=1)
        self._run(soon, MORNING + timedelta(days=2))
        self.assertStates(self._runs(soon), "done")
        self._run(late, MORNING + timedelta(days=40))
        run = self._runs(late)
        self.assertStates(run, "done")
        self.assertIn("Too late", run.reason)

    def test_a_deleted_lead_is_skipped(self):
        lead = self._create_lead_at(MORNING)
        rule = self._create_event_rule("lead_created", self._task(delay=1))
        self._run(rule, MORNING)
        lead.unlink()
        self._run(rule, MORNING + timedelta(days=1))
        self.assertEqual(self._runs(rule).reason, "Deleted in the meantime")

    # ---- assigned ----

    def test_assigned_again_on_another_day_is_another_occasion(self):
        lead = self._create_lead(self.brandon)
        self._set_moment(lead, date_open=MORNING)
        rule = self._create_event_rule("lead_assigned")
        self._run(rule, MORNING)
        lead.user_id = self.carla
        self._set_moment(lead, date_open=MORNING + timedelta(hours=2))
        self._run(rule, MORNING + timedelta(hours=3))
        self.assertStates(self._runs(rule), "done")
        self._set_moment(lead, date_open=MORNING + timedelta(days=1))
        self._run(rule, MORNING + timedelta(days=1))
        self.assertStates(self._runs(rule), "done", "done")
        self.assertEqual(self._tasks_of(lead).user_id, self.ben + self.carla)

    def test_a_lead_of_nobody_is_not_assigned(self):
        lead = self._create_lead(self.brandon, user_id=False)
        self._set_moment(lead, date_open=MORNING)
        rule = self._create_event_rule("lead_assigned")
        self._run(rule, MORNING)
        self.assertFalse(self._runs(rule))

    # ---- won and lost ----

    def _win(self, lead, moment):
        lead.action_set_won()
        self._set_moment(lead, date_closed=moment)

    def test_won_reopened_and_won_again_are_two_occasions(self):
        lead = self._create_lead(self.brandon)
        stage = lead.stage_id
        rule = self._create_event_rule("lead_won")
        self._win(lead, MORNING)
        self._run(rule, MORNING)
        lead.stage_id = stage
        self._run(rule, MORNING + timedelta(days=1))
        self.assertStates(self._runs(rule), "done")
        self._win(lead, MORNING + timedelta(days=2))
        self._run(rule, MORNING + timedelta(days=2))
        self.assertStates(self._runs(rule), "done", "done")

    def test_reopened_before_the_later_step(self):
        lead = self._create_lead(self.brandon)
        stage = lead.stage_id
        rule = self._create_event_rule("lead_won", self._task(delay=7))
        self._win(lead, MORNING)
        self._run(rule, MORNING)
        lead.stage_id = stage
        self._run(rule, MORNING + timedelta(days=7))
        self.assertStates(self._runs(rule), "skipped")
        self.assertEqual(self._runs(rule).reason, "Not won any more")

    def test_a_lost_lead_is_reached_though_it_is_archived(self):
        lead = self._create_lead(self.brandon)
        lead.action_set_lost()
        self._set_moment(lead, date_closed=MORNING)
        rules = self._create_event_rule("lead_lost") + self._create_event_rule("lead_won")
        self._run(rules, MORNING)
        self.assertStates(self._runs(rules[0]), "done")
        self.assertFalse(self._runs(rules[1]))

    def test_a_lost_lead_that_is_opened_again(self):
        lead = self._create_lead(self.brandon)
        lead.action_set_lost()
        self._set_moment(lead, date_closed=MORNING)
        rule = self._create_event_rule("lead_lost", self._task(delay=1))
        self._run(rule, MORNING)
        lead.action_unarchive()
        self._run(rule, MORNING + timedelta(days=1))
        self.assertEqual(self._runs(rule).reason, "Not lost any more")

    def test_a_day_is_the_companys_and_the_wait_is_in_the_clients_time(self):
        self.env.company.resource_calendar_id.tz = "Pacific/Auckland"
        self.brandon.tz = "Pacific/Pago_Pago"
        lead = self._create_lead(self.brandon)
        # 11 March in Auckland, 9 March at home.
        moment = datetime(2027, 3, 10, 10, 30)
        rule = self._create_event_rule("lead_won", self._task(), catch_up_days=0)
        self._win(lead, moment + timedelta(hours=1))
        self._run(rule, moment + timedelta(hours=2))
        run = self._runs(rule)
        self.assertStates(run, "done")
        self.assertEqual(run.occurrence, date(2027, 3, 11))
        # Midnight in Pago Pago, eleven hours behind.
        self.assertEqual(run.date_expire, datetime(2027, 3, 11, 11))

    def test_days_later_is_the_same_hour_over_a_change_of_the_clocks(self):
        self.brandon.tz = "Europe/Brussels"
        lead = self._create_lead(self.brandon)
        self._win(lead, datetime(2027, 3, 27, 9))
        rule = self._create_event_rule(
            "lead_won", self._task(delay=1), self._task(delay=24, delay_unit="hour")
        )
        self._run(rule, datetime(2027, 3, 27, 9, 5))
        self.assertEqual(
            self._runs(rule).mapped("date_due"),
            [datetime(2027, 3, 28, 8), datetime(2027, 3, 28, 9)],
        )

    # ---- stuck ----

    def test_a_deal_that_does_not_move(self):
        stuck, moved = self._create_lead(self.brandon), self._create_lead(self.nina)
        for lead in stuck + moved:
            self._set_moment(lead, date_last_stage_update=MORNING - timedelta(days=14))
        rule = self._create_event_rule("stage_stuck")
        self._run(rule, MORNING - timedelta(hours=1))
        self.assertFalse(self._runs(rule))
        self._set_moment(moved, date_last_stage_update=MORNING - timedelta(days=1))
        for hours in range(2):
            self._run(rule, MORNING + timedelta(hours=hours))
        run = self._runs(rule)
        self.assertStates(run, "done")
        self.assertEqual((run.res_id, run.occurrence), (stuck.id, date(2027, 2, 24)))
        self.assertEqual(run.date_due, MORNING.replace(minute=0))

    def test_closed_deals_and_mere_leads_are_not_stuck(self):
        won, mere = self._create_lead(self.brandon), self._create_lead(self.nina, type="lead")
        won.action_set_won()
        for lead in won + mere:
            self._set_moment(lead, date_last_stage_update=MORNING - timedelta(days=14))
        rule = self._create_event_rule("stage_stuck")
        self._run(rule, MORNING)
        self.assertFalse(self._runs(rule))

    def test_moved_before_the_second_reminder(self):
        lead = self._create_lead(self.brandon)
        self._set_moment(lead, date_last_stage_update=MORNING - timedelta(days=14))
        rule = self._create_event_rule("stage_stuck", self._task(), self._task(delay=7))
        self._run(rule, MORNING)
        self._set_moment(lead, date_last_stage_update=MORNING + timedelta(days=2))
        self._run(rule, MORNING + timedelta(days=7))
        self.assertStates(self._runs(rule), "done", "skipped")
        self.assertEqual(self._runs(rule)[1].reason, "Has moved in the meantime")

    def test_what_is_coming(self):
        lead = self._create_lead(self.brandon)
        now = fields.Datetime.now()
        self._set_moment(lead, date_last_stage_update=now - timedelta(days=10))
        rule = self._create_event_rule("stage_stuck", date_start=now - timedelta(days=1))
        self.assertFalse(rule.forecast(3))
        [line] = rule.forecast(5)
        self.assertEqual((line["res_id"], line["date_due"].hour), (lead.id, 9))

    def test_it_costs_the_same_for_few_and_many(self):
        rule = self._create_event_rule("lead_created")
        rule._plan(MORNING)
        counts = []
        for number in (3, 30):
            leads = self.env["crm.lead"].create([{"name": f"Lead {i}"} for i in range(number)])
            for lead in leads:
                self._set_moment(lead, create_date=MORNING)
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rule._plan(MORNING)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertEqual(len(self._runs(rule)), 33)


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleFits(EventCommon):
    """A rule acts on what its occasion happens to."""

    def test_an_event_that_does_not_happen_to_contacts(self):
        with self.assertRaisesRegex(ValidationError, "Acts on"):
            self._create_event_rule(
                "lead_won", model_id=self.env["ir.model"]._get_id("res.partner")
            )

    def test_important_dates_are_those_of_clients(self):
        with self.assertRaisesRegex(ValidationError, "Acts on"):
            self._create_rule(self._task(), model_id=self.env["ir.model"]._get_id("crm.promise"))

    def test_what_is_missing_is_named(self):
        with self.assertRaisesRegex(ValidationError, "Days in the Stage"):
            self._create_event_rule("stage_stuck", stuck_days=0)
        with self.assertRaisesRegex(ValidationError, "What Happens"):
            self._create_event_rule(False)
        with self.assertRaisesRegex(ValidationError, "Status: choose"):
            self._create_rule(self._task(), trigger="status", date_kind_id=False)

    def test_a_manager_makes_a_rule_by_the_form(self):
        """Who may not read Odoo's list of models and fields."""
        with Form(self.env["crm.relationship.rule"].with_user(self.anna)) as form:
            form.name = "Won"
            form.trigger = "event"
            form.event = "lead_won"
            self.assertEqual(form.acts_on, "crm.lead")
            self.assertEqual(form.fitting_models, ["crm.lead"])
        rule = form.record
        self.assertEqual(rule.model_name, "crm.lead")
        self.assertEqual(rule.occasion_text, "When a deal is won")
        with Form(rule) as form:
            form.trigger = "date"
            form.date_source = "field"
            self.assertIn("crm.lead.date_deadline", form.fitting_date_fields)
            self.assertNotIn("crm.promise.date_due", form.fitting_date_fields)
            form.date_field = "crm.lead.date_deadline"
        self.assertEqual(rule.sudo().date_field_id.name, "date_deadline")
        self.assertIn("Expected Closing", rule.occasion_text)
        with Form(rule) as form:
            form.acts_on = "crm.promise"
            self.assertFalse(form.date_field)
            form.date_field = "crm.promise.date_due"
        self.assertEqual(rule.model_name, "crm.promise")
        self.assertEqual(rule.date_field, "crm.promise.date_due")
