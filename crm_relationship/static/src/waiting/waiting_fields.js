import { Component } from "@odoo/owl";
import { formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { durationWords } from "../briefing/date_words";

const { DateTime } = luxon;

/**
 * How much time is left until a moment: "2 h left", "3 days late".
 *
 * @param {luxon.DateTime} deadline
 * @param {luxon.DateTime} [now]
 * @returns {string}
 */
export function leftWords(deadline, now = DateTime.local()) {
    return deadline > now
        ? _t("%s left", durationWords(now, deadline))
        : _t("%s late", durationWords(deadline, now));
}

/** Since when somebody waits, in words; exact on hover. */
export class WaitingSinceField extends Component {
    static template = "crm_relationship.WaitingMoment";
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }

    get words() {
        return durationWords(this.value);
    }

    get exact() {
        return formatDateTime(this.value);
    }

    get colour() {
        return "";
    }

    get emptyWords() {
        return "";
    }
}

/** What is left of the time an answer was promised in, with its colour. */
export class WaitingLeftField extends WaitingSinceField {
    get words() {
        return leftWords(this.value);
    }

    get exact() {
        const hours = this.props.record.data.response_target_hours;
        return _t("Answer promised within %(hours)s working hours: until %(moment)s", {
            hours: Math.round(hours * 100) / 100,
            moment: formatDateTime(this.value),
        });
    }

    get colour() {
        const colours = { near: "text-warning", late: "text-danger fw-bold" };
        return colours[this.props.record.data.response_state] || "";
    }

    get emptyWords() {
        return _t("no promise");
    }
}

/** What an inquiry is about, after a word of warning when our answer did not arrive. */
export class WaitingAboutField extends Component {
    static template = "crm_relationship.WaitingAbout";
    static props = { ...standardFieldProps };

    get words() {
        return this.props.record.data[this.props.name];
    }

    get undelivered() {
        return this.props.record.data.undelivered_answer;
    }
}

registry.category("fields").add("relationship_waiting_about", {
    component: WaitingAboutField,
    displayName: _t("What an inquiry is about"),
    supportedTypes: ["char"],
    fieldDependencies: [{ name: "undelivered_answer", type: "char" }],
});

registry.category("fields").add("relationship_waiting_since", {
    component: WaitingSinceField,
    displayName: _t("Waiting since"),
    supportedTypes: ["datetime"],
});

registry.category("fields").add("relationship_waiting_left", {
    component: WaitingLeftField,
    displayName: _t("Time left to answer"),
    supportedTypes: ["datetime"],
    fieldDependencies: [
        { name: "response_state", type: "selection" },
        { name: "response_target_hours", type: "float" },
    ],
});
