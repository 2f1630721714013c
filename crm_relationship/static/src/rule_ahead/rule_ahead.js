import { Component, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useRecordObserver } from "@web/model/relational_model/utils";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const { DateTime } = luxon;
const HEIGHT = 32;

/**
 * The days as bars: how high, and what to say of each.
 *
 * @param {{date: string, happens: number, without: number}[]} days
 * @returns {{date: string, label: string, title: string, height: number, number: number}[]}
 */
export function dayBars(days) {
    const highest = Math.max(1, ...days.map((day) => day.happens + day.without));
    return days.map((day) => {
        const date = DateTime.fromISO(day.date);
        const exact = date.toLocaleString({ weekday: "short", day: "numeric", month: "short" });
        const title = day.without
            ? _t("%(date)s: %(count)s, %(without)s not", {
                  date: exact,
                  count: day.happens,
                  without: day.without,
              })
            : _t("%(date)s: %(count)s", { date: exact, count: day.happens });
        return {
            ...day,
            title: `${title}`,
            dayOfMonth: date.day,
            month: date.day === 1 || day === days[0] ? date.toLocaleString({ month: "short" }) : "",
            isWeekend: date.weekday > 5,
            height: scaled(day.happens, highest),
            heightWithout: scaled(day.without, highest),
        };
    });
}

function scaled(count, highest) {
    return count ? Math.max(3, Math.round((count * HEIGHT) / highest)) : 0;
}

/** The next 30 days of a rule, a bar a day; each opens its rows. Loaded after the form is drawn. */
export class RuleAhead extends Component {
    static template = "crm_relationship.RuleAhead";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ ahead: null });
        useRecordObserver((record) => {
            // Not awaited: the form is drawn at once, the numbers follow.
            if (this.version(record) !== this.loaded) {
                this.load(record);
            }
        });
    }

    version(record) {
        return `${record.resId} ${record.data.write_date}`;
    }

    async load(record) {
        this.loaded = this.version(record);
        if (!record.resId) {
            this.state.ahead = null;
            return;
        }
        const version = this.loaded;
        const ahead = await this.orm.silent
            .call("crm.relationship.rule", "get_days_ahead", [record.resId])
            .catch(() => ({ error: _t("The next days can't be shown."), days: [] }));
        if (version === this.loaded) {
            this.state.ahead = ahead;
        }
    }

    get bars() {
        return dayBars(this.state.ahead.days);
    }

    async open(method, ...args) {
        if (!(await this.props.record.save())) {
            return;
        }
        const action = await this.orm.call("crm.relationship.rule", method, [
            this.props.record.resId,
            ...args,
        ]);
        this.action.doAction(action);
    }
}

registry.category("view_widgets").add("relationship_rule_ahead", {
    component: RuleAhead,
    fieldDependencies: [{ name: "write_date", type: "datetime" }],
});
