import { registry } from "@web/core/registry";
import {
    many2OneAvatarField,
    Many2OneAvatarField,
} from "@web/views/fields/many2one_avatar/many2one_avatar_field";

/** The contact of an interaction; of who is none yet, the name or address on the lead. */
export class InteractionContactField extends Many2OneAvatarField {
    static template = "crm_relationship.InteractionContact";

    get stranger() {
        const { record, name, readonly } = this.props;
        return readonly && !record.data[name] && record.data.client_name;
    }
}

registry.category("fields").add("relationship_contact", {
    ...many2OneAvatarField,
    component: InteractionContactField,
    fieldDependencies: [{ name: "client_name", type: "char" }],
});
