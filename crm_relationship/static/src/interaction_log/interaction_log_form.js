import { onMounted } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";

/** The dialog is filled with the keyboard only, from its first question: over which channel. */
export class InteractionLogRenderer extends FormRenderer {
    setup() {
        super.setup();
        onMounted(() => {
            const selector = ".o_crm_interaction_log [name=channel] input:checked";
            document.querySelector(selector)?.focus();
        });
    }
}

registry.category("views").add("crm_interaction_log_form", {
    ...formView,
    Renderer: InteractionLogRenderer,
});
