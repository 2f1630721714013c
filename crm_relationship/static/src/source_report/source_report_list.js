import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatPercentage } from "@web/views/fields/formatters";
import { percentageField, PercentageField } from "@web/views/fields/percentage/percentage_field";
import { listView } from "@web/views/list/list_view";
import { ReportListRenderer } from "../report_list/report_list";
import { areCostsKnownBy, CASES, formatFigure, getDoubt, getWords } from "./source_figures";

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

const RATIOS = [...Object.keys(CASES), "maturity"];

export class SourceReportListRenderer extends ReportListRenderer {
    static groupRowTemplate = "crm_relationship.SourceReportGroupRow";

    /**
     * Words in place of a missing figure, and few cases said beside it. Below a source, its
     * costs, leads and deals are groups of their own: there, only what they add up to is shown.
     */
    formatGroupAggregate(group, column) {
        const aggregate = super.formatGroupAggregate(group, column);
        const { name } = column;
        const isPart = this.getPath(group).includes("fact");
        if (isPart && (RATIOS.includes(name) || !group.aggregates[name])) {
            return { ...aggregate, value: "" };
        }
        if (name === "payback") {
            aggregate.value = formatFigure(name, "integer", group.aggregates[name]);
        }
        const words = getWords(name, group.aggregates, this.isCostExpected(group));
        return {
            ...aggregate,
            value: words || aggregate.value,
            doubt: getDoubt(name, group.aggregates),
        };
    }

    /** What the number beside the name of a group counts. */
    getCountWords({ count }) {
        return count === 1 ? _t("1 row") : _t("%s rows", count);
    }

    /** Names of the fields the group and the groups around it are grouped by. */
    getPath(group) {
        const { groupBy } = this.props.list;
        return groupBy.slice(0, this.getGroupLevel(group) + 1).map((spec) => spec.split(":")[0]);
    }

    isCostExpected(group) {
        return areCostsKnownBy(this.getPath(group), this.props.list.domain);
    }
}

registry.category("views").add("crm_source_report_list", {
    ...listView,
    Renderer: SourceReportListRenderer,
});
