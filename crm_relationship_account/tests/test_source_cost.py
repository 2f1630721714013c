from datetime import date

from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.sql import drop_constraint

from .common import InvoiceCase


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceCostOfBill(InvoiceCase):
    """A line of a vendor bill that names a source is a cost of it, once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.medium = cls.env["utm.medium"].create({"name": "Test medium"})
        cls.accountant = new_test_user(
            cls.env,
            "accountant",
            groups="base.group_user,account.group_account_invoice",
            company_id=cls.company.id,
        )
        cls.manager = new_test_user(
            cls.env,
            "manager",
            groups="base.group_user,sales_team.group_sale_manager",
            company_id=cls.company.id,
        )

    def for_banner(self, amount, **vals):
        return amount, {"relationship_source_id": self.banner.id, **vals}

    def costs(self):
        """`[(source, amount)]`, as they were billed."""
        costs = self.env["crm.source.cost"].search([("company_id", "=", self.company.id)])
        costs = costs.sorted(lambda cost: cost.move_line_id.id)
        return [(cost.source_id, cost.amount) for cost in costs]

    def bill(self, *lines, day="2026-03-10", **vals):
        return self.make_bill(day, *lines, **vals)

    def test_cost_comes_with_posting_and_goes_with_the_bill(self):
        bill = self.bill(self.for_banner(300), 50, post=False)
        self.assertEqual(self.costs(), [])
        bill.action_post()
        self.assertEqual(self.costs(), [(self.banner, 300.0)])
        bill.button_draft()
        self.assertEqual(self.costs(), [])
        bill.action_post()
        self.assertEqual(self.costs(), [(self.banner, 300.0)])
        bill.button_cancel()
        self.assertEqual(self.costs(), [])

    def test_cost_says_what_the_line_says(self):
        bill = self.bill(
            self.for_banner(
                300,
                name="Banner\nat the station",
                quantity=2,
                relationship_medium_id=self.medium.id,
                relationship_date_from="2026-03-20",
                relationship_date_to="2026-04-10",
                tax_ids=self.env["account.tax"].create({"name": "Tax", "amount": 15}).ids,
            ),
            currency_id=self.eur.id,
        )
        cost = self.env["crm.source.cost"].search([("move_id", "=", bill.id)])
        self.assertEqual((cost.name, cost.bill_name), ("Banner", bill.name))
        self.assertEqual((cost.amount, cost.currency_id), (600.0, self.eur))
        self.assertEqual((cost.source_id, cost.medium_id), (self.banner, self.medium))
        self.assertEqual(cost.vendor_id, self.agency)
        self.assertEqual((cost.date_from, cost.date_to), (date(2026, 3, 20), date(2026, 4, 10)))
        self.assertEqual(cost.amount_company, 1200.0)

    def test_period_is_the_month_of_the_bill(self):
        self.bill(self.for_banner(300))
        self.bill(self.for_banner(300, relationship_date_from="2026-02-10"))
        self.bill(self.for_banner(300, relationship_date_to="2026-05-10"))
        costs = self.env["crm.source.cost"].search([("vendor_id", "=", self.agency.id)], order="id")
        self.assertEqual(
            [(cost.date_from, cost.date_to) for cost in costs],
            [
                (date(2026, 3, 1), date(2026, 3, 31)),
                (date(2026, 2, 10), date(2026, 2, 28)),
                (date(2026, 5, 1), date(2026, 5, 10)),
            ],
        )

    def test_period_that_ends_before_it_begins_is_refused_in_words(self):
        with self.assertRaisesRegex(ValidationError, "Marketing To of 'Ads'.*before it begins"):
            self.bill(
                self.for_banner(
                    1,
                    name="Ads",
                    relationship_date_from="2026-03-20",
                    relationship_date_to="2026-03-19",
                )
            )

    def test_cost_follows_what_is_changed(self):
        bill = self.bill(self.for_banner(300), self.for_banner(100))
        cost = self.env["crm.source.cost"].search([("move_id", "=", bill.id)], limit=1)
        line = cost.move_line_id
        line.relationship_source_id = self.google
        self.assertEqual(cost.source_id, self.google)
        line.relationship_source_id = False
        self.assertEqual(len(self.costs()), 1)
        line.relationship_source_id = self.fair
        self.assertEqual(len(self.costs()), 2)
        bill.button_draft()
        bill.invoice_line_ids[0].price_unit = 310
        bill.write({"name": False, "invoice_date": "2026-04-03"})
        bill.currency_id = self.eur
        bill.action_post()
        cost = self.env["crm.source.cost"].search([("amount", "=", 310)])
        self.assertEqual((cost.date_from, cost.currency_id), (date(2026, 4, 1), self.eur))

    def test_other_vendor_other_costs(self):
        bill = self.bill(self.for_banner(300))
        bill.button_draft()
        bill.partner_id = self.oak
        bill.action_post()
        cost = self.env["crm.source.cost"].search([("company_id", "=", self.company.id)])
        self.assertEqual((len(cost), cost.vendor_id), (1, self.oak))

    def test_vendor_that_became_part_of_another(self):
        bill = self.bill(self.for_banner(300))
        self.agency.parent_id = self.oak
        bill.button_draft()
        self.assertEqual(self.costs(), [])
        bill.action_post()
        self.assertEqual(self.costs(), [(self.banner, 300.0)])
        cost = self.env["crm.source.cost"].search([("move_id", "=", bill.id)])
        self.assertEqual(cost.vendor_id, self.oak)

    def test_copy_of_a_bill_is_for_its_own_month(self):
        bill = self.bill(self.for_banner(300, relationship_date_from="2026-03-05"))
        copy = bill.copy({"invoice_date": "2026-04-10"})
        copy.action_post()
        costs = self.env["crm.source.cost"].search([("move_id", "=", copy.id)])
        self.assertEqual((costs.date_from, costs.date_to), (date(2026, 4, 1), date(2026, 4, 30)))
        self.assertEqual(len(self.costs()), 2)

    # Refunds

    def refund(self, *lines, day="2026-03-20", **vals):
        return self.make_move("in_refund", self.agency, day, *lines, **vals)

    def test_refund_lowers_and_taken_back_raises_again(self):
        bill = self.bill(self.for_banner(300))
        refund = self.refund(self.for_banner(100), reversed_entry_id=bill.id)
        self.assertEqual(self.costs(), [(self.banner, 200.0)])
        refund.button_draft()
        self.assertEqual(self.costs(), [(self.banner, 300.0)])
        refund.invoice_line_ids.price_unit = 400  # more than was billed
        refund.action_post()
        self.assertEqual(self.costs(), [])
        refund.button_cancel()
        self.assertEqual(self.costs(), [(self.banner, 300.0)])

    def test_reversed_bill_costs_nothing(self):
        bill = self.bill(self.for_banner(300), self.for_banner(20))
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=bill.ids)
            .create({"journal_id": bill.journal_id.id, "date": "2026-03-20"})
        )
        wizard.modify_moves()
        self.assertEqual(self.costs(), [])

    def test_corrected_bill_is_for_the_same_days(self):
        bill = self.bill(self.for_banner(300, relationship_date_from="2026-01-16"))
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=bill.ids)
            .create({"journal_id": bill.journal_id.id, "date": "2026-03-20"})
        )
        corrected = self.env["account.move"].browse(wizard.modify_moves()["res_id"])
        self.assertEqual(self.costs(), [])
        corrected.invoice_date = "2026-03-20"
        corrected.invoice_line_ids.price_unit = 280
        corrected.action_post()
        self.assertEqual(self.costs(), [(self.banner, 280.0)])
        cost = self.env["crm.source.cost"].search([("move_id", "=", corrected.id)])
        self.assertEqual((cost.date_from, cost.date_to), (date(2026, 1, 16), date(2026, 1, 31)))

    def test_bill_is_deleted_while_the_addons_are_uninstalled(self):
        """The foreign keys of our tables go first."""
        bill = self.bill(self.for_banner(300))
        drop_constraint(self.env.cr, "crm_source_cost", "crm_source_cost_move_line_id_fkey")
        bill.with_context(_force_unlink=True, force_delete=True).unlink()
        self.env.flush_all()
        self.assertFalse(bill.exists())
        self.assertEqual(self.costs(), [])

    def test_refund_of_no_bill_lowers_the_latest_before_it(self):
        for day in ("2026-01-10", "2026-02-10", "2026-04-10"):
            self.bill(self.for_banner(100), day=day)
        self.refund(self.for_banner(150))
        self.assertEqual(self.costs(), [(self.banner, 50.0), (self.banner, 100.0)])

    def test_refund_lowers_its_own_medium_first_and_no_other_source(self):
        self.bill(
            self.for_banner(100, relationship_medium_id=self.medium.id),
            self.for_banner(100),
            (100, {"relationship_source_id": self.google.id}),
        )
        self.refund(self.for_banner(30, relationship_medium_id=self.medium.id))
        self.assertEqual(
            self.costs(), [(self.banner, 70.0), (self.banner, 100.0), (self.google, 100.0)]
        )

    def test_refund_is_for_what_its_bill_is_for(self):
        """A credit note of half; then the bill turns out to be for another source."""
        bill = self.bill(self.for_banner(300), (70, {"relationship_source_id": self.fair.id}))
        refund = self.refund(
            self.for_banner(150),
            (20, {"relationship_source_id": self.fair.id}),
            reversed_entry_id=bill.id,
        )
        self.assertEqual(self.costs(), [(self.banner, 150.0), (self.fair, 50.0)])
        bill.button_draft()
        bill.invoice_line_ids[0].relationship_source_id = self.google
        bill.action_post()
        self.assertEqual(self.costs(), [(self.google, 150.0), (self.fair, 50.0)])
        self.assertEqual(
            refund.invoice_line_ids.mapped("relationship_source_id"), self.google | self.fair
        )
        bill.invoice_line_ids[0].relationship_source_id = False
        self.assertEqual(self.costs(), [(self.fair, 50.0)])
        self.assertFalse(refund.invoice_line_ids[0].relationship_source_id)

    def test_refund_keeps_a_source_that_is_still_on_the_bill(self):
        bill = self.bill(self.for_banner(300), self.for_banner(100))
        self.refund(self.for_banner(150), reversed_entry_id=bill.id)
        bill.invoice_line_ids[1].relationship_source_id = self.google
        self.assertEqual(self.costs(), [(self.banner, 150.0), (self.google, 100.0)])

    def test_discount_on_the_bill_lowers_its_lines(self):
        self.bill(self.for_banner(300), self.for_banner(-50))
        self.assertEqual(self.costs(), [(self.banner, 250.0)])

    def test_refund_in_another_currency(self):
        bill = self.bill(self.for_banner(300))
        self.refund(self.for_banner(100), reversed_entry_id=bill.id, currency_id=self.eur.id)
        self.assertEqual(self.costs(), [(self.banner, 100.0)])  # 100 EUR are 200 USD

    def test_refund_in_the_currency_of_the_bill_ignores_the_rate(self):
        bill = self.bill(self.for_banner(300), currency_id=self.eur.id, day="2026-02-01")
        self.refund(self.for_banner(100), reversed_entry_id=bill.id, currency_id=self.eur.id)
        self.assertEqual(self.costs(), [(self.banner, 200.0)])
        self.refund(self.for_banner(200), reversed_entry_id=bill.id, currency_id=self.eur.id)
        self.assertEqual(self.costs(), [])

    # Who may what

    def test_accountant_marks_without_seeing_costs(self):
        bill = self.bill(self.for_banner(300), post=False).with_user(self.accountant)
        with Form(bill) as form, form.invoice_line_ids.edit(0) as line:
            line.relationship_source_id = self.google
        bill.action_post()
        self.assertEqual(self.costs(), [(self.google, 300.0)])
        bill.invoice_line_ids.relationship_source_id = self.fair
        self.assertEqual(self.costs(), [(self.fair, 300.0)])
        with self.assertRaises(AccessError):
            self.env["crm.source.cost"].with_user(self.accountant).search([])
        with self.assertRaises(AccessError):
            bill.read(["source_cost_count"])

    def test_manager_changes_the_cost_on_the_bill_only(self):
        bill = self.bill(self.for_banner(300))
        cost = self.env["crm.source.cost"].search([("move_id", "=", bill.id)])
        cost = cost.with_user(self.manager)
        self.assertEqual(cost.bill_name, bill.name)
        with self.assertRaisesRegex(UserError, "comes from the bill.*line of the bill"):
            cost.amount = 1
        with self.assertRaisesRegex(UserError, "comes from the bill"):
            cost.unlink()
        with self.assertRaisesRegex(UserError, "naming the source on the bill"):
            cost.copy().create({**cost.copy_data()[0], "move_line_id": cost.move_line_id.id})
        cost.duplicates_checked = True
        Form(cost)

    def test_line_has_one_cost(self):
        bill = self.bill(self.for_banner(300))
        cost = self.env["crm.source.cost"].search([("move_id", "=", bill.id)])
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.env.cr.savepoint(),
        ):
            cost.copy({"move_line_id": cost.move_line_id.id})

    def test_bill_counts_its_costs(self):
        bill = self.bill(self.for_banner(300), self.for_banner(20), 10)
        self.assertEqual(bill.source_cost_count, 2)
        found = self.env["crm.source.cost"].search(bill.action_open_source_costs()["domain"])
        self.assertEqual(sum(found.mapped("amount")), 320.0)

    def test_many_lines_take_as_many_statements_as_few(self):
        def count(number):
            bill = self.bill(*[self.for_banner(5)] * number, post=False)
            keys = {(self.company.id, self.agency.id, self.banner.id)}
            bill.action_post()
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            bill.invoice_line_ids._sync_source_costs(keys)
            self.env.flush_all()
            return self.cr.sql_log_count - before

        count(1)
        self.assertEqual(count(2), count(20))
