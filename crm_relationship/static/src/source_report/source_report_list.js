import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatPercentage } from "@web/views/fields/formatters";
import { percentageField, PercentageField } from "@web/views/fields/percentage/percentage_field";
import { listView } from "@web/views/list/list_view";
import { ReportListRenderer } from "../report_list/report_list";

/** A ratio that does not exist (nothing to divide by) is empty, and not 0%. */
export function formatOptionalPercentage(value, options = {}) {
    if (value === false || value === undefined || value === null) {
        return "";
    }
    return formatPercentage(value, { ...options, digits: options.digits || [false, 1] });
}
formatOptionalPercentage.extractOptions = formatPercentage.extractOptions;

registry.category("formatters").add("optional_percentage", formatOptionalPercentage);
registry.category("fields").add("optional_percentage", {
    ...percentageField,
    component: PercentageField,
});

const RATIOS = ["cost_per_lead", "acquisition_cost", "conversion", "roas", "roi"];
// Costs are entered by these; by a team or a salesperson there are none to be missed.
const COST_FIELDS = ["company_id"].concat(
    ["source_id", "medium_id", "campaign_id", "date"].flatMap((name) => [name, `deal_${name}`])
);

export class SourceReportListRenderer extends ReportListRenderer {
    /**
     * A group without any cost says so in words. Below a source, its costs, leads and
     * deals are groups of their own: there, only what they add up to is shown.
     */
    formatGroupAggregate(group, column) {
        const aggregate = super.formatGroupAggregate(group, column);
        const isPart = this.getPath(group).includes("fact");
        if (isPart && (RATIOS.includes(column.name) || !group.aggregates[column.name])) {
            return { ...aggregate, value: "" };
        }
        if (
            column.name === "cost" &&
            group.aggregates.cost === false &&
            this.isCostExpected(group)
        ) {
            return { ...aggregate, value: _t("no cost entered") };
        }
        return aggregate;
    }

    /** Names of the fields the group and the groups around it are grouped by. */
    getPath(group) {
        const { groupBy } = this.props.list;
        return groupBy.slice(0, this.getGroupLevel(group) + 1).map((spec) => spec.split(":")[0]);
    }

    isCostExpected(group) {
        const filtered = this.props.list.domain.filter(Array.isArray).map(([name]) => name);
        return [...this.getPath(group), ...filtered].every((name) => COST_FIELDS.includes(name));
    }
}

registry.category("views").add("crm_source_report_list", {
    ...listView,
    Renderer: SourceReportListRenderer,
});
