import { DomainSelector } from "@web/core/domain_selector/domain_selector";
import { TreeEditor } from "@web/core/tree_editor/tree_editor";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { DomainField, domainField } from "@web/views/fields/domain/domain_field";

/** Conditions are not called rules where the form is about a rule. */
class RuleConditions extends TreeEditor {
    static template = "crm_relationship.RuleConditions";
}
RuleConditions.components = { ...TreeEditor.components, TreeEditor: RuleConditions };

/** Without the switch for archived records: a rule decides that by its occasion. */
class RuleConditionSelector extends DomainSelector {
    static components = { ...DomainSelector.components, TreeEditor: RuleConditions };

    getShowArchivedCheckBox() {
        return false;
    }
}

/** For whom a rule is: a filter with the number of those who match. */
export class RuleFilterField extends DomainField {
    static components = { ...DomainField.components, DomainSelector: RuleConditionSelector };
}

registry.category("fields").add("relationship_rule_filter", {
    ...domainField,
    component: RuleFilterField,
    displayName: _t("Filter of a rule"),
});
