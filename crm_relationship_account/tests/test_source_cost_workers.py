from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.crm_relationship.tests.common_workers import WorkerCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceCostWorkers(WorkerCommon):
    """Two accountants at two workers: one cost a line, and no refund is lost. Who comes second
    is told by PostgreSQL, and Odoo does it once more."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            if not env.company.chart_template:
                self.skipTest("A chart of accounts cannot be taken away again.")
            self.vendor_id = env["res.partner"].create({"name": "Agency of Two"}).id
            self.source_id = env["utm.source"].create({"name": "Banner of two workers"}).id
            self.bill_id = self._make_move(env, "in_invoice", 300).id
            self.refund_id = self._make_move(env, "in_refund", 100).id

    def _make_move(self, env, move_type, amount):
        line = {"name": "Banner", "price_unit": amount, "tax_ids": False}
        return env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": self.vendor_id,
                "invoice_date": "2026-03-10",
                "date": "2026-03-10",
                "invoice_line_ids": [Command.create(line)],
            }
        )

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            moves = env["account.move"].search([("partner_id", "=", self.vendor_id)])
            moves.filtered(lambda move: move.state == "posted").button_draft()
            moves.with_context(force_delete=True).unlink()
            env["utm.source"].browse(self.source_id).unlink()
            env["res.partner"].browse(self.vendor_id).unlink()

    def _costs(self, cr):
        costs = self._env(cr)["crm.source.cost"].search([("source_id", "=", self.source_id)])
        return costs.mapped("amount")

    def _mark(self, cr, move_id):
        move = self._env(cr)["account.move"].browse(move_id)
        move.invoice_line_ids.relationship_source_id = self.source_id

    def _post(self, cr, move_id):
        self._env(cr)["account.move"].browse(move_id).action_post()

    def _both(self, first, second):
        """Both begin before either has written; the first ends, and the second begins anew."""
        with self.registry.cursor() as one, self.registry.cursor() as two:
            self._costs(one)
            self._costs(two)
            first(one)
            one.commit()
            with self.assertRaises(SerializationFailure), mute_logger("odoo.sql_db"):
                second(two)
                self._env(two).flush_all()
            two.rollback()
            second(two)
            two.commit()
            return self._costs(two)

    def test_same_line_of_a_posted_bill_is_marked_twice(self):
        with self.registry.cursor() as cr:
            self._post(cr, self.bill_id)

        def mark(cr):
            self._mark(cr, self.bill_id)

        self.assertEqual(self._both(mark, mark), [300.0])

    def test_bill_and_its_refund_at_the_same_moment(self):
        with self.registry.cursor() as cr:
            for move_id in (self.bill_id, self.refund_id):
                self._post(cr, move_id)
        costs = self._both(
            lambda cr: self._mark(cr, self.bill_id), lambda cr: self._mark(cr, self.refund_id)
        )
        self.assertEqual(costs, [200.0])
