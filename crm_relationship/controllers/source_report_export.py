import json

from odoo.http import request

from odoo.addons.web.controllers.export import CSVExport, ExcelExport, GroupExportXlsxWriter

from ..report.crm_source_report import CASES, RATIOS

# What adding up or averaging the rows of a group does not give.
ASKED = ("cost", "maturity", *CASES)
# What a single row has none of, and a spreadsheet would call 0.
OF_GROUPS = {"payback", *RATIOS}


def tell_row(fields, row):
    return [
        "" if field["name"] in OF_GROUPS else value
        for field, value in zip(fields, row, strict=True)
    ]


def is_report():
    return json.loads(request.params["data"])["model"] == "crm.source.report"


def say_currency(fields, headers):
    """Money is in the currency of the company one is in."""
    params = json.loads(request.params["data"])
    env = request.env(context={**request.env.context, **params.get("context", {})})
    currency = env.company.currency_id.name
    return [
        f"{header}, {currency}" if field.get("type") == "monetary" else header
        for field, header in zip(fields, headers, strict=True)
    ]


class FiguresWriter(GroupExportXlsxWriter):
    def _write_row(self, row, column, data):
        return super()._write_row(row, column, tell_row(self.fields, data))

    def _write_group_header(self, row, column, label, group, group_depth=0):
        """Counts are numbers that can be added up; Odoo writes them as text."""
        result = super()._write_group_header(row, column, label, group, group_depth)
        for place, field in enumerate(self.fields[1:], column + 1):
            value = group.aggregated_values.get(field["name"])
            if field["type"] == "integer" and isinstance(value, int):
                self.write(row, place, value, self.header_bold_style)
        return result


class RowsExport:
    """Single rows of the report, in whatever kind of file."""

    def from_data(self, fields, columns_headers, rows):
        if is_report():
            columns_headers = say_currency(fields, columns_headers)
            rows = [tell_row(fields, row) for row in rows]
        return super().from_data(fields, columns_headers, rows)


class SourceReportCsv(RowsExport, CSVExport):
    pass


class SourceReportExport(RowsExport, ExcelExport):
    def from_group_data(self, fields, columns_headers, groups):
        """A spreadsheet with groups averages the rows; figures of the report are asked for."""
        if not is_report():
            return super().from_group_data(fields, columns_headers, groups)
        self._set_figures(groups, [field["name"] for field in fields])
        headers = say_currency(fields, columns_headers)
        with FiguresWriter(fields, headers, groups.count) as writer:
            row, column = 1, 0
            for name, group in groups.children.items():
                row, column = writer.write_group(row, column, name, group)
        return writer.value

    def _set_figures(self, root, exported):
        params = json.loads(request.params["data"])
        domain = [("id", "in", params["ids"])] if params["ids"] else params["domain"]
        names = [name for name in ASKED if name in exported]
        specs = {name: f"{name}:{root._model._fields[name].aggregator}" for name in names}
        for depth in range(1, len(root._groupby) + 1):
            groupby = root._groupby[:depth]
            for row in root._model.formatted_read_group(domain, groupby, [*specs.values()]):
                node = root
                for spec in groupby:
                    node = node.children[row[spec]]
                node.aggregated_values.update(
                    {name: self._get_cell(name, row[spec]) for name, spec in specs.items()}
                )

    def _get_cell(self, name, value):
        """The figure, or words or nothing where there is none."""
        if name == "cost" and value is False:
            return request.env._("no cost entered")
        return None if value is False else value
