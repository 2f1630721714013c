from datetime import timedelta

from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon

DAY = timedelta(days=1)
WEEK = timedelta(days=7)


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleCap(RuleCommon):
    """At most so many marketing messages for one person in seven days."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.relationship_weekly_cap = 1

    def _run_all(self, rules, now=MORNING):
        rules._run(now)
        self.env.invalidate_all()

    def test_two_rules_for_the_same_client_and_day(self):
        """The first in their order goes; the other is too late in a week, and left."""
        self._create_date(self.lumen)
        second = self._create_rule(name="Second", sequence=20)
        first = self._create_rule(name="First", sequence=5)
        self._run_all((second + first).sorted())
        self.assertStates(self._runs(first) + self._runs(second), "done", "skipped")
        self.assertEqual(self._runs(second).reason, "Already a message this week")
        self.assertGreeted(self.lumen)

    def test_the_scheduled_action_keeps_the_order_too(self):
        self._create_date(self.lumen)
        second = self._create_rule(name="Second", sequence=20)
        first = self._create_rule(name="First", sequence=5)
        self._run_all(self.env["crm.relationship.rule"])
        self.assertStates(self._runs(first) + self._runs(second), "done", "skipped")

    def test_two_are_allowed_and_the_third_is_not(self):
        self.env.company.relationship_weekly_cap = 2
        self._create_date(self.lumen)
        rules = self._create_rule() + self._create_rule() + self._create_rule()
        self._run_all(rules)
        runs = self._runs(rules[0]) + self._runs(rules[1]) + self._runs(rules[2])
        self.assertStates(runs, "done", "done", "skipped")
        self.assertEqual(runs[2].reason, "Already 2 messages this week")
        self.assertGreeted(self.lumen, 2)

    def test_what_is_not_too_late_by_then_waits_for_its_turn(self):
        self._create_date(self.lumen)
        first = self._create_rule()
        second = self._create_rule(catch_up_policy="send")
        third = self._create_rule(catch_up_days=10)
        self._run_all(first + second + third)
        self.assertStates(
            self._runs(first) + self._runs(second) + self._runs(third), "done", "todo", "todo"
        )
        self.assertEqual(self._runs(second).date_due, MORNING + WEEK)
        self.assertIn("this week", self._runs(second).reason)
        self._run_all(first + second + third, MORNING + WEEK - timedelta(minutes=1))
        self.assertGreeted(self.lumen, 1)
        self._run_all(first + second + third, MORNING + WEEK)
        self.assertStates(self._runs(second) + self._runs(third), "done", "skipped")
        self.assertGreeted(self.lumen, 2)

    def test_too_late_by_then_a_task_instead_where_the_rule_says_so(self):
        self._create_date(self.lumen)
        first, second = self._create_rule(), self._create_rule(catch_up_policy="activity")
        self._run_all(first + second)
        self.assertStates(self._runs(second), "done")
        self.assertIn("this week", self._runs(second).reason)
        self.assertEqual(len(self._tasks_of(self.lumen)), 1)

    def test_letters_and_sms_of_two_rules_count_together(self):
        """Whichever goes first, the other is the second message of the week."""
        self.lumen.phone = "+32470123456"
        text = self.env["sms.template"].create(
            {
                "name": "Text",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body": "Hello",
            }
        )
        sms = {"kind": "sms", "sms_template_id": text.id}
        for day, kinds in ((10, (sms, self._mail())), (24, (self._mail(), sms))):
            self._create_date(self.lumen, day=day)
            rules = self._create_rule(kinds[0], sequence=1) + self._create_rule(kinds[1])
            rules.date_start = MORNING.replace(day=day, hour=0)
            self._run_all(rules, MORNING.replace(day=day))
            first, second = (self._runs(rule) for rule in rules)
            self.assertStates(first + second, "done", "skipped")
            self.assertTrue(first.sms_id if day == 10 else first.mail_id)
            self.assertFalse(second.sms_id or second.mail_id)
            self.assertEqual(second.reason, "Already a message this week")
            rules.active = False

    def test_service_and_tasks_are_neither_counted_nor_held(self):
        self._create_date(self.lumen)
        service = self._create_rule(purpose="service") + self._create_rule(purpose="service")
        task = self._create_rule(self._task())
        marketing = self._create_rule()
        self._run_all(service + task + marketing)
        self.assertGreeted(self.lumen, 3)
        self.assertEqual(len(self._tasks_of(self.lumen)), 1)

    def _create_text(self):
        self.env.company.country_id = self.env.ref("base.be")
        template = self.env["sms.template"].create(
            {
                "name": "Short",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body": "All the best",
            }
        )
        return {"kind": "sms", "sms_template_id": template.id}

    def test_letter_and_sms_of_two_rules_on_one_day(self):
        """A message is a message, by whatever channel: one of both goes, in the order of rules."""
        [both, silent] = self._create_people(2, phone="0470 12 34 56")
        silent.write({"email": False, "phone": "0470 65 43 21"})
        text = self._create_rule(self._create_text(), sequence=5)
        letter = self._create_rule(sequence=20)
        self._run_all((letter + text).sorted())
        self.assertStates(self._runs(text, both) + self._runs(letter, both), "done", "skipped")
        self.assertEqual(self._runs(letter, both).reason, "Already a message this week")
        self.assertTrue(self._runs(text, both).sms_id)
        self.assertGreeted(both, times=0)
        self.assertStates(self._runs(text, silent), "done")

        # A day later the other way round: neither of the first day is forgotten.
        self.env.company.relationship_weekly_cap = 2
        for person in both + silent:
            person.important_date_ids.write({"day": 11})
        rules = self._create_rule(sequence=1) + self._create_rule(self._create_text(), sequence=2)
        self._run_all(rules, MORNING + DAY)
        letters, texts = (self._runs(rule, both)[-1] for rule in rules)
        self.assertStates(letters + texts, "done", "skipped")
        self.assertEqual(texts.reason, "Already 2 messages this week")
        self.assertGreeted(both)

    def test_an_sms_that_stands_in_for_a_letter_counts_once(self):
        [person] = self._create_people(1, phone="0470 12 34 56", email=False)
        first = self._create_rule(sequence=1)
        first.action_ids.otherwise_id = first.action_ids.create(
            {**self._create_text(), "rule_id": False}
        )
        second = self._create_rule(self._create_text(), sequence=2)
        self._run_all(first + second)
        sent = self._runs(first, person) + self._runs(second, person)
        self.assertEqual(len(sent.sms_id), 1)
        self.assertEqual(sorted(sent.mapped("state")), ["done", "skipped", "skipped"])

    def test_what_was_not_sent_is_not_counted(self):
        """No address at first: nothing went, and the next letter may go."""
        self.lumen.email = False
        self._create_date(self.lumen)
        first = self._create_rule()
        self._run_all(first)
        self.assertStates(self._runs(first), "skipped")
        self.lumen.email = "lucy@lumen.example.com"
        second = self._create_rule()
        self._run_all(second)
        self.assertGreeted(self.lumen)

    def test_a_letter_whose_mail_is_gone_still_counts(self):
        self._create_date(self.lumen)
        first, second = self._create_rule(), self._create_rule()
        self._run_all(first)
        self._mails_to(self.lumen).unlink()
        self._run_all(second, MORNING + timedelta(hours=1))
        self.assertStates(self._runs(second), "skipped")

    def test_two_leads_of_one_client_are_one_person(self):
        leads = self._create_lead(self.lumen) + self._create_lead(self.lumen)
        leads.date_deadline = MORNING.date()
        template = self.env["mail.template"].create(
            {
                "name": "To leads",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "subject": "Soon",
                "email_to": "{{ object.name }}{{ object.id }}@example.com",
                "body_html": "<p>Soon</p>",
            }
        )
        leads.name = "lead"
        rule = self._create_rule(
            self._mail(template_id=template.id),
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            date_source="field",
            date_field_id=self.env["ir.model.fields"]._get("crm.lead", "date_deadline").id,
            domain=[("id", "in", leads.ids)],
        )
        self._run_all(rule)
        self.assertEqual(sorted(self._runs(rule).mapped("state")), ["done", "skipped"])

    def test_two_people_of_a_company_are_two(self):
        self._create_date(self.brandon)
        self._create_date(self.nina)
        self._run_all(self._create_rule())
        self.assertGreeted(self.brandon)
        self.assertGreeted(self.nina)

    def test_merged_contacts_are_one_person(self):
        twin = self.env["res.partner"].create({"name": "Lucy", "email": self.lumen.email})
        self._create_date(twin)
        first = self._create_rule()
        self._run_all(first)
        self.env["base.partner.merge.automatic.wizard"]._merge([twin.id, self.lumen.id], self.lumen)
        self._create_date(self.lumen, day=11)
        second = self._create_rule()
        self._run_all(second, MORNING + DAY)
        self.assertStates(
            self._runs(second).filtered(lambda run: run.occurrence.day == 11), "skipped"
        )

    def test_without_a_cap_all_go_out(self):
        self.env.company.relationship_weekly_cap = 0
        self._create_date(self.lumen)
        self._run_all(self._create_rule() + self._create_rule() + self._create_rule())
        self.assertGreeted(self.lumen, 3)
        self.assertFalse(self.env["crm.relationship.rule.pace"].search_count([]))

    def test_each_company_has_its_own_cap(self):
        other = self.env["res.company"].create({"name": "Other", "relationship_weekly_cap": 2})
        self.anna.company_ids += other
        self.brandon.company_id = other
        self._create_date(self.lumen)
        self._create_date(self.brandon)
        self._run_all(self._create_rule() + self._create_rule())
        self.assertGreeted(self.lumen, 1)
        self.assertGreeted(self.brandon, 2)

    def test_the_cap_costs_the_same_for_few_and_many(self):
        counts = []
        rule = self._create_rule()
        for people in (self._create_people(3), self._create_people(40)):
            rule._plan(MORNING)
            runs = self._runs(rule, *people)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertFalse(rule._get_over_cap(runs, MORNING))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertLessEqual(counts[0], 6)

    def test_who_was_claimed_is_forgotten_after_a_day(self):
        pace = self.env["crm.relationship.rule.pace"]
        pace._take({"res.partner:1"}, MORNING - 2 * DAY)
        pace._take({"res.partner:2"}, MORNING)
        with self.freeze(MORNING):
            pace._gc_pace()
        self.assertEqual(pace.search([]).mapped("person"), ["res.partner:2"])
