from odoo.tests import tagged

from .common_rules import DeliveryCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleDelivery(DeliveryCommon):
    """What could not be delivered: the ledger learns it, and what stands in is planned once."""

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
        # The queue has not come to it yet.
        self.assertStates(self._later(2), "done")
        self.assertEqual((runs.mail_id, mail.state), (mail, "outgoing"))
        self.assertGreeted(self.person)

    def test_what_the_queue_delivers_later_is_done(self):
        self._run(self.rule)
        notices = self._fail("mail_smtp")
        self.assertStates(self._later(), "failed")
        notices.write({"notification_status": "sent", "failure_type": False})
        self.assertStates(self._later(2), "done")
