import csv

from odoo.tests import tagged
from odoo.tools import file_open

from .test_source_cost import SourceCase

COLUMNS = ["source_id", "date_from", "date_to", "amount", "currency_id"]


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceCostImport(SourceCase):
    """A file of costs: names in any case, and what is wrong by row and column."""

    def load(self, *rows, columns=COLUMNS):
        return self.env["crm.source.cost"].load(columns, [list(row) for row in rows])

    def errors(self, *rows):
        result = self.load(*rows)
        self.assertFalse(result["ids"])
        return [
            (message["rows"]["from"], message["field"], message["message"])
            for message in result["messages"]
        ]

    def test_names_in_any_case(self):
        result = self.load(
            ["test google", "2026-01-01", "2026-01-31", "310.50", "eur"],
            ["TEST BANNER ", "2026-01-01", "2026-01-31", "10", "USD"],
        )
        self.assertEqual(result["messages"], [])
        costs = self.env["crm.source.cost"].browse(result["ids"])
        self.assertEqual(costs.source_id, self.google | self.banner)
        self.assertEqual(costs.mapped("amount"), [310.5, 10])
        self.assertEqual(costs.currency_id, self.eur | self.usd)

    def test_as_written_where_two_differ_by_case_alone(self):
        lower = self.env["utm.source"].create({"name": "test google"})
        result = self.load(
            ["test google", "2026-01-01", "2026-01-31", "1", "USD"],
            ["Test Google", "2026-01-01", "2026-01-31", "1", "USD"],
        )
        costs = self.env["crm.source.cost"].browse(result["ids"])
        self.assertEqual([cost.source_id for cost in costs], [lower, self.google])

    def test_each_error_names_its_row_and_column(self):
        good = ["Test Google", "2026-01-01", "2026-01-31", "10", "USD"]
        self.assertEqual(
            self.errors(
                good,
                ["Test Google", "2026-01-01", "2026-01-31", "-5", "USD"],
                ["Test Google", "2026-01-31", "2026-01-01", "5", "XYZ"],
            ),
            [
                (
                    1,
                    "amount",
                    "Row 2 (headings not counted), Amount: a cost cannot be negative (-5). Enter "
                    "what was spent as a positive amount.",
                ),
                (
                    2,
                    "date_to",
                    "Row 3 (headings not counted), To: the period ends (2026-01-01) before it "
                    "begins (2026-01-31). Correct one of them.",
                ),
                (
                    2,
                    "currency_id",
                    "Row 3 (headings not counted), Currency: there is no active currency 'XYZ'. "
                    "Write its code, e.g. USD, or activate it in the settings.",
                ),
            ],
        )

    def test_days_and_amounts_that_cannot_be_read(self):
        self.assertEqual(
            self.errors(
                ["Test Google", "2026-01-01", "31.01.26", "ten", "USD"],
                ["Test Google", "2026-02-30", "2026-01-31", "10", "USD"],
            ),
            [
                (
                    0,
                    "amount",
                    "Row 1 (headings not counted), Amount: 'ten' is no number. Enter the amount in "
                    "digits.",
                ),
                (
                    0,
                    "date_to",
                    "Row 1 (headings not counted), To: '31.01.26' is no day. Correct it, or choose "
                    "the date format of the file beside the columns.",
                ),
                (
                    1,
                    "date_from",
                    "Row 2 (headings not counted), From: '2026-02-30' is no day. Correct it, or "
                    "choose the date format of the file beside the columns.",
                ),
            ],
        )

    def test_mistakes_of_a_column_are_told_in_one_message(self):
        """Of several messages the screen of the import would show the values alone."""
        rows = [["Test Google", "2026-01-01", "2026-01-31", f"-{n}", "USD"] for n in range(1, 8)]
        result = self.load(*rows)
        [message] = result["messages"]
        self.assertEqual((message["field"], message["rows"]), ("amount", {"from": 0, "to": 6}))
        self.assertEqual(
            [
                word
                for word in message["message"].split()
                if word.strip("().").lstrip("-").isdigit()
            ],
            ["1", "(-1).", "2", "(-2).", "3", "(-3).", "4", "(-4).", "5", "(-5).", "2"],
        )
        self.assertTrue(message["message"].endswith("And 2 more."))

    def test_unknown_source_and_empty_cell(self):
        row = ["", "2026-01-31", "", "USD"]
        self.assertEqual(
            self.errors(
                ["Test Google", "2026-01-01", "2026-01-31", "10", "USD"],
                ["Test Gogle", "2026-01-01", "2026-01-31", "10", "USD"],
                ["Test Google", *row],
            ),
            [
                (
                    1,
                    "source_id",
                    "Row 2 (headings not counted), Source: there is no source 'Test Gogle'. "
                    "Correct its name, or have it created with the option below.",
                ),
                (2, "date_from", "Row 3 (headings not counted), From: is empty. Fill it in."),
                (2, "amount", "Row 3 (headings not counted), Amount: is empty. Fill it in."),
            ],
        )

    def test_new_sources_when_the_importer_wants_them(self):
        costs = self.env["crm.source.cost"].with_context(
            import_file=True, name_create_enabled_fields={"source_id": True}
        )
        result = costs.load(COLUMNS, [["Radio", "2026-01-01", "", "10", ""]])
        cost = costs.browse(result["ids"])
        self.assertEqual((cost.source_id.name, cost.currency_id), ("Radio", self.usd))
        self.assertEqual(str(cost.date_to), "2026-01-31")

    def test_template_is_a_file_that_can_be_imported(self):
        [template] = self.env["crm.source.cost"].get_import_templates()
        with file_open(template["template"].lstrip("/")) as file:
            headings, *rows = csv.reader(file)
        labels = {
            field["string"]: name
            for name, field in self.env["crm.source.cost"].fields_get().items()
        }
        columns = [labels[heading] for heading in headings]
        for row in rows:
            self.env["utm.source"].create({"name": row[0]})
        result = self.load(*rows, columns=columns)
        self.assertEqual([m for m in result["messages"] if m["type"] == "error"], [])
        self.assertEqual(len(result["ids"]), len(rows))
