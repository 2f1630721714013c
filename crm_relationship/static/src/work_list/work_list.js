import { onPatched, useExternalListener } from "@odoo/owl";
import { getActiveHotkey } from "@web/core/hotkeys/hotkey_service";
import { registry } from "@web/core/registry";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

const ROWS = ".o_data_row";

/**
 * A list to work off with the keyboard: Enter on a button of a row does what the button is for,
 * where Odoo would open the record; afterwards the focus is in the row that took its place.
 */
export class WorkListRenderer extends ListRenderer {
    setup() {
        super.setup();
        this.place = null;
        onPatched(() => this.keepPlace());
        // Who takes the mouse is not led back.
        useExternalListener(window, "pointerdown", () => (this.place = null));
    }

    get rows() {
        return [...(this.tableRef.el?.querySelectorAll(ROWS) || [])];
    }

    onCellKeydown(ev, group = null, record = null) {
        const isButton = record && ev.target.closest("button");
        if (isButton && ["enter", "space"].includes(getActiveHotkey(ev))) {
            this.place = this.rows.indexOf(ev.target.closest(ROWS));
            return;
        }
        super.onCellKeydown(ev, group, record);
    }

    keepPlace() {
        const { rows } = this;
        if (this.place === null || !rows.length || document.activeElement !== document.body) {
            return;
        }
        rows[Math.min(this.place, rows.length - 1)].querySelector("button")?.focus();
    }
}

registry.category("views").add("crm_work_list", { ...listView, Renderer: WorkListRenderer });
