import { onMounted, onWillUnmount, useRef } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";

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
        const root = useRef("compiled_view_root");
        const onKeydown = (ev) => this.onKeydown(ev, root.el);
        onMounted(() => {
            const first = "[name=channel] input:checked";
            root.el.querySelector(`${first}, ${OUTCOMES}`)?.focus();
            root.el.addEventListener("keydown", onKeydown);
        });
        onWillUnmount(() => root.el?.removeEventListener("keydown", onKeydown));
    }

    onKeydown(ev, root) {
        if (ev.isComposing || ev.altKey || ev.metaKey) {
            return;
        }
        const isText = ev.target.matches(TEXT_FIELDS);
        if (ev.key === "Enter" && (ev.ctrlKey || !isText)) {
            ev.preventDefault();
            ev.stopPropagation();
            root.closest(".modal")?.querySelector(".modal-footer .btn-primary")?.click();
        } else if (!isText && !ev.ctrlKey && /^[1-9]$/.test(ev.key)) {
            const choice = root.querySelectorAll(OUTCOMES)[ev.key - 1];
            choice?.focus();
            choice?.click();
        }
    }
}

registry.category("views").add("crm_interaction_log_form", {
    ...formView,
    Renderer: InteractionLogRenderer,
});
