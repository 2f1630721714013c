import { registry } from "@web/core/registry";
import { sortBy } from "@web/core/utils/arrays";
import { GraphModel } from "@web/views/graph/graph_model";
import { GraphRenderer } from "@web/views/graph/graph_renderer";
import { graphView } from "@web/views/graph/graph_view";
import { nameMeasure } from "../source_report/source_currency";
import { areCostsKnownBy, getPoint, isOptional } from "../source_report/source_figures";

// What tells why a figure is missing and how sure it is: read with every measure.
const ALWAYS = ["cost", "leads", "customers", "revenue", "goods_known"];

export class SourceReportGraphModel extends GraphModel {
    _buildMetaData(params) {
        const metaData = super._buildMetaData(params);
        for (const [name, measure] of Object.entries(metaData.measures)) {
            const field = metaData.fields[name] || measure;
            metaData.measures[name] = { ...measure, string: nameMeasure(field) };
        }
        return metaData;
    }

    /** A figure that does not exist is no point at 0. */
    async _loadDataPoints(metaData) {
        const { domain, fields, groupBy, measure } = metaData;
        const names = ALWAYS.filter((name) => name in fields);
        const specs = Object.fromEntries(
            [...names, measure]
                .filter((name) => name in fields)
                .map((name) => [name, `${name}:${fields[name].aggregator}`])
        );
        const reads = [];
        const reader = Object.create(this, {
            orm: {
                value: {
                    formattedReadGroup: async (model, domain, groupBy, measures, options) => {
                        const all = [...new Set([...measures, ...Object.values(specs)])];
                        const read = this.orm.formattedReadGroup(
                            ...[model, domain, groupBy, all, options]
                        );
                        reads.push(await read);
                        return read;
                    },
                },
            },
        });
        const [points, currencies] = await super._loadDataPoints.call(reader, metaData);
        const isCostExpected = areCostsKnownBy(
            groupBy.map(({ fieldName }) => fieldName),
            domain
        );
        points.forEach((point, index) => {
            const group = reads[0][index];
            const values = Object.fromEntries(
                Object.entries(specs).map(([name, spec]) => [name, group[spec]])
            );
            if (measure in specs) {
                Object.assign(point, getPoint(measure, values, isCostExpected));
            }
        });
        return [points, currencies];
    }

    /** Where a group is not there at all, its ratio is not 0 either. */
    _getData(dataPoints) {
        const data = super._getData(...arguments);
        const { measure } = this.metaData;
        for (const dataset of data.datasets) {
            const words = new Array(dataset.data.length).fill("");
            const drawn = new Set();
            for (const point of dataPoints) {
                if (dataset.identifiers.has(point.identifier)) {
                    drawn.add(point.labelIndex);
                    words[point.labelIndex] = point.words || "";
                }
            }
            dataset.words = words;
            if (isOptional(measure)) {
                dataset.data = dataset.data.map((value, index) =>
                    drawn.has(index) ? value : null
                );
            }
        }
        data.words = data.labels.map((_label, index) => this.getWordsOfLabel(data.datasets, index));
        return data;
    }

    /** What is said below a label under which nothing is drawn. */
    getWordsOfLabel(datasets, index) {
        const isEmpty = datasets.every(({ data }) => data[index] === null);
        return (isEmpty && datasets.map(({ words }) => words[index]).find(Boolean)) || "";
    }
}

export class SourceReportGraphRenderer extends GraphRenderer {
    getScaleOptions() {
        const options = super.getScaleOptions();
        if (options.x) {
            const { callback } = options.x.ticks;
            options.x.ticks.callback = (value, index, ticks) => {
                const label = callback(value, index, ticks);
                const words = this.model.data.words[index];
                return words ? [label, words] : label;
            };
        }
        return options;
    }

    /** How sure a figure is stands beside it. */
    getTooltipItems(data, metaData, tooltipModel) {
        const items = super.getTooltipItems(...arguments);
        const points = sortBy(tooltipModel.dataPoints, "raw", "desc");
        return items.map((item, index) => {
            const { datasetIndex, dataIndex } = points[index];
            const words = data.datasets[datasetIndex]?.words?.[dataIndex];
            return words ? { ...item, value: `${item.value}, ${words}` } : item;
        });
    }
}

registry.category("views").add("crm_source_report_graph", {
    ...graphView,
    Model: SourceReportGraphModel,
    Renderer: SourceReportGraphRenderer,
});
