import { onMounted, useExternalListener } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";

const FORM = ".o_crm_today_postpone";
const REASONS = `${FORM} [name=reason] input[type=radio]`;
// Where a digit is text.
const TEXT_FIELDS = "input:not([type=radio], [type=checkbox]), textarea";

/** The dialog is filled with the keyboard only: a digit chooses the reason, Enter saves. */
export class TodayPostponeRenderer extends FormRenderer {
    setup() {
        super.setup();
        useExternalListener(window, "keydown", (ev) => this.onKeydown(ev), { capture: true });
        onMounted(() => document.querySelector(`${REASONS}:checked`)?.focus());
    }

    onKeydown(ev) {
        const form = ev.target.closest?.(FORM);
        if (!form || ev.isComposing || ev.altKey || ev.metaKey) {
            return;
        }
        const isText = ev.target.matches(TEXT_FIELDS);
        if (ev.key === "Enter" && (ev.ctrlKey || !isText)) {
            ev.preventDefault();
            ev.stopPropagation();
            form.closest(".modal")?.querySelector(".modal-footer .btn-primary")?.click();
        } else if (!isText && !ev.ctrlKey && /^[1-9]$/.test(ev.key)) {
            const choice = document.querySelectorAll(REASONS)[ev.key - 1];
            choice?.focus();
            choice?.click();
        }
    }
}

registry.category("views").add("crm_today_postpone_form", {
    ...formView,
    Renderer: TodayPostponeRenderer,
});
