import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { integerField, IntegerField } from "@web/views/fields/integer/integer_field";
import { monetaryField, MonetaryField } from "@web/views/fields/monetary/monetary_field";

/** Every so many days; without such a rhythm "never", and not 0. */
export class RhythmField extends IntegerField {
    get formattedValue() {
        return this.value || !this.props.readonly ? super.formattedValue : _t("never");
    }
}

/** What was spent on a source; that nothing was entered is not that it was free. */
export class SourceCostField extends MonetaryField {
    get formattedValue() {
        const isKnown = this.props.record.data.relationship_has_cost;
        return isKnown ? super.formattedValue : _t("no cost entered");
    }
}

registry.category("fields").add("relationship_rhythm", {
    ...integerField,
    component: RhythmField,
    displayName: _t("Rhythm in days"),
});
registry.category("fields").add("relationship_source_cost", {
    ...monetaryField,
    component: SourceCostField,
    displayName: _t("Cost of a source"),
    fieldDependencies: [{ name: "relationship_has_cost", type: "boolean", readonly: true }],
});
