import { Component, onWillStart, status } from "@odoo/owl";
import { ConfirmationDialog } from "@web/core/confirmation_dialog/confirmation_dialog";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Switches a rule on and off where many are shown, by the same questions as its form asks. */
export class RuleSwitchField extends Component {
    static template = "crm_relationship.RuleSwitch";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.dialog = useService("dialog");
        onWillStart(async () => {
            this.mayChange = await user.checkAccessRight(this.props.record.resModel, "write");
        });
    }

    get isOn() {
        return this.props.record.data[this.props.name];
    }

    get title() {
        return this.isOn ? _t("Switch off") : _t("Switch on");
    }

    toggle() {
        if (!this.isOn) {
            return this.askSwitchOn();
        }
        this.dialog.add(ConfirmationDialog, {
            title: _t("Switch Off"),
            body: _t(
                "What still waits is dropped. Switched on again, the rule acts from that moment on."
            ),
            confirmLabel: _t("Switch Off"),
            confirm: async () => {
                await this.call("action_switch_off");
                await this.reload();
            },
            cancel: () => {},
        });
    }

    async askSwitchOn() {
        const question = await this.call("action_ask_switch_on");
        await this.action.doAction(question, { onClose: () => this.reload() });
    }

    call(method) {
        const { resModel, resId } = this.props.record;
        return this.orm.call(resModel, method, [[resId]]);
    }

    async reload() {
        if (status(this) !== "destroyed") {
            await this.props.record.model.load();
        }
    }
}

registry.category("fields").add("relationship_rule_switch", {
    component: RuleSwitchField,
    displayName: _t("Switch of a rule"),
    supportedTypes: ["boolean"],
});
