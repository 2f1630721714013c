from datetime import timedelta

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleActionSms(RuleCommon):
    """SMS go to Odoo's queue, to whom may get one; letters for contacts fit every rule."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.be")
        cls.sms_template = cls.env["sms.template"].create(
            {
                "name": "Short greeting",
                "model_id": cls.env["ir.model"]._get_id("res.partner"),
                "body": "All the best, {{ object.name }}",
            }
        )

    def _sms(self, **vals):
        return {"kind": "sms", "sms_template_id": self.sms_template.id, **vals}

    def test_it_is_queued_once_and_linked(self):
        [person] = self._create_people(1, phone="0470 12 34 56")
        rule = self._create_rule(self._sms(), purpose="service")
        self._run(rule)
        self._run(rule, MORNING + timedelta(hours=1))
        runs = self._runs(rule, person)
        self.assertStates(runs, "done")
        self.assertEqual(runs.sms_id.state, "outgoing")
        self.assertEqual(runs.sms_id.number, "+32470123456")
        self.assertEqual(runs.sms_id.body, "All the best, Person 0")
        self.assertEqual(self.env["sms.sms"].search_count([("partner_id", "=", person.id)]), 1)

    def test_it_is_in_the_history_as_an_attempt(self):
        [person] = self._create_people(1, phone="0470 12 34 56")
        self._run(self._create_rule(self._sms()))
        self.env.cr.flush()
        row = self.env["crm.interaction"].search([("partner_id", "=", person.id)])
        self.assertEqual((row.channel, row.direction, row.is_attempt), ("sms", "out", True))

    def test_why_it_did_not_go_and_what_stood_in(self):
        people = self._create_people(4, phone="0470 12 34 56")
        people[1].phone = False
        people[2].phone = "12"
        people[3].phone = "0470 99 99 99"
        self.env["phone.blacklist"].sudo().add("+32470999999")
        rule = self._create_rule(self._sms())
        call = self.env["crm.relationship.rule.action"].create(self._task(summary="Write a card"))
        letter = self.env["crm.relationship.rule.action"].create(self._mail(otherwise_id=call.id))
        rule.action_ids.otherwise_id = letter
        people[1].email = False
        self._run(rule)
        reasons = [self._runs(rule, person)[0].reason for person in people]
        self.assertEqual(
            reasons,
            [
                False,
                "No telephone number",
                "The telephone number is not valid",
                "Opted out: the number is blacklisted",
            ],
        )
        self.assertFalse(self._mails_to(people[0]))
        self.assertStates(self._runs(rule, people[1]), "skipped", "skipped", "done")
        self.assertEqual(self._tasks_of(people[1]).summary, "Write a card")
        self.assertGreeted(people[2])
        self.assertGreeted(people[3])
        self.assertFalse(self._tasks_of(people[3]))

    def test_service_reaches_who_wants_no_advertising(self):
        [person] = self._create_people(1, phone="0470 99 99 99")
        self.env["phone.blacklist"].sudo().add("+32470999999")
        rule = self._create_rule(self._sms(), purpose="service")
        self._run(rule)
        self.assertStates(self._runs(rule, person), "done")

    def test_a_shared_number_gets_one(self):
        people = self._create_people(2, phone="0470 12 34 56")
        rule = self._create_rule(self._sms())
        self._run(rule)
        self.assertStates(self._runs(rule, *people), "done", "skipped")
        self.assertEqual(
            self._runs(rule, people[1]).reason, "The same SMS goes to this number already"
        )

    def test_it_is_in_the_language_of_the_client(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.sms_template.with_context(lang="fr_FR").body = "Bon anniversaire, {{ object.name }}"
        people = self._create_people(2)
        people[0].write({"phone": "0470 12 34 56", "lang": "fr_FR"})
        people[1].phone = "0470 12 34 57"
        rule = self._create_rule(self._sms(), purpose="service")
        self._run(rule)
        self.assertEqual(
            self._runs(rule, *people).sms_id.mapped("body"),
            ["Bon anniversaire, Person 0", "All the best, Person 1"],
        )

    def test_one_more_client_costs_less_than_a_statement(self):
        counts = []
        for number in (5, 50):
            people = self._create_people(number)
            for index, person in enumerate(people):
                person.phone = f"0470 12 {number:02} {index:02}"
            rule = self._create_rule(self._sms(), domain=[("id", "in", people.ids)])
            self.env.cr.flush()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rule._run(MORNING)
            counts.append(self.env.cr.sql_log_count - before)
            self.assertEqual(set(self._runs(rule).mapped("state")), {"done"})
        self.assertLess(counts[1] - counts[0], 45)

    def test_a_letter_for_contacts_goes_to_the_client_of_the_lead(self):
        leads = self._create_lead(self.lumen) | self._create_lead(self.lumen)
        stranger = self._create_lead(email_from="who@example.com")
        leads |= stranger
        leads.date_deadline = MORNING.date()
        rule = self._create_rule(
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            date_source="field",
            date_field_id=self.env["ir.model.fields"]._get("crm.lead", "date_deadline").id,
            date_kind_id=False,
            recurrence="once",
        )
        self._run(rule)
        self.assertGreeted(self.lumen)
        runs = self._runs(rule)
        self.assertEqual(sorted(runs.mapped("state")), ["done", "skipped", "skipped"])
        self.assertEqual(
            set(runs.filtered(lambda run: run.state == "skipped").mapped("reason")),
            {"The same goes to this client already", "No client"},
        )

    def test_a_text_for_other_records_is_refused(self):
        self.sms_template.model_id = self.env["ir.model"]._get("crm.lead")
        with self.assertRaises(ValidationError):
            self._create_rule(self._sms())

    def test_a_stand_in_of_a_stand_in_must_fit_too(self):
        rule = self._create_rule(self._mail())
        letter = self.template.copy({"model_id": self.env["ir.model"]._get_id("crm.lead")})
        last = {"kind": "mail", "template_id": letter.id}
        with self.assertRaises(ValidationError):
            rule.action_ids.otherwise_id = self.env["crm.relationship.rule.action"].create(
                self._task(otherwise_id=self.env["crm.relationship.rule.action"].create(last).id)
            )
        self.assertEqual(
            rule.copy({"action_ids": [Command.create(self._mail())]}).action_ids.kind, "mail"
        )
