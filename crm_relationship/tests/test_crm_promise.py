from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import RelationshipCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestPromise(RelationshipCommon):
    """What was promised is kept, late or broken."""

    def _create_promise(self, days=0, **vals):
        return self.env["crm.promise"].create(
            {
                "name": "Send a sample",
                "partner_id": self.oak.id,
                "date_due": fields.Date.today() + timedelta(days=days),
                **vals,
            }
        )

    def test_kept_or_late_by_the_day_it_is_done(self):
        on_time, late = self._create_promise(0), self._create_promise(-1)
        self.assertEqual((on_time | late).filtered("is_overdue"), late)
        self.assertEqual(
            self.env["crm.promise"].search(
                [("is_overdue", "=", True), ("id", "in", (on_time | late).ids)]
            ),
            late,
        )
        (on_time | late).action_done()
        self.assertEqual((on_time.state, late.state), ("kept", "late"))
        self.assertEqual(late.date_done, fields.Date.today())
        self.assertFalse(late.is_overdue)

    def test_given_up_and_reopened(self):
        promise = self._create_promise()
        promise.action_break()
        self.assertEqual(promise.state, "broken")
        promise.action_reopen()
        self.assertEqual((promise.state, promise.date_done), ("open", False))
