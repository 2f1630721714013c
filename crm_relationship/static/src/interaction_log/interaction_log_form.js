import { onMounted, useExternalListener } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";

const DIALOG = ".o_crm_interaction_log";
const OUTCOMES = "[name=outcome_id] input[type=radio]";
// Where a digit is text and Enter has a meaning of its own.
const TEXT_FIELDS = "input:not([type=radio]), textarea, select, [contenteditable=true]";

/**
 * The dialog is filled with the keyboard only: it starts at its first question, a digit
 * chooses how it ended, Ctrl+Enter saves from anywhere and Enter where nothing is typed.
 */
export class InteractionLogRenderer extends FormRenderer {
    setup() {
        super.setup();
        useExternalListener(window, "keydown", (ev) => this.onKeydown(ev), { capture: true });
        onMounted(() => {
            const channel = `${DIALOG} [name=channel] input:checked`;
            document.querySelector(`${channel}, ${DIALOG} ${OUTCOMES}`)?.focus();
        });
    }

    onKeydown(ev) {
        const form = ev.target.closest?.(DIALOG);
        if (!form || ev.isComposing || ev.altKey || ev.metaKey) {
            return;
        }
        const isText = ev.target.matches(TEXT_FIELDS);
        if (ev.key === "Enter" && (ev.ctrlKey || !isText)) {
            ev.preventDefault();
            ev.stopPropagation();
            form.closest(".modal")?.querySelector(".modal-footer .btn-primary")?.click();
        } else if (!isText && !ev.ctrlKey && /^[1-9]$/.test(ev.key)) {
            const choice = form.querySelectorAll(OUTCOMES)[ev.key - 1];
            choice?.focus();
            choice?.click();
        }
    }
}

registry.category("views").add("crm_interaction_log_form", {
    ...formView,
    Renderer: InteractionLogRenderer,
});
