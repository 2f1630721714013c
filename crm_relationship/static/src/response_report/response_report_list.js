import { registry } from "@web/core/registry";
import { formatFloatTime } from "@web/views/fields/formatters";
import { floatTimeField, FloatTimeField } from "@web/views/fields/float_time/float_time_field";
import { listView } from "@web/views/list/list_view";
import { ReportListRenderer } from "../report_list/report_list";

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

registry.category("views").add("crm_response_report_list", {
    ...listView,
    Renderer: ReportListRenderer,
});
