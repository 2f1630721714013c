import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

/** Dial by the telephone of the device, and log the call in the dialog that comes next. */
export function callAction(env, { params }) {
    browser.open(`tel:${params.phone.replace(/\s+/g, "")}`, "_self");
    return params.next;
}

registry.category("actions").add("crm_relationship_call", callAction);
