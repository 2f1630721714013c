from odoo.tests import Form, tagged

from .test_source_cost import SourceCase


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceCostDuplicate(SourceCase):
    """What may be entered twice is pointed out, not refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.june = cls.make_cost(cls.google, 300, "2026-06-01", "2026-06-30")

    def found(self):
        return self.env["crm.source.cost"].search([("has_duplicates", "=", True)])

    def test_overlap_is_pointed_out_on_both(self):
        twin = self.make_cost(self.google, 900, "2026-06-30", "2026-08-31")
        self.assertEqual(twin.duplicate_ids, self.june)
        self.assertEqual(self.june.duplicate_ids, twin)
        self.assertEqual(self.found(), twin | self.june)
        self.assertEqual((twin | self.june)._get_duplicates(), {twin: self.june, self.june: twin})

    def test_what_differs_is_no_duplicate(self):
        printer, agency = self.env["res.partner"].create([{"name": "Printer"}, {"name": "Agency"}])
        self.june.vendor_id = printer
        other = self.env["res.company"].create({"name": "Elm", "currency_id": self.usd.id})
        medium = self.env["utm.medium"].create({"name": "Sign"})
        period = ("2026-06-01", "2026-06-30")
        self.make_cost(self.banner, 300, *period)
        self.make_cost(self.google, 300, "2026-07-01", "2026-07-31")
        self.make_cost(self.google, 300, *period, medium_id=medium.id)
        self.make_cost(self.google, 300, *period, vendor_id=agency.id)
        self.make_cost(self.google, 300, *period, company_id=other.id)
        self.assertFalse(self.found())
        unknown = self.make_cost(self.google, 300, *period)
        self.assertEqual(len(self.found()), 3, "paid to nobody known: may be either")
        self.assertIn(unknown, self.found())

    def test_both_are_right(self):
        twin = self.make_cost(self.google, 10, "2026-06-01", "2026-06-30")
        twin.action_confirm_duplicates()
        self.assertFalse(self.found())
        self.assertFalse(self.june.has_duplicates)
        third = self.make_cost(self.google, 10, "2026-06-01", "2026-06-30")
        self.assertEqual(third.duplicate_ids, self.june)

    def test_only_what_looks_twice_is_confirmed(self):
        alone = self.make_cost(self.banner, 10, "2026-06-01", "2026-06-30")
        twin = self.make_cost(self.google, 10, "2026-06-01", "2026-06-30")
        (alone | twin).action_confirm_duplicates()
        self.make_cost(self.banner, 10, "2026-06-01", "2026-06-30")
        self.assertIn(alone, self.found())
        twin.duplicates_checked = False
        self.assertIn(twin, self.found(), "taken back")

    def test_form_tells_before_it_is_saved(self):
        with Form(self.env["crm.source.cost"]) as form:
            form.source_id = self.google
            form.date_from = "2026-06-10"
            form.date_to = "2026-06-20"
            self.assertTrue(form.has_duplicates)
            form.source_id = self.banner
            self.assertFalse(form.has_duplicates)
            form.amount = 1

    def test_one_query_for_all(self):
        costs = self.june
        for _i in range(30):
            costs |= self.make_cost(self.google, 1, "2026-06-05", "2026-06-06")
        self.env.flush_all()
        costs.mapped("source_id")
        with self.assertQueryCount(1):
            self.assertEqual(len(costs._get_duplicates()), 31)
