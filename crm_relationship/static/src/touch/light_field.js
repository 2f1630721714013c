import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const COLORS = { ok: "text-success", due: "text-warning", overdue: "text-danger" };

/** Whether we are in touch, as a light: a colour and a word; why not, if nobody needs to be. */
export class LightField extends Component {
    static template = "crm_relationship.LightField";
    static props = { ...standardFieldProps };

    get state() {
        return this.props.record.data[this.props.name];
    }

    get pause() {
        return this.props.record.data.keep_in_touch_pause;
    }

    get isShown() {
        return this.pause || this.state in COLORS;
    }

    get icon() {
        return this.pause ? "fa-pause-circle text-muted" : `fa-circle ${COLORS[this.state]}`;
    }

    get words() {
        if (this.pause) {
            return _t("Paused");
        }
        const { selection } = this.props.record.fields[this.props.name];
        return selection.find(([value]) => value === this.state)[1];
    }
}

registry.category("fields").add("relationship_light", {
    component: LightField,
    displayName: _t("Light"),
    supportedTypes: ["selection"],
    fieldDependencies: [{ name: "keep_in_touch_pause", type: "char", readonly: true }],
});
