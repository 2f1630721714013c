from datetime import date, datetime

from freezegun import freeze_time

from odoo.tests import tagged

from .common import InvoiceCase


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time("2026-06-30 12:00:00")
class TestPurchaseInvoices(InvoiceCase):
    """What a client has bought is what it was invoiced, less what it got back."""

    def refresh(self):
        self.env.flush_all()
        self.env.cr.flush()
        queue = self.env["crm.relationship.refresh"]
        while ids := queue._pop():
            self.env["res.partner"].browse(ids)._refresh_relationship()
        self.env.invalidate_all()

    def assertBought(self, client, *expected):
        self.refresh()
        self.assertEqual(
            (
                client.purchase_count,
                client.purchase_first_date,
                client.purchase_last_date,
                round(client.purchase_value, 2),
                client.purchase_rhythm_days,
            ),
            expected,
        )

    def test_invoices_of_all_people(self):
        self.make_invoice(self.oak, "2026-01-10", 100)
        self.make_invoice(self.ann, "2026-02-10", 200)
        self.make_move("out_receipt", self.ann, "2026-02-20", 5)
        self.make_invoice(self.ann, "2026-06-10", 200, post=False)
        self.assertBought(self.oak, 3, date(2026, 1, 10), date(2026, 2, 20), 305, 20)

    def test_deals_count_only_for_who_was_never_invoiced(self):
        self.make_lead(
            self.google, won="2026-01-20 12:00:00", expected_revenue=500, partner_id=self.ann.id
        )
        self.assertBought(self.oak, 1, date(2026, 1, 20), date(2026, 1, 20), 500, 0)
        invoice = self.make_invoice(self.oak, "2026-03-10", 100)
        self.assertBought(self.oak, 1, date(2026, 3, 10), date(2026, 3, 10), 100, 0)
        invoice.button_draft()
        self.assertBought(self.oak, 1, date(2026, 1, 20), date(2026, 1, 20), 500, 0)

    def test_what_is_given_back_is_taken_off(self):
        first = self.make_invoice(self.oak, "2026-01-10", 100)
        second = self.make_invoice(self.oak, "2026-02-10", 100)
        self.make_refund(first, "2026-01-15", 100)
        self.make_refund(second, "2026-02-15", 30)
        self.assertBought(self.oak, 1, date(2026, 2, 10), date(2026, 2, 10), 70, 0)

    def test_refund_of_no_invoice_lowers_the_value_alone(self):
        self.make_invoice(self.oak, "2026-01-10", 100)
        self.make_move("out_refund", self.oak, "2026-03-10", 40)
        self.assertBought(self.oak, 1, date(2026, 1, 10), date(2026, 1, 10), 60, 0)

    def test_invoice_of_another_client_after_all(self):
        invoice = self.make_invoice(self.oak, "2026-01-10", 100)
        self.assertBought(self.oak, 1, date(2026, 1, 10), date(2026, 1, 10), 100, 0)
        invoice.button_draft()
        invoice.partner_id = self.agency
        invoice.action_post()
        self.assertBought(self.oak, 0, False, False, 0, 0)
        self.assertBought(self.agency, 1, date(2026, 1, 10), date(2026, 1, 10), 100, 0)

    def moments(self):
        self.env.flush_all()
        query = self.env["res.partner"]._query_purchases()
        return [
            (row["name"], row["moment"])
            for row in self.env.execute_query_dict(query)
            if row["client_id"] == self.oak.id
        ]

    def test_an_invoice_is_a_fact_once_it_is_paid(self):
        invoice = self.make_invoice(self.oak, "2026-01-10", 100)
        self.assertEqual(self.moments(), [(invoice.name, None)])
        self.pay(invoice, "2026-02-01", 40)
        self.assertEqual(self.moments(), [(invoice.name, None)])
        self.pay(invoice, "2026-02-03", 60)
        self.assertEqual(self.moments(), [(invoice.name, datetime(2026, 2, 3, 12))])

    def test_paying_queues_the_client(self):
        invoice = self.make_invoice(self.ann, "2026-01-10", 100)
        self.refresh()
        queue = self.env["crm.relationship.refresh"]
        self.pay(invoice, "2026-02-03")
        self.env.flush_all()
        self.assertIn(self.oak.id, queue._pop())
        invoice.line_ids.remove_move_reconcile()
        self.assertIn(self.oak.id, queue._pop())

    def steps(self, client):
        self.env["crm.interaction.backfill"].search([]).state = "done"
        self.refresh()
        changes = client.relationship_change_ids.sorted(lambda change: (change.date, change.id))
        return [(change.to_status_id.kind, change.reason) for change in changes]

    def test_paid_invoices_move_the_client(self):
        first = self.make_invoice(self.ann, "2026-01-10", 100)
        # What is posted is written down in the history, and moves nobody further.
        came = self.steps(self.oak)
        self.assertEqual(came, [("cold", "First lead or contact")])
        self.pay(first, "2026-02-03")
        why = f"Because the first invoice was paid on February 3, 2026: {first.name}"
        self.assertEqual(self.steps(self.oak), [*came, ("customer", why)])
        second = self.make_invoice(self.oak, "2026-04-10", 100)
        self.assertEqual(self.steps(self.oak), [*came, ("customer", why)])
        self.pay(second, "2026-05-03")
        self.assertEqual(
            self.steps(self.oak)[2:],
            [("regular", f"Because the second invoice was paid on May 3, 2026: {second.name}")],
        )

    def test_an_invoice_that_is_given_back_takes_the_customer_back(self):
        invoice = self.make_invoice(self.ann, "2026-01-10", 100)
        came = self.steps(self.oak)
        self.pay(invoice, "2026-02-03")
        self.assertEqual(self.steps(self.oak)[-1][0], "customer")
        refund = self.make_refund(invoice, "2026-03-01", 100)
        undone = ("cold", "Because what they had bought was taken back")
        self.assertEqual(self.steps(self.oak)[-1], undone)
        self.assertEqual(len(self.steps(self.oak)), len(came) + 2)
        refund.button_draft()
        self.assertEqual(self.steps(self.oak)[-1][0], "customer")

    def test_the_second_invoice_that_is_given_back_takes_the_regular_back(self):
        invoices = [self.make_invoice(self.oak, f"2026-0{month}-10", 100) for month in (1, 3)]
        for invoice, month in zip(invoices, (2, 4), strict=True):
            self.pay(invoice, f"2026-0{month}-03")
        self.assertEqual(self.steps(self.oak)[-1][0], "regular")
        # A cheque that bounced: the invoice is not paid, but not given back.
        invoices[1].line_ids.remove_move_reconcile()
        self.assertEqual(self.steps(self.oak)[-1][0], "regular")
        self.make_refund(invoices[1], "2026-05-01", 100)
        self.assertEqual(
            self.steps(self.oak)[-1], ("customer", "Because what they had bought was taken back")
        )
        self.pay(self.make_invoice(self.oak, "2026-06-10", 100), "2026-06-20")
        self.assertEqual(self.steps(self.oak)[-1][0], "regular")

    def test_deals_that_are_still_won_keep_a_regular(self):
        for day in ("2026-01-05", "2026-03-05"):
            self.make_lead(self.google, won=f"{day} 12:00:00", partner_id=self.ann.id)
        self.assertEqual(self.steps(self.oak)[-1][0], "regular")
        self.pay(self.make_invoice(self.oak, "2026-04-10", 100), "2026-05-03")
        self.assertEqual(self.steps(self.oak)[-1][0], "regular")

    def test_whom_we_only_buy_from_is_no_client(self):
        self.make_bill("2026-03-10", 100)
        talk = {"partner_id": self.agency.id, "date": "2026-03-11 10:00:00", "channel": "phone"}
        self.env["crm.interaction"].create(talk)
        self.assertEqual(self.steps(self.agency), [])
        self.env["crm.lead"].create({"name": "Desks", "partner_id": self.agency.id})
        self.assertEqual([kind for kind, __ in self.steps(self.agency)], ["prospect"])
