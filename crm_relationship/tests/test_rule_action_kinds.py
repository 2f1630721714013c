from datetime import date, datetime, timedelta

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_rules import MORNING, RuleCommon

LOGGER = "odoo.addons.crm_relationship.models.rule.crm_relationship_rule_execute"


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleActionKinds(RuleCommon):
    """Setting the status, telling people, running server actions."""

    # Status

    def _status(self, status=None):
        return {"kind": "status", "status_id": (status or self.status_key).id}

    def test_status_is_set_for_the_company_of_the_client(self):
        self._create_date(self.brandon)
        rule = self._create_rule(self._status())
        self._run(rule)
        self.assertEqual(self.oak.relationship_status_id, self.status_key)
        self.assertEqual(self.nina.relationship_status_id, self.status_key)
        change = self.oak.relationship_change_ids[:1]
        self.assertEqual(
            (change.rule_id, change.user_id, change.reason), (rule, self.anna, "Rule: Birthday")
        )
        self.assertStates(self._runs(rule), "done")

    def test_status_that_is_there_or_kept_is_left_alone(self):
        for partner in (self.brandon, self.nina, self.lumen):
            self._create_date(partner)
        self.lumen.write(
            {
                "relationship_status_id": self.status_cold.id,
                "relationship_status_locked_until": date(2027, 3, 10),
            }
        )
        rule = self._create_rule(self._status())
        self._run(rule)
        self.assertStates(self._runs(rule, self.brandon, self.nina), "done", "skipped")
        self.assertEqual(self._runs(rule, self.nina).reason, "Has this status already")
        self.assertEqual(self._runs(rule, self.lumen).reason, "The status is kept until 03/10/2027")
        self.assertEqual(self.lumen.relationship_status_id, self.status_cold)

    def test_status_is_kept_by_the_day_of_the_company(self):
        company = self.env["res.partner"]._get_purchase_company()
        company.resource_calendar_id.tz = "Pacific/Auckland"
        people = self.oak + self.lumen
        for partner, until in zip(people, (date(2027, 3, 10), date(2027, 3, 11)), strict=True):
            self._create_date(partner)
            partner.relationship_status_locked_until = until
        rule = self._create_rule(self._status())
        # It is two in the morning of the 11th there.
        self._run(rule, datetime(2027, 3, 10, 13))
        self.assertStates(self._runs(rule, self.oak), "done")
        self.assertStates(self._runs(rule, self.lumen), "skipped")

    def test_status_costs_the_same_for_few_and_many(self):
        counts = []
        for number in (5, 50):
            people = self._create_people(number)
            rule = self._create_rule(self._status(), domain=[("id", "in", people.ids)])
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rule._run(MORNING)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(people.relationship_status_id), {self.status_key})
        self.assertLess(counts[1] - counts[0], 10)

    # Telling

    def _note_messages(self):
        self.last_message = self.env["mail.message"].search([], order="id desc", limit=1).id

    def _told(self, user):
        return self.env["mail.message"].search(
            [
                ("partner_ids", "in", user.partner_id.ids),
                ("message_type", "=", "user_notification"),
                ("id", ">", self.last_message),
            ]
        )

    def test_people_are_told_once_a_run(self):
        people = self._create_people(3)
        self._note_messages()
        rule = self._create_rule(
            {
                "kind": "notify",
                "summary": "Has birthday",
                "notify_user_ids": [Command.link(self.carla.id), Command.link(self.ben.id)],
            }
        )
        self._run(rule)
        self._run(rule, MORNING + timedelta(hours=1))
        for user in (self.ben, self.carla):
            message = self._told(user)
            self.assertEqual((len(message), message.subject), (1, "3 news for you"))
            for person in people:
                self.assertIn(person.name, message.body)
        self.assertFalse(self._told(self.anna))
        self.assertEqual(self._runs(rule).user_id, self.ben)

    def test_tasks_and_news_come_in_one_message(self):
        self._create_people(1)
        self._note_messages()
        rule = self._create_rule(
            self._task(summary="Call them"), {"kind": "notify", "summary": "Has birthday"}
        )
        self._run(rule)
        message = self._told(self.ben)
        self.assertEqual(len(message), 1)
        self.assertIn("Call them", message.body)
        self.assertIn("Has birthday", message.body)

    # Server actions

    def _server_action(self, code, model="res.partner", **vals):
        return self.env["ir.actions.server"].create(
            {
                "name": "Mark",
                "model_id": self.env["ir.model"]._get_id(model),
                "state": "code",
                "code": code,
                **vals,
            }
        )

    def _run_code(self, code, **vals):
        action = self._server_action(code)
        return self._create_rule({"kind": "server_action", "server_action_id": action.id}, **vals)

    def test_server_action_runs_once_for_all(self):
        people = self._create_people(3)
        rule = self._run_code(
            "records.write({'function': '%s of %s' % (len(records), env.user.name)})"
        )
        self._run(rule)
        self.assertEqual(set(people.mapped("function")), {f"3 of {self.anna.name}"})
        self.assertStates(self._runs(rule), "done", "done", "done")

    def test_one_failing_record_harms_no_other(self):
        people = self._create_people(5)
        people[3].name = "Spoilt"
        rule = self._run_code(
            "if 'Spoilt' in records.mapped('name'): raise UserError('No.')\n"
            "records.write({'function': 'seen'})"
        )
        with self.assertLogs("odoo.addons", "WARNING"):
            self._run(rule)
        self.assertEqual(people.mapped("function"), ["seen"] * 3 + [False, "seen"])
        self.assertStates(self._runs(rule, people[3]), "failed")
        self.assertEqual(self._runs(rule, people[3]).reason, "No.")

    def test_one_that_fails_in_the_database_harms_no_other(self):
        """At once, or when what was written reaches the database; half done is undone."""
        failing = {
            "env.cr.execute('SELECT 1 / 0')": "division by zero",
            "records.write({'company_id': 2147483647})": "violates foreign key",
        }
        for code, words in failing.items():
            people = self._create_people(5)
            people[3].name = "Spoilt"
            rule = self._run_code(
                "records.write({'function': 'seen'})\n"
                f"if 'Spoilt' in records.mapped('name'): {code}\n"
                "records.write({'barcode': False})",
                domain=f"[('id', 'in', {people.ids})]",
            )
            with self.subTest(code), mute_logger("odoo.sql_db"), self.assertLogs(LOGGER, "WARNING"):
                self._run(rule)
                self.assertEqual(people.mapped("function"), ["seen"] * 3 + [False, "seen"])
                failed = self._runs(rule, people[3])
                self.assertStates(failed, "failed")
                self.assertIn(words, failed.reason)
                self.assertStates(self._runs(rule, *(people - people[3])), *["done"] * 4)
                # The next run leaves it alone.
                self._run(rule, MORNING + timedelta(hours=1))
                self.assertEqual(self._runs(rule).mapped("attempts"), [1] * 5)

    def test_it_has_no_more_rights_than_who_answers_for_the_rule(self):
        self._create_people(1)
        rule = self._run_code("env['ir.config_parameter'].set_param('rule.test', 'x')")
        with self.assertLogs("odoo.addons", "WARNING"):
            self._run(rule)
        self.assertStates(self._runs(rule), "failed")
        self.assertFalse(self.env["ir.config_parameter"].get_param("rule.test"))

    def test_only_administrators_choose_server_actions(self):
        action = self._server_action("records.unlink()")
        kind = {"kind": "server_action", "server_action_id": action.id}
        rule = self._create_rule(active=False)
        rules = rule.with_user(self.anna)
        actions = self.env["crm.relationship.rule.action"].with_user(self.anna)
        with self.assertRaises(AccessError):
            rules.action_ids = [Command.create(kind)]
        with self.assertRaises(AccessError):
            actions.create(kind)
        stand_in = actions.sudo().create(kind)
        with self.assertRaises(AccessError):
            rules.action_ids.otherwise_id = stand_in.id
        with self.assertRaises(AccessError):
            stand_in.with_user(self.anna).rule_id = rule.id
        rule.action_ids = [Command.create(kind)]
        with self.assertRaises(AccessError):
            rules.copy()
        code = rule.action_ids.filtered("server_action_id").with_user(self.anna)
        with self.assertRaises(AccessError):
            code.write({"kind": "activity", "summary": "Call", "server_action_id": False})
        with self.assertRaises(AccessError):
            code.unlink()

    def test_nobody_else_makes_it_act_on_others_or_as_somebody_else(self):
        rule = self._run_code("records.write({'function': 'seen'})")
        rules = rule.with_user(self.anna)
        for vals in (
            {"domain": "[('name', '!=', 'x')]"},
            {"user_id": self.ben.id},
            {"company_id": self.env.company.id},
        ):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                rules.write(vals)
        rules.write({"name": "Renamed", "domain": rule.domain})
        rules.action_switch_off()
        self.assertFalse(rule.active)
        with self.assertRaises(AccessError):
            rules.action_switch_on()

    def test_a_server_action_for_other_records_is_refused(self):
        action = self._server_action("pass", "crm.lead")
        with self.assertRaises(ValidationError):
            self._create_rule({"kind": "server_action", "server_action_id": action.id})
