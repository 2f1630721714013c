from unittest.mock import patch

from odoo.tests import tagged

from odoo.addons.mail.tests.common import MailCommon

from .common_rules import MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleOptOut(RuleCommon, MailCommon):
    """Opted out after the letter was queued and before Odoo's queue sent it."""

    def _send_queue(self):
        with self.mock_mail_gateway():
            self.env["mail.mail"].process_email_queue()
        self.env.invalidate_all()
        return sorted(self._normalize(mail["email_to"][0]) for mail in self._mails)

    def _normalize(self, address):
        return address.split("<")[-1].strip(">")

    def _queue(self, *partners, **vals):
        self.env["mail.mail"].search([]).unlink()
        for partner in partners:
            self._create_date(partner)
        rule = self._create_rule(**vals)
        self._run(rule)
        return rule

    def test_the_queue_sends_to_all_but_who_has_opted_out(self):
        rule = self._queue(self.lumen, self.brandon, self.nina)
        self.assertEqual(set(self._runs(rule).mapped("state")), {"done"})
        self.env["mail.blacklist"]._add("LUCY@lumen.example.com")
        self.assertEqual(self._send_queue(), ["brandon@oak.example.com", "nina@oak.example.com"])
        run = self._runs(rule, self.lumen)
        self.assertStates(run, "skipped")
        self.assertEqual(run.reason, "Opted out before it was sent")
        self.assertEqual((run.mail_id.state, run.mail_id.failure_type), ("cancel", "mail_bl"))
        self.assertStates(self._runs(rule, self.brandon, self.nina), "done", "done")

    def test_service_goes_out_all_the_same(self):
        rule = self._queue(self.lumen, purpose="service")
        self.env["mail.blacklist"]._add(self.lumen.email)
        self.assertEqual(self._send_queue(), [self.lumen.email])
        self.assertStates(self._runs(rule), "done")

    def test_who_has_opted_in_again_gets_it(self):
        rule = self._queue(self.lumen)
        self.env["mail.blacklist"]._add(self.lumen.email)
        self.env["mail.blacklist"]._remove(self.lumen.email)
        self.assertEqual(self._send_queue(), [self.lumen.email])
        self.assertStates(self._runs(rule), "done")

    def test_what_stands_in_is_done_by_the_next_run(self):
        call = self.env["crm.relationship.rule.action"].create(self._task(summary="Call instead"))
        self._create_date(self.lumen)
        rule = self._create_rule(self._mail(otherwise_id=call.id))
        self._run(rule)
        self.env["mail.blacklist"]._add(self.lumen.email)
        with self.freeze(MORNING):
            self.assertNotIn(self.lumen.email, self._send_queue())
        self._run(rule)
        self.assertEqual(self._tasks_of(self.lumen).summary, "Call instead")

    def test_the_history_does_not_say_it_was_sent(self):
        self._queue(self.lumen, self.brandon)
        self.assertEqual(len(self._history(self.lumen)), 1)
        self.env["mail.blacklist"]._add(self.lumen.email)
        self._send_queue()
        self.assertFalse(self._history(self.lumen))
        self.assertEqual(len(self._history(self.brandon)), 1)

    def test_it_does_not_count_for_the_week(self):
        self.env.company.relationship_weekly_cap = 1
        self._queue(self.lumen)
        self.env["mail.blacklist"]._add(self.lumen.email)
        with self.freeze(MORNING):
            self._send_queue()
        self.env["mail.blacklist"]._remove(self.lumen.email)
        second = self._create_rule()
        self._run(second)
        self.assertStates(self._runs(second), "done")

    def test_of_two_addresses_one_that_opted_out_leaves_the_other(self):
        self.lumen.email = "lucy@lumen.example.com, lucy@home.example.com"
        rule = self._queue(self.lumen)
        self.env["mail.blacklist"]._add("lucy@lumen.example.com")
        self.assertEqual(self._send_queue(), ["lucy@home.example.com"])
        self.assertStates(self._runs(rule), "done")

    def test_an_sms_in_the_queue_does_not_go_to_a_blacklisted_number(self):
        (self.lumen + self.brandon).write({"country_id": self.env.ref("base.be").id})
        self.lumen.phone, self.brandon.phone = "0456001122", "0456001133"
        text = self.env["sms.template"].create(
            {
                "name": "Hello",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body": "Hello {{ object.name }}",
            }
        )
        self._create_date(self.lumen)
        self._create_date(self.brandon)
        rule = self._create_rule({"kind": "sms", "sms_template_id": text.id})
        self._run(rule)
        queued = self._runs(rule).sms_id
        self.assertEqual(set(queued.mapped("state")), {"outgoing"})
        self.env["phone.blacklist"]._add([self.lumen.phone_sanitized])
        sent = []

        def send(queue, *args, **kwargs):
            sent.extend(queue.mapped("number"))

        with patch.object(type(queued), "_send_with_api", send):
            queued.send()
        self.env.invalidate_all()
        self.assertEqual(sent, [self.brandon.phone_sanitized])
        run = self._runs(rule, self.lumen)
        self.assertStates(run + self._runs(rule, self.brandon), "skipped", "done")
        self.assertEqual(run.reason, "Opted out before it was sent")
        self.assertEqual((run.sms_id.state, run.sms_id.failure_type), ("canceled", "sms_blacklist"))

    def test_looking_costs_the_same_for_few_and_many(self):
        """A few statements for a queue of any length; none where nothing is a mass mail."""
        counts = []
        for people in (self._create_people(3), self._create_people(40)):
            rule = self._create_rule()
            self._run(rule)
            mails = self._runs(rule, *people).mail_id
            self.env.flush_all()
            self.env.invalidate_all()
            mails.mapped("message_type")
            before = self.env.cr.sql_log_count
            mails._cancel_opted_out()
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertLessEqual(counts[0], 8)
        letter = self.env["mail.mail"].create(
            {"email_to": "x@example.com", "message_type": "comment"}
        )
        letter._cancel_opted_out()
        self.env.flush_all()
        before = self.env.cr.sql_log_count
        letter._cancel_opted_out()
        self.assertEqual(self.env.cr.sql_log_count, before)
