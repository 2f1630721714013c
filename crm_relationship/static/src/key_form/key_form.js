import { onMounted, useExternalListener } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";

const FORM = ".o_crm_key_form";
const CHOICES = ".o_crm_outcome_choice input[type=radio]";
// Where a digit is text and Enter has a meaning of its own.
const TEXT_FIELDS =
    "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable=true]";

/**
 * A dialog that is filled with the keyboard only: it starts at its first question, a digit
 * makes the choice that matters, Ctrl+Enter saves from anywhere and Enter where nothing is
 * typed.
 */
export class KeyFormRenderer extends FormRenderer {
    setup() {
        super.setup();
        useExternalListener(window, "keydown", (ev) => this.onKeydown(ev), { capture: true });
        onMounted(() => this.findStart()?.focus());
    }

    /** What is chosen of the first question, or its first answer. */
    findStart() {
        const radios = [...document.querySelectorAll(`${FORM} input[type=radio]`)];
        const [first] = radios;
        return radios.find((radio) => radio.checked && radio.name === first.name) || first;
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
            const choice = form.querySelectorAll(CHOICES)[ev.key - 1];
            choice?.focus();
            choice?.click();
        }
    }
}

registry.category("views").add("crm_relationship_key_form", {
    ...formView,
    Renderer: KeyFormRenderer,
});
