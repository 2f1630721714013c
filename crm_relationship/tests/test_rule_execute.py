from datetime import timedelta
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged, users
from odoo.tools import mute_logger

from .common_rules import MORNING, RuleCommon

MODELS = "odoo.addons.crm_relationship.models.rule"


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleExecute(RuleCommon):
    """What becomes of planned rows, one by one and in batches."""

    def _create_rule_with_otherwise(self, **vals):
        call = self.env["crm.relationship.rule.action"].create(self._task(summary="Call instead"))
        return self._create_rule(self._mail(otherwise_id=call.id), **vals)

    def test_the_letter_is_queued_and_not_sent(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        self._run(rule)
        mail = self._mails_to(self.lumen)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.subject, "All the best, Lucy Lumen")
        self.assertEqual(mail.message_type, "email_outgoing")
        self.assertEqual(self._runs(rule).mail_id, mail)

    def test_the_letter_is_in_the_language_of_the_client(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.template.with_context(lang="fr_FR").subject = "Bon anniversaire"
        self.lumen.lang = "fr_FR"
        self._create_date(self.lumen)
        self._create_date(self.brandon)
        self._run(self._create_rule())
        self.assertEqual(self._mails_to(self.lumen).subject, "Bon anniversaire")
        self.assertEqual(self._mails_to(self.brandon).subject, "All the best, Brandon")

    def test_opted_out_gets_no_marketing_and_the_owner_a_task(self):
        self.env["mail.blacklist"]._add(self.lumen.email)
        self._create_date(self.lumen)
        rule = self._create_rule_with_otherwise()
        self._run(rule)
        letter, call = self._runs(rule)
        self.assertStates(letter + call, "skipped", "done")
        self.assertIn("Opted out", letter.reason)
        self.assertGreeted(self.lumen, 0)
        self.assertEqual(call.activity_id.summary, "Call instead")
        self.assertEqual(call.activity_id.user_id, self.ben)

    def test_opted_out_between_plan_and_do(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        rule._plan(MORNING)
        self.env["mail.blacklist"]._add(self.lumen.email)
        rule._do_due(MORNING)
        self.env.invalidate_all()
        self.assertStates(self._runs(rule), "skipped")
        self.assertGreeted(self.lumen, 0)

    def test_service_reaches_who_has_opted_out(self):
        self.env["mail.blacklist"]._add(self.lumen.email)
        self._create_date(self.lumen)
        self._run(self._create_rule(purpose="service"))
        self.assertGreeted(self.lumen)

    def test_no_address_is_no_letter_and_the_owner_a_task(self):
        self.lumen.email = False
        self.brandon.email = "not an address"
        self._create_date(self.lumen)
        self._create_date(self.brandon)
        rule = self._create_rule_with_otherwise()
        self._run(rule)
        for partner, reason in ((self.lumen, "No e-mail"), (self.brandon, "not valid")):
            letter, call = self._runs(rule, partner)
            self.assertStates(letter + call, "skipped", "done")
            self.assertIn(reason, letter.reason)
            self.assertEqual(self._tasks_of(partner), call.activity_id)

    def test_one_letter_to_one_address(self):
        twin = self.env["res.partner"].create({"name": "Lucy Lumen", "email": self.lumen.email})
        self._create_date(self.lumen)
        self._create_date(twin)
        rule = self._create_rule()
        self._run(rule)
        self.assertEqual(sorted(self._runs(rule).mapped("state")), ["done", "skipped"])

    def test_a_stand_in_is_not_done_on_its_own(self):
        self._create_date(self.lumen)
        rule = self._create_rule_with_otherwise()
        rule.action_ids.otherwise_id.rule_id = rule
        self._run(rule)
        self.assertStates(self._runs(rule), "done")
        self.assertFalse(self._tasks_of(self.lumen))

    def test_what_is_gone_archived_or_changed_is_skipped(self):
        people = self._create_people(4)
        rule = self._create_rule(domain="[('name', 'like', 'Person')]")
        rule._plan(MORNING)
        people[0].active = False
        people[1].name = "Somebody else"
        gone = people[2].id
        people[2].unlink()
        rule._do_due(MORNING)
        self.env.invalidate_all()
        runs = {run.res_id: run for run in self._runs(rule)}
        self.assertEqual(runs[people[0].id].reason, "Archived in the meantime")
        self.assertEqual(runs[people[1].id].reason, "No longer matches the rule")
        self.assertEqual(runs[gone].reason, "Deleted in the meantime")
        self.assertEqual(runs[people[3].id].state, "done")

    def test_one_record_that_breaks_the_letter_harms_one(self):
        people = self._create_people(20)
        self.template.body_html = (
            "<p t-if=\"object.name == 'Person 7'\"><t t-out='1 / 0'/></p><p>Dear</p>"
        )
        rule = self._create_rule()
        with mute_logger(
            f"{MODELS}.crm_relationship_rule_execute", "odoo.addons.mail.models.mail_render_mixin"
        ):
            self._run(rule)
        states = {run.res_id: run.state for run in self._runs(rule)}
        self.assertEqual(states.pop(people[7].id), "failed")
        self.assertEqual(set(states.values()), {"done"})
        failed = self._runs(rule, people[7])
        self.assertTrue(failed.reason)
        self.assertIn("division by zero", failed.error)
        self.assertGreeted(people[6])
        # The next run leaves it alone; asked to, it tries again.
        self.assertEqual(self._run(rule, MORNING + timedelta(hours=1)), 0)
        self.template.body_html = "<p>Dear</p>"
        failed.action_retry()
        self.assertEqual(self._run(rule, MORNING + timedelta(days=9)), 1)
        self.assertStates(failed, "done")
        self.assertEqual(failed.attempts, 2)
        self.assertGreeted(people[7])

    def test_one_record_that_breaks_the_database_harms_one(self):
        people = self._create_people(9)
        rule = self._create_rule(self._task())
        origin = type(self.env["mail.activity"]).create

        def create(activities, vals_list):
            if any(vals["res_id"] == people[4].id for vals in vals_list):
                activities.env.cr.execute("SELECT 1 / 0")
            return origin(activities, vals_list)

        with (
            patch.object(type(self.env["mail.activity"]), "create", create),
            mute_logger(f"{MODELS}.crm_relationship_rule_execute", "odoo.sql_db"),
        ):
            self._run(rule)
        states = {run.res_id: run.state for run in self._runs(rule)}
        self.assertEqual(states.pop(people[4].id), "failed")
        self.assertEqual(set(states.values()), {"done"})
        for person in people - people[4]:
            self.assertEqual(len(self._tasks_of(person)), 1)

    def test_who_answers_for_the_rule_is_told_of_failures_once_a_day(self):
        self._create_people(1)
        self.template.body_html = (
            "<p t-if=\"object.name in ('Person 0', 'Lucy Lumen')\"><t t-out='1 / 0'/></p>"
        )
        rule = self._create_rule()
        loggers = (
            f"{MODELS}.crm_relationship_rule_execute",
            "odoo.addons.mail.models.mail_render_mixin",
        )
        with mute_logger(*loggers):
            self._run(rule)
            self._run(rule, MORNING + timedelta(hours=2))
        self.assertEqual(rule.activity_ids.user_id, self.anna)
        self.assertEqual(len(rule.activity_ids), 1)
        self._create_date(self.lumen, day=12)
        with mute_logger(*loggers):
            self._run(rule, MORNING + timedelta(days=2))
        self.assertEqual(len(rule.activity_ids), 2)

    def test_killed_between_batches_it_goes_on_where_it_was(self):
        people = self._create_people(7)
        rule = self._create_rule()
        self.patch(type(rule), "_run_batch_size", 3)
        with patch.object(
            type(rule), "_save_progress", lambda self, done=0, remaining=None: not done
        ):
            self._run(rule)
        self.assertEqual(len(self._runs(rule).filtered(lambda run: run.state == "done")), 3)
        self._run(rule)
        self.assertEqual(set(self._runs(rule).mapped("state")), {"done"})
        for person in people:
            self.assertGreeted(person)

    def test_killed_within_a_batch_nothing_of_it_is_left(self):
        people = self._create_people(3)
        rule = self._create_rule()
        rule._plan(MORNING)
        self.env.flush_all()
        with (
            self.assertRaises(SystemExit),
            self.env.cr.savepoint(),
            patch.object(type(self.ledger), "_settle", side_effect=SystemExit),
        ):
            rule._do_due(MORNING)
        self.assertGreeted(people[0], 0)
        self._run(rule)
        for person in people:
            self.assertGreeted(person)

    def test_actions_come_in_order_with_their_delays(self):
        self._create_date(self.lumen)
        rule = self._create_rule(
            self._mail(), self._task(delay=2), self._task(delay=30, delay_unit="hour")
        )
        self._run(rule)
        self.assertStates(self._runs(rule), "done", "todo", "todo")
        self._run(rule, MORNING + timedelta(hours=30))
        self.assertStates(self._runs(rule), "done", "done", "todo")
        self._run(rule, MORNING + timedelta(days=2))
        self.assertStates(self._runs(rule), "done", "done", "done")

    def test_an_action_taken_out_leaves_nothing_waiting(self):
        self._create_date(self.lumen)
        rule = self._create_rule(self._mail(), self._task(delay=2))
        self._run(rule)
        rule.action_ids.filtered("delay").unlink()
        self.assertStates(self._runs(rule), "done", "skipped")

    def test_above_the_limit_nobody_is_reached_until_somebody_says_so(self):
        people = self._create_people(4)
        rule = self._create_rule(limit=3)
        self._run(rule)
        self.assertEqual((rule.is_held, rule.held_count), (True, 4))
        self.assertStates(self._runs(rule), *["todo"] * 4)
        self.assertEqual(rule.activity_ids.user_id, self.anna)
        self._run(rule, MORNING + timedelta(hours=1))
        self.assertEqual(len(rule.activity_ids), 1)
        rule.with_user(self.anna).action_send_held()
        self.assertFalse(rule.activity_ids)
        self._run(rule, MORNING + timedelta(hours=2))
        self.assertFalse(rule.is_held)
        for person in people:
            self.assertGreeted(person)

    def test_above_the_limit_all_can_be_dropped(self):
        self._create_people(4)
        rule = self._create_rule(limit=3)
        self._run(rule)
        rule.with_user(self.anna).action_skip_held()
        self._run(rule)
        self.assertStates(self._runs(rule), *["skipped"] * 4)
        self.assertIn(self.anna.name, self._runs(rule)[0].reason)
        self.assertFalse(rule.is_held)

    def test_what_is_approved_goes_out_though_more_is_held(self):
        self._create_people(4)
        rule = self._create_rule(limit=3)
        self._run(rule)
        rule.action_send_held()
        self._create_people(4)
        self._run(rule)
        states = self._runs(rule).mapped("state")
        self.assertEqual((states.count("done"), states.count("todo")), (4, 4))
        self.assertTrue(rule.is_held)

    def test_tasks_go_to_who_should_have_them(self):
        team = self.env["crm.team"].create(
            {
                "name": "Desks",
                "user_id": self.anna.id,
                "member_ids": [Command.set([self.ben.id, self.carla.id])],
            }
        )
        people = self._create_people(6)
        people[0].user_id = False
        leads = self.env["crm.lead"].create(
            [
                {"name": person.name, "partner_id": person.id, "team_id": team.id, "user_id": False}
                for person in people
            ]
        )
        for responsible, expected in (
            ("owner", self.anna + self.ben),
            ("leader", self.anna),
            ("user", self.insider),
            ("round_robin", self.ben + self.carla),
        ):
            rule = self._create_rule(
                self._task(responsible=responsible, user_id=self.insider.id, summary=responsible),
                model_id=self.env["ir.model"]._get_id("crm.lead"),
            )
            self._run(rule)
            tasks = self.env["mail.activity"].search(
                [
                    ("res_model", "=", "crm.lead"),
                    ("res_id", "in", leads.ids),
                    ("summary", "=", responsible),
                ]
            )
            self.assertEqual(len(tasks), 6)
            self.assertEqual(tasks.user_id.sorted("id"), expected.sorted("id"), responsible)

    def test_one_digest_for_each_person(self):
        self._create_people(5)
        self._create_date(self.env["res.partner"].create({"name": "Zoe", "user_id": self.carla.id}))
        rule = self._create_rule(self._task())
        before = self.env["mail.message"].search([], order="id desc", limit=1).id
        self._run(rule)
        told = self.env["mail.message"].search(
            [("id", ">", before), ("message_type", "=", "user_notification")]
        )
        self.assertEqual(told.partner_ids, (self.ben + self.carla).partner_id)
        self.assertEqual(len(told), 2)
        digest = told.filtered(lambda message: message.partner_ids == self.ben.partner_id)
        self.assertIn("Person 4", digest.body)
        self.assertEqual(set(digest.mail_ids.mapped("state")) or {"outgoing"}, {"outgoing"})
        self._run(rule, MORNING + timedelta(hours=1))
        self.assertEqual(
            self.env["mail.message"].search_count(
                [("id", ">", before), ("message_type", "=", "user_notification")]
            ),
            2,
        )

    def test_a_task_says_what_it_is_about(self):
        self._create_date(self.lumen)
        rule = self._create_rule(self._task())
        self._run(rule)
        task = self._tasks_of(self.lumen)
        self.assertEqual((task.summary, task.res_name), ("Call", "Lucy Lumen"))
        self.assertIn("03/10/2027", task.note)
        self.assertTrue(task.automated)

    def test_the_scheduled_action_does_all_of_it(self):
        people = self._create_people(5)
        rule = self._create_rule()
        rule.date_start = rule._fields["date_start"].now() - timedelta(days=3)
        today = rule._fields["date_start"].now().date()
        people.important_date_ids.write({"month": today.month, "day": today.day})
        rule.send_hour = 0
        self.patch(type(rule), "_run_batch_size", 2)
        with self.enter_registry_test_mode():
            self.env.ref("crm_relationship.ir_cron_rules").method_direct_trigger()
        self.env.invalidate_all()
        self.assertStates(self._runs(rule), *["done"] * 5)

    @users("rel_anna")
    def test_a_manager_sets_up_and_switches_on(self):
        rule = self.env["crm.relationship.rule"].create(
            {"name": "New", "active": False, "date_kind_id": self.birthday.id}
        )
        with self.assertRaises(UserError):
            rule.action_switch_on()
        rule.action_ids = [Command.create(self._mail())]
        rule.action_switch_on()
        self.assertTrue(rule.active and rule.date_start)
        self._create_date(self.lumen.sudo())
        action = rule.action_forecast()
        self.assertEqual(action["res_model"], "crm.relationship.rule.forecast")
        copy = rule.copy()
        self.assertFalse(copy.active)
        self.assertEqual(len(copy.action_ids), 1)

    def test_the_rules_that_come_with_the_addon(self):
        greeting = self.env.ref("crm_relationship.rule_birthday")
        self.assertFalse(greeting.active)
        greeting.write({"active": True, "date_start": MORNING - timedelta(days=9)})
        self.nina.email = False
        self._create_date(self.lumen)
        self._create_date(self.nina)
        self._run(greeting)
        self.assertGreeted(self.lumen)
        mail = self._mails_to(self.lumen)
        self.assertIn("Dear Lucy Lumen", mail.body_html)
        self.assertIn(self.ben.name, mail.body_html)
        self.assertEqual(mail.email_from, self.ben.email_formatted)
        self.assertEqual(self._tasks_of(self.nina).user_id, self.ben)

    def test_two_contacts_that_become_one_are_greeted_once(self):
        twin = self.env["res.partner"].create({"name": "Lucy", "email": self.lumen.email})
        self._create_date(twin)
        rule = self._create_rule()
        self._run(rule)
        self.assertGreeted(twin)
        self._create_date(self.lumen)
        rule._plan(MORNING)
        self.env["base.partner.merge.automatic.wizard"]._merge([twin.id, self.lumen.id], self.lumen)
        self._run(rule)
        self._run(rule, MORNING + timedelta(minutes=15))
        run = self._runs(rule)
        self.assertStates(run, "done")
        self.assertEqual((run.res_id, run.partner_id), (self.lumen.id, self.lumen))

    def test_merged_before_the_other_had_a_date(self):
        twin = self.env["res.partner"].create({"name": "Lucy", "email": self.lumen.email})
        self._create_date(twin)
        rule = self._create_rule()
        self._run(rule)
        self.env["base.partner.merge.automatic.wizard"]._merge([twin.id, self.lumen.id], self.lumen)
        self.assertTrue(self.lumen.important_date_ids)
        self._run(rule, MORNING + timedelta(minutes=15))
        self.assertStates(self._runs(rule), "done")
