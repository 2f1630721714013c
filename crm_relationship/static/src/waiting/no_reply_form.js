import { onMounted } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { FormRenderer } from "@web/views/form/form_renderer";
import { formView } from "@web/views/form/form_view";

/** The reason is chosen with the arrow keys at once. */
export class NoReplyRenderer extends FormRenderer {
    setup() {
        super.setup();
        onMounted(() => {
            document.querySelector(".o_crm_no_reply [name=reason] input:checked")?.focus();
        });
    }
}

registry.category("views").add("crm_no_reply_form", { ...formView, Renderer: NoReplyRenderer });
