from datetime import datetime, timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common_rules import MORNING, RuleCommon
from .test_rule_forecast import BROKEN

DAY_BEFORE = MORNING - timedelta(days=1)


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleTry(RuleCommon):
    """Trying a rule on one client: would it act, when, with which words, or why not."""

    def _try(self, rule, record, user=None, now=DAY_BEFORE):
        with self.freeze(now):
            return rule.with_user(user or self.anna).try_on(record.id)

    def _words(self, result, fulfilled):
        return [step["words"] for step in result["steps"] if step["fulfilled"] is fulfilled]

    def _trial(self, rule, record, user=None):
        trial = self.env["crm.relationship.rule.trial"].with_user(user or self.anna)
        return trial.create({"rule_id": rule.id, "res_id": record.id})

    def test_who_is_reached(self):
        self._create_date(self.lumen)
        result = self._try(self._create_rule(self._mail(), self._task(delay=1)), self.lumen)
        self.assertTrue(result["acts"])
        self.assertEqual(result["date_due"], datetime(2027, 3, 10, 9))
        self.assertEqual(self._words(result, False), [])
        self.assertEqual(
            self._words(result, True),
            ["Matches the filter", "Has the date: Birthday", "Nothing speaks against it"],
        )
        letter, task = result["actions"]
        self.assertEqual(letter["subject"], "All the best, Lucy Lumen")
        self.assertIn("Dear Lucy Lumen", letter["body"])
        self.assertEqual((task["subject"], task["to"]), ("Call", self.ben.name))
        self.assertEqual(task["date_due"], datetime(2027, 3, 11, 9))

    def test_a_rule_that_is_off_can_be_tried(self):
        self._create_date(self.lumen, month=12)
        result = self._try(self._create_rule(active=False, date_start=False), self.lumen)
        self.assertTrue(result["acts"])
        self.assertEqual(result["date_due"], datetime(2027, 12, 10, 9))

    def test_no_date(self):
        result = self._try(self._create_rule(), self.lumen)
        self.assertFalse(result["acts"])
        self.assertIsNone(result["date_due"])
        self.assertEqual(
            self._words(result, False),
            ["The date is not entered: Birthday", "Nothing comes within a year"],
        )
        self.assertEqual(result["actions"][0]["subject"], "All the best, Lucy Lumen")

    def test_does_not_match(self):
        self._create_date(self.lumen)
        rule = self._create_rule(domain="[('is_company', '=', True)]")
        result = self._try(rule, self.lumen)
        self.assertFalse(result["acts"])
        self.assertEqual(self._words(result, False), ["Does not match the filter"])

    def test_another_company(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        other = self.env["res.company"].create({"name": "Other"})
        self.lumen.company_id = other
        chief = self._create_user("rel_chief", "sales_team.group_sale_manager")
        chief.company_ids += other
        chief.company_id = other
        result = self._try(rule, self.lumen, chief)
        self.assertFalse(result["acts"])
        self.assertEqual(
            self._words(result, False), ["Belongs to a company the rule does not act for"]
        )

    def test_no_address(self):
        self._create_date(self.lumen)
        self.lumen.email = False
        result = self._try(self._create_rule(), self.lumen)
        self.assertFalse(result["acts"])
        self.assertEqual(self._words(result, False), ["No e-mail address"])

    def test_opted_out(self):
        self._create_date(self.lumen)
        self.env["mail.blacklist"]._add(self.lumen.email)
        result = self._try(self._create_rule(), self.lumen)
        self.assertEqual(self._words(result, False), ["Opted out: the address is blacklisted"])

    def test_done_this_year_comes_again_next_year(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        self._run(rule)
        result = self._try(rule, self.lumen, now=MORNING + timedelta(days=1))
        self.assertEqual(result["date_due"], datetime(2028, 3, 10, 9))
        self.assertRegex(self._words(result, None)[0], "Last time: Done, .*2027")

    def test_no_rhythm(self):
        rule = self._create_rule(self._task(), trigger="silence", silence_days=0)
        result = self._try(rule, self.lumen)
        self.assertFalse(result["acts"])
        self.assertIn("No rhythm", self._words(result, False)[0])

    def test_an_error_in_the_letter_is_told_in_words(self):
        self._create_date(self.lumen)
        self.template.subject = f"{{{{ {BROKEN} }}}}"
        result = self._try(self._create_rule(), self.lumen)
        self.assertIn("nmae", result["actions"][0]["error"])
        self.assertNotIn("Traceback", result["actions"][0]["error"])

    def test_nothing_is_done(self):
        self._create_date(self.lumen)
        rule = self._create_rule(self._mail(), self._task())
        models = ("crm.relationship.rule.run", "mail.mail", "mail.message", "mail.activity")
        models += ("mail.notification", "ir.cron.trigger", "bus.bus", "crm.interaction")
        # What was changed before, such as rules of the demo data that are off now, is told of.
        self._end_transaction()
        before = [self.env[model].search_count([]) for model in models]
        hooks = len(self.cr.postcommit._funcs), len(self.cr.precommit._funcs)
        self._try(rule, self.lumen)
        self.assertEqual((len(self.cr.postcommit._funcs), len(self.cr.precommit._funcs)), hooks)
        self._end_transaction()
        self.assertEqual([self.env[model].search_count([]) for model in models], before)
        self._run(rule)
        self.assertGreeted(self.lumen)

    def test_only_who_may_read_both(self):
        self._create_date(self.lumen)
        rule = self._create_rule(self._task(), model_id=self.env["ir.model"]._get_id("crm.lead"))
        lead = self._create_lead(self.lumen)
        self.assertTrue(self._try(rule, lead, self.ben)["acts"])
        with self.assertRaises(AccessError):
            self._try(rule, lead, self.carla)
        with self.assertRaises(AccessError):
            self._try(rule, lead, self.insider)

    def test_the_wizard_shows_it(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        trial = self.env["crm.relationship.rule.trial"].with_user(self.ben)
        with self.freeze(DAY_BEFORE):
            form = Form(trial.with_context(default_rule_id=rule.id))
            self.assertFalse(form.result)
            form.res_id = self.lumen.id
            self.assertIn("All the best, Lucy Lumen", form.result)
            self.assertTrue(form.has_letter)

    def test_the_wizard_from_a_contact(self):
        rule = self._create_rule(self._task(), model_id=self.env["ir.model"]._get_id("crm.lead"))
        lead = self._create_lead(self.lumen)
        context = {"active_model": "res.partner", "active_id": self.lumen.id}
        form = Form(self.env["crm.relationship.rule.trial"].with_context(**context))
        form.rule_id = rule
        self.assertEqual(form.res_id, lead.id)
        form.rule_id = self._create_rule()
        self.assertEqual(form.res_id, self.lumen.id)

    def test_send_it_to_me(self):
        self._create_date(self.lumen)
        rule = self._create_rule()
        history = self._full_history(self.lumen)
        with self.freeze(DAY_BEFORE):
            self._trial(rule, self.lumen, self.ben).action_send_me()
        mail = self.env["mail.mail"].search([("email_to", "=", self.ben.email_formatted)])
        self.assertEqual(mail.subject, "[Test] All the best, Lucy Lumen")
        self.assertIn("Dear Lucy Lumen", mail.body_html)
        self.assertEqual((mail.state, mail.model, mail.res_id), ("outgoing", False, False))
        self.assertFalse(mail.recipient_ids)
        self.assertEqual(self._full_history(self.lumen), history)
        self.assertFalse(self._runs(rule))

    def test_send_it_to_me_needs_an_address_and_a_letter(self):
        self._create_date(self.lumen)
        with self.assertRaisesRegex(UserError, "no letter to send"):
            self._trial(self._create_rule(self._task()), self.lumen).action_send_me()
        self.ben.email = False
        with self.assertRaisesRegex(UserError, "your preferences"):
            self._trial(self._create_rule(), self.lumen, self.ben).action_send_me()
