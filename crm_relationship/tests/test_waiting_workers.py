from odoo import SUPERUSER_ID, fields
from odoo.tests import tagged

from .common_workers import WorkerCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestWaitingWorkers(WorkerCommon):
    """Two workers tell who waits at the same moment: each is told once."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            client = env["res.partner"].create({"name": "Busy", "email": "busy@far.example.com"})
            inquiry = env["crm.interaction"].create(
                {
                    "partner_id": client.id,
                    "channel": "email",
                    "direction": "in",
                    "needs_reply": True,
                    "user_id": SUPERUSER_ID,
                }
            )
            client._refresh_relationship()
            self.client_id, self.inquiry_id = client.id, inquiry.id

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["crm.interaction"].browse(self.inquiry_id).unlink()
            env["res.partner"].browse(self.client_id).unlink()
            env["crm.relationship.refresh"]._pop()

    def _claim(self, cr):
        alerts = self._env(cr)["crm.interaction"]._claim_alerts(fields.Datetime.now())
        return [alert for alert in alerts if alert[0] == self.inquiry_id]

    def test_each_is_claimed_once(self):
        with self.registry.cursor() as one, self.registry.cursor() as two:
            self.assertEqual(self._claim(one), [(self.inquiry_id, None, "new")])
            self.assertEqual(self._claim(two), [])
            one.commit()  # pylint: disable=invalid-commit
            two.rollback()
            self.assertEqual(self._claim(two), [])
            two.rollback()

    def test_cut_off_half_way(self):
        with self.registry.cursor() as one:
            self.assertTrue(self._claim(one))
            one.rollback()
        with self.registry.cursor() as two:
            self.assertEqual(self._claim(two), [(self.inquiry_id, None, "new")])
            two.rollback()
