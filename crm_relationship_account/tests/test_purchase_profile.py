from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import InvoiceCase


@tagged("crm_relationship", "post_install", "-at_install")
class TestPurchaseProfile(InvoiceCase):
    """The purchases of a client who was invoiced are its invoices."""

    def open(self, partner, user=None):
        action = partner.with_user(user or self.env.user).action_open_purchases()
        found = self.env[action["res_model"]].with_context(**action["context"])
        return found.search(action["domain"], order="id")

    def test_figures_open_invoices_and_refunds(self):
        invoice = self.make_invoice(self.ann, "2026-03-02", 100)
        refund = self.make_refund(invoice, "2026-03-03", 30)
        self.make_invoice(self.oak, "2026-03-02", 100, post=False)
        self.make_invoice(self.agency, "2026-03-02", 100)
        self.assertEqual(self.open(self.ann), invoice | refund)
        [briefing] = self.oak.get_briefing()
        self.assertEqual(briefing["purchases"]["count"], 1)
        self.assertEqual(briefing["purchases"]["value"], 70)

    def test_of_who_was_never_invoiced_the_deals(self):
        won = self.make_lead(self.google, won="2026-01-20 12:00:00", partner_id=self.ann.id)
        self.assertEqual(self.open(self.oak), won)

    def test_who_may_not_open_invoices_is_told(self):
        seller = new_test_user(
            self.env,
            "seller",
            groups="base.group_user,sales_team.group_sale_salesman",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        won = self.make_lead(
            self.google, won="2026-01-20 12:00:00", partner_id=self.ann.id, user_id=seller.id
        )
        self.assertEqual(self.open(self.oak, seller), won)
        self.make_invoice(self.oak, "2026-03-02", 100)
        with self.assertRaisesRegex(AccessError, "Purchases of this client are its invoices"):
            self.open(self.oak, seller)
