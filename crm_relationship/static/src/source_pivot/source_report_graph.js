import { registry } from "@web/core/registry";
import { GraphModel } from "@web/views/graph/graph_model";
import { graphView } from "@web/views/graph/graph_view";
import { nameMeasure } from "../source_report/source_currency";

export class SourceReportGraphModel extends GraphModel {
    _buildMetaData(params) {
        const metaData = super._buildMetaData(params);
        for (const [name, measure] of Object.entries(metaData.measures)) {
            const field = metaData.fields[name] || measure;
            metaData.measures[name] = { ...measure, string: nameMeasure(field) };
        }
        return metaData;
    }
}

registry.category("views").add("crm_source_report_graph", {
    ...graphView,
    Model: SourceReportGraphModel,
});
