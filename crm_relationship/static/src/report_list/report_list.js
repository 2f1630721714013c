import { _t } from "@web/core/l10n/translation";
import { ListRenderer } from "@web/views/list/list_renderer";

// Of fewer cases a share says little: one more or less would move it by five points.
const FEW_CASES = 20;

/**
 * A list of figures: on a phone only columns with the option `phone_width`, so wide. A share with
 * the option `cases`, the column it is counted over, says so beside the figure where these are few.
 */
export class ReportListRenderer extends ListRenderer {
    formatGroupAggregate(group, column) {
        const aggregate = super.formatGroupAggregate(group, column);
        const cases = group.aggregates[column.options?.cases];
        if (cases && cases < FEW_CASES) {
            return { ...aggregate, value: _t("%s (few cases)", aggregate.value) };
        }
        return aggregate;
    }

    getActiveColumns() {
        const columns = super.getActiveColumns();
        if (!this.uiService.isSmall) {
            return columns;
        }
        return columns
            .filter(({ options }) => options?.phone_width)
            .map((column) => ({
                ...column,
                attrs: { ...column.attrs, width: column.options.phone_width },
            }));
    }
}
