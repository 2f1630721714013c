import { ListRenderer } from "@web/views/list/list_renderer";

/** A list of figures: on a phone only columns with the option `phone_width`, so wide. */
export class ReportListRenderer extends ListRenderer {
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
