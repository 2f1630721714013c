import json

from odoo.http import request

from odoo.addons.web.controllers.export import ExcelExport

from ..report.crm_source_report import CASES

# What adding up or averaging the rows of a group does not give.
ASKED = ("cost", "maturity", *CASES)


class SourceReportExport(ExcelExport):
    def from_group_data(self, fields, columns_headers, groups):
        """A spreadsheet with groups averages the rows; figures of the report are asked for."""
        if groups._model._name == "crm.source.report":
            self._set_figures(groups, [field["name"] for field in fields])
        return super().from_group_data(fields, columns_headers, groups)

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
