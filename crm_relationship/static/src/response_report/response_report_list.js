import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatFloatTime } from "@web/views/fields/formatters";
import { floatTimeField, FloatTimeField } from "@web/views/fields/float_time/float_time_field";
import { listView } from "@web/views/list/list_view";
import { ReportListRenderer } from "../report_list/report_list";

// Of fewer cases a share says little: one more or less would move it by five points.
const FEW_CASES = 20;

/** A time that nobody has measured is empty, and not 00:00. */
export function formatOptionalHours(value, options = {}) {
    if (value === false || value === undefined || value === null) {
        return "";
    }
    return formatFloatTime(value, options);
}
formatOptionalHours.extractOptions = formatFloatTime.extractOptions;

registry.category("formatters").add("optional_hours", formatOptionalHours);
registry.category("fields").add("optional_hours", { ...floatTimeField, component: FloatTimeField });

export class ResponseReportListRenderer extends ReportListRenderer {
    /** A conversion of few cases says so beside the figure. */
    formatGroupAggregate(group, column) {
        const aggregate = super.formatGroupAggregate(group, column);
        const { cases } = group.aggregates;
        if (column.name === "conversion" && cases && cases < FEW_CASES) {
            return { ...aggregate, value: _t("%s (few cases)", aggregate.value) };
        }
        return aggregate;
    }
}

registry.category("views").add("crm_response_report_list", {
    ...listView,
    Renderer: ResponseReportListRenderer,
});
