from odoo.tests import tagged

from .common import InvoiceCase


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceMergeOfBills(InvoiceCase):
    """Bill lines go with the sources that are merged, and their costs go on following them."""

    def costs(self, bill):
        costs = self.env["crm.source.cost"].search([("move_id", "=", bill.id)])
        return [(cost.source_id, cost.amount) for cost in costs]

    def merge(self, gone, kept):
        merge = self.env["crm.source.merge"].create({"source_ids": [(6, 0, (gone | kept).ids)]})
        merge.target_id = kept
        merge.action_merge()
        return merge

    def test_bill_lines_are_merged_and_put_back(self):
        bill = self.make_bill("2026-03-10", (300, {"relationship_source_id": self.banner.id}))
        line = bill.invoice_line_ids
        merge = self.merge(self.banner, self.google)
        self.assertEqual(line.relationship_source_id, self.google)
        self.assertEqual(self.costs(bill), [(self.google, 300.0)])
        # the cost still follows the bill, and there is one
        bill.button_draft()
        self.assertEqual(self.costs(bill), [])
        line.price_unit = 310
        bill.action_post()
        self.assertEqual(self.costs(bill), [(self.google, 310.0)])
        line.name = "Banner"
        self.assertEqual(self.costs(bill), [(self.google, 310.0)])
        merge.action_undo()
        # the line goes back, and so does the cost that it has made since
        self.assertEqual(line.relationship_source_id, self.banner)
        self.assertEqual(self.costs(bill), [(self.banner, 310.0)])
        line.name = "Banner at the station"
        self.assertEqual(self.costs(bill), [(self.banner, 310.0)])
