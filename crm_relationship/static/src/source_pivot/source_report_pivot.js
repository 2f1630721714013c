import { registry } from "@web/core/registry";
import { PivotModel } from "@web/views/pivot/pivot_model";
import { PivotRenderer } from "@web/views/pivot/pivot_renderer";
import { pivotView } from "@web/views/pivot/pivot_view";
import { nameMeasure } from "../source_report/source_currency";
import { areCostsKnownBy, formatFigure, getDoubt, getWords } from "../source_report/source_figures";

// What tells why a ratio is missing and how sure it is: read with every measure.
const ALWAYS = ["cost", "leads", "customers", "goods_known"];

export class SourceReportPivotModel extends PivotModel {
    _getMeasureSpecs(config) {
        const { metaData } = config;
        const always = ALWAYS.filter((name) => name in metaData.fields);
        const activeMeasures = [...new Set([...metaData.activeMeasures, ...always])];
        return super._getMeasureSpecs({ ...config, metaData: { ...metaData, activeMeasures } });
    }

    /** All sums of the group of a cell. */
    getValues({ groupId }) {
        return this.data.measurements[JSON.stringify(groupId)] || {};
    }

    /** What is said instead of a figure that does not exist. */
    getMissingWords(cell) {
        const { fullRowGroupBys, fullColGroupBys, domain } = this.metaData;
        const isCostExpected = areCostsKnownBy([...fullRowGroupBys, ...fullColGroupBys], domain);
        return getWords(cell.measure, this.getValues(cell), isCostExpected);
    }

    /**
     * In the spreadsheet too a missing figure is words, or nothing, and never FALSE; there
     * figures bear no currency, so the headings do.
     */
    exportData() {
        const exported = super.exportData();
        const { headers, rows } = this.getTable();
        headers.at(-1).forEach(({ measure }, index) => {
            exported.measure_headers[index].title = nameMeasure(this.metaData.measures[measure]);
        });
        rows.forEach((row, index) =>
            row.subGroupMeasurements.forEach((cell, column) => {
                const target = exported.rows[index].values[column];
                if (target.value === false || (cell.measure === "payback" && !target.value)) {
                    target.value = this.getMissingWords(cell);
                }
            })
        );
        return exported;
    }
}

export class SourceReportPivotRenderer extends PivotRenderer {
    static template = "crm_relationship.SourceReportPivotRenderer";

    getFormattedValue(cell) {
        const formatted = super.getFormattedValue(cell);
        const { measure } = cell;
        const values = this.model.getValues(cell);
        if (measure === "payback") {
            formatted.value = formatFigure(measure, "integer", cell.value);
        }
        return {
            ...formatted,
            value: this.model.getMissingWords(cell) || formatted.value,
            doubt: getDoubt(measure, values),
        };
    }
}

registry.category("views").add("crm_source_report_pivot", {
    ...pivotView,
    Model: SourceReportPivotModel,
    Renderer: SourceReportPivotRenderer,
});
