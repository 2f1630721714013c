import { Component } from "@odoo/owl";
import { formatDate, deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const STATES = ["done", "skipped", "failed"];
const LEAST = 8; // percent: one of many is still seen

/** What a rule did in each of the last weeks, one bar a week; a bar opens its lines. */
export class RuleTrendField extends Component {
    static template = "crm_relationship.RuleTrend";
    static props = { ...standardFieldProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get weeks() {
        const weeks = this.props.record.data[this.props.name] || [];
        const totals = weeks.map((week) => STATES.reduce((sum, state) => sum + week[state], 0));
        const highest = Math.max(1, ...totals);
        return weeks.map((week, index) => ({
            ...week,
            total: totals[index],
            title: this.describe(week),
            parts: STATES.filter((state) => week[state]).map((state) => ({
                state,
                height: Math.max(LEAST, Math.round((100 * week[state]) / highest)),
            })),
        }));
    }

    describe(week) {
        return _t("%(from)s to %(to)s: %(done)s done, %(skipped)s skipped, %(failed)s failed", {
            ...week,
            from: formatDate(deserializeDate(week.from)),
            to: formatDate(deserializeDate(week.to)),
        });
    }

    async open(week) {
        const { resModel, resId } = this.props.record;
        const action = await this.orm.call(resModel, "open_week", [[resId], week.from, week.to]);
        this.action.doAction(action);
    }
}

/** A number of lines of the ledger; it opens them. */
export class RuleCountField extends Component {
    static template = "crm_relationship.RuleCount";
    static props = { ...standardFieldProps, state: String };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
    }

    get count() {
        return this.props.record.data[this.props.name];
    }

    async open() {
        const { resModel, resId } = this.props.record;
        const action = await this.orm.call(resModel, "action_open_recent", [[resId]], {
            context: { rule_run_state: this.props.state },
        });
        this.action.doAction(action);
    }
}

registry.category("fields").add("relationship_rule_trend", {
    component: RuleTrendField,
    displayName: _t("Trend of a rule"),
    supportedTypes: ["json"],
});
registry.category("fields").add("relationship_rule_count", {
    component: RuleCountField,
    displayName: _t("Number that opens its lines"),
    supportedTypes: ["integer"],
    extractProps: ({ options }) => ({ state: options.state }),
});
