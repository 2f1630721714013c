from datetime import timedelta

from odoo.tests import tagged

from .common_rules import MORNING, RuleCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleDelivery(RuleCommon):
    """What could not be delivered: the ledger learns it, and what stands in is planned once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.company.country_id = cls.env.ref("base.be")
        cls.people = cls._create_people(2, phone="0470 12 34 56")
        cls.person = cls.people[0]
        cls.rule = cls._create_rule()
        cls.rule.action_ids.otherwise_id = cls.env["crm.relationship.rule.action"].create(
            cls._task(summary="Call instead")
        )

    def _later(self, hours=1):
        """After a run that learns it, and the next one, which does what stands in."""
        self.env.flush_all()
        self._run(self.rule, MORNING + timedelta(hours=hours))
        self._run(self.rule, MORNING + timedelta(hours=hours, minutes=15))
        return self._runs(self.rule, self.person)

    def _fail(self, failure, status="exception"):
        mail = self._runs(self.rule, self.person)[0].mail_id
        notices = self.env["mail.notification"].search(
            [("mail_message_id", "=", mail.mail_message_id.id)]
        )
        self.assertTrue(notices)
        notices.write({"notification_status": status, "failure_type": failure})
        mail.state = "exception"
        return notices

    def test_a_bounce_makes_the_task_once(self):
        self._run(self.rule)
        self._fail("mail_bounce", "bounce")
        self._runs(self.rule, self.person).mail_id.unlink()
        for hours in (1, 2):
            runs = self._later(hours)
        self.assertStates(runs, "skipped", "done")
        self.assertEqual(runs[0].reason, "Could not be delivered: Bounce")
        self.assertEqual(self._tasks_of(self.person).summary, "Call instead")
        self.assertStates(self._runs(self.rule, self.people[1]), "done")

    def test_our_own_fault_is_tried_again_with_the_same_mail(self):
        self._run(self.rule)
        self._fail("mail_smtp")
        runs = self._later()
        self.assertStates(runs, "failed")
        self.assertFalse(self._tasks_of(self.person))
        mail = runs.mail_id
        runs.action_retry()
        # The queue has not come to it yet: the notification still says what it said.
        self.env["mail.notification"].search([("mail_mail_id", "=", mail.id)]).write(
            {"notification_status": "ready", "failure_type": False}
        )
        self.assertStates(self._later(2), "done")
        self.assertEqual((runs.mail_id, mail.state), (mail, "outgoing"))
        self.assertGreeted(self.person)

    def test_what_the_queue_delivers_later_is_done(self):
        self._run(self.rule)
        notices = self._fail("mail_smtp")
        self.assertStates(self._later(), "failed")
        notices.write({"notification_status": "sent", "failure_type": False})
        self.assertStates(self._later(2), "done")

    def test_an_sms_that_could_not_be_delivered(self):
        template = self.env["sms.template"].create(
            {
                "name": "Short",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "body": "All the best",
            }
        )
        self.rule.action_ids.write({"kind": "sms", "sms_template_id": template.id})
        self.people[1].phone = "0470 12 34 57"
        self._run(self.rule)
        sms = self._runs(self.rule, *self.people).sms_id.sorted("id")
        sms[0].write({"state": "error", "failure_type": "sms_number_format"})
        sms[1].write({"state": "error", "failure_type": "sms_credit"})
        self.assertStates(self._later(), "skipped", "done")
        self.assertStates(self._runs(self.rule, self.people[1]), "failed")
        self._runs(self.rule, self.people[1]).action_retry()
        self._later(2)
        self.assertEqual(sms[1].state, "outgoing")
        self.assertStates(self._runs(self.rule, self.people[1]), "done")
