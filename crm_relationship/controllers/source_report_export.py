from odoo.addons.web.controllers.export import ExcelExport

from ..report.crm_source_report import RATIOS


class SourceReportExport(ExcelExport):
    def from_group_data(self, fields, columns_headers, groups):
        """A spreadsheet with groups averages the rows; a ratio comes from the sums instead."""
        if groups._model._name == "crm.source.report":
            self._set_ratios(groups)
        return super().from_group_data(fields, columns_headers, groups)

    def _set_ratios(self, node):
        sums = node.aggregated_values
        for ratio, (numerator, denominator) in RATIOS.items():
            if ratio in sums:
                # Empty too when the sums it is made of are not exported.
                divisor = sums.get(denominator)
                known = divisor and numerator in sums
                sums[ratio] = sums[numerator] / divisor if known else None
        for child in node.children.values():
            self._set_ratios(child)
