import csv
import io
import json

import openpyxl

from odoo.http import Request
from odoo.tests import HttpCase, tagged

from .common_source_report import SourceReportCase


@tagged("crm_relationship", "post_install", "-at_install")
class TestSourceReportExport(SourceReportCase, HttpCase):
    def setUp(self):
        super().setUp()
        self.main = self.env.ref("base.main_company")
        self.authenticate("admin", "admin")

    def export(self, names, groupby, sources):
        """The rows of the spreadsheet that a list with these columns and groups gives."""
        content = self.download("xlsx", names, groupby, sources)
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        return [[cell.value for cell in row] for row in sheet.iter_rows()]

    def download(self, kind, names, groupby, sources):
        fields = self.env["crm.source.report"]._fields
        params = {
            "model": "crm.source.report",
            "fields": [{"name": name, "label": name, "type": fields[name].type} for name in names],
            "ids": False,
            "domain": [("source_id", "in", sources.ids)],
            "groupby": groupby,
            "context": {"allowed_company_ids": self.main.ids},
            "import_compat": False,
        }
        response = self.url_open(
            f"/web/export/{kind}",
            {"data": json.dumps(params), "csrf_token": Request.csrf_token(self)},
        )
        return response.content

    def test_groups_have_the_ratios_of_the_sums(self):
        self.make_cost(self.google, 310, "2026-01-01", "2026-01-31", company_id=self.main.id)
        for _n in range(4):
            self.make_lead(
                self.google,
                company_id=self.main.id,
                won="2026-02-10 12:00:00",
                expected_revenue=77.5,
            )
        names = ["fact", "cost", "leads", "cost_per_lead", "roi", "payback"]
        rows = self.export(names, ["source_id", "date:month"], self.google)
        self.assertTrue(rows[1][0].startswith("Test Google"), rows[1])
        for row in rows[1:3]:  # the source, and January in it
            self.assertEqual([round(float(value), 6) for value in row[1:]], [310, 4, 77.5, 0, 2])

    def test_ratios_need_no_other_column(self):
        self.make_cost(self.google, 310, "2026-01-01", "2026-01-31", company_id=self.main.id)
        self.make_lead(self.google, company_id=self.main.id)
        rows = self.export(["fact", "cost_per_lead"], ["source_id"], self.google)
        self.assertEqual(rows[1][1], 310)

    def test_missing_cost_is_words_and_its_ratios_are_empty(self):
        self.make_lead(self.fair, company_id=self.main.id, expected_revenue=10)
        names = ["fact", "cost", "cost_per_lead", "roas", "roi", "expected_revenue"]
        rows = self.export(names, ["source_id"], self.fair)
        self.assertEqual(rows[1][1:], ["no cost entered", None, None, None, 10])

    def test_counts_of_groups_are_numbers_and_rows_have_no_ratio(self):
        self.make_cost(self.google, 10, "2026-01-05", "2026-01-05", company_id=self.main.id)
        self.make_lead(self.google, company_id=self.main.id)
        names = ["fact", "leads", "customers", "cost", "cost_per_lead", "conversion", "payback"]
        [_headings, group, *rows] = self.export(names, ["source_id"], self.google)
        self.assertEqual(group[1:], [1, 0, 10, 10, 0, None])
        self.assertEqual({tuple(row[4:]) for row in rows}, {(None, None, None)})
        self.assertEqual(sum(row[1] for row in rows), 1)

    def test_money_says_its_currency(self):
        self.make_lead(self.google, company_id=self.main.id)
        currency = self.main.currency_id.name
        for groupby in (["source_id"], []):
            [headings, *_rows] = self.export(["fact", "leads", "cost"], groupby, self.google)
            self.assertEqual(headings, ["fact", "leads", f"cost, {currency}"])

    def test_csv_says_what_the_spreadsheet_says(self):
        self.make_cost(self.google, 10, "2026-01-05", "2026-01-05", company_id=self.main.id)
        self.make_lead(self.google, company_id=self.main.id, expected_revenue=10)
        names = ["fact", "leads", "expected_revenue", "cost_per_lead", "roi", "payback"]
        content = self.download("csv", names, [], self.google).decode("utf-8-sig")
        [headings, *rows] = csv.reader(io.StringIO(content))
        currency = self.main.currency_id.name
        self.assertEqual(
            headings,
            ["fact", "leads", f"expected_revenue, {currency}"]
            + [f"cost_per_lead, {currency}", "roi", "payback"],
        )
        self.assertEqual([row[3:] for row in rows], [["", "", ""]] * 2)
        self.assertEqual({row[1] for row in rows}, {"0", "1"})
