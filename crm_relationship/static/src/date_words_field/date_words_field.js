import { Component } from "@odoo/owl";
import { formatDate, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { dayWords } from "../briefing/date_words";

/** A day or moment in words while it is near, exact on hover; never alarming. */
export class DateWordsField extends Component {
    static template = "crm_relationship.DateWordsField";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get words() {
        return this.value ? dayWords(this.value) : "";
    }

    get exact() {
        const { type } = this.props.record.fields[this.props.name];
        return type === "datetime" ? formatDateTime(this.value) : formatDate(this.value);
    }
}

registry.category("fields").add("relationship_date_words", {
    component: DateWordsField,
    displayName: _t("Date in words"),
    supportedTypes: ["date", "datetime"],
});
