from odoo.tests import tagged

from odoo.addons.crm_relationship.tests.test_source_cost import SourceCase

FILE = """Source,From,To,Amount
Test Google,31.01.2026,28.02.2026,10
Test Google,1 Feb 2026,28.02.2026,ten
"""
FIELDS = ["source_id", "date_from", "date_to", "amount"]
OPTIONS = {"quoting": '"', "separator": ",", "has_headers": True, "date_format": "%d.%m.%Y"}


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceCostFile(SourceCase):
    """A file that can't be read throughout: all that is wrong is told at once."""

    def import_file(self, model="crm.source.cost", fields=FIELDS, file=FILE):
        wizard = self.env["base_import.import"].create(
            {"res_model": model, "file": file.encode(), "file_type": "text/csv"}
        )
        return wizard.execute_import(list(fields), file.splitlines()[0].split(","), dict(OPTIONS))

    def test_cells_that_cannot_be_read_are_named_by_row_and_column(self):
        before = self.env["crm.source.cost"].search_count([])
        messages = self.import_file()["messages"]
        self.assertEqual(
            [(message["record"], message["field"], message["value"]) for message in messages],
            [(1, "amount", "ten"), (1, "date_from", "1 Feb 2026")],
        )
        self.assertIn("Row 2", messages[0]["message"])
        self.assertEqual(self.env["crm.source.cost"].search_count([]), before)

    def test_what_can_be_read_is_imported(self):
        """A day as 2026-02-01 cannot be mistaken, whatever the format of the file."""
        good = FILE.replace("1 Feb 2026", "2026-02-01").replace("ten", "1 000.50 €")
        result = self.import_file(file=good)
        self.assertEqual(result["messages"], [])
        costs = self.env["crm.source.cost"].browse(result["ids"])
        self.assertEqual(costs.mapped("amount"), [10, 1000.5])
        self.assertEqual(
            [str(day) for day in costs.mapped("date_from")], ["2026-01-31", "2026-02-01"]
        )

    def test_other_models_are_told_of_by_odoo(self):
        result = self.import_file("res.currency.rate", ["name"], "Day\nsoon\n")
        self.assertIn("name", result["messages"][0]["message"])
