import { Component, onMounted, onWillStart, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { dayWords } from "../briefing/date_words";

const MORE_STEP = 40;
const BUTTONS = {
    brief: { label: _t("Brief"), icon: "fa-id-card-o" },
    outcome: { label: _t("Outcome"), icon: "fa-flag-checkered" },
    answer: { label: _t("Answer"), icon: "fa-reply" },
    call: { label: _t("Call"), icon: "fa-phone" },
    done: { label: _t("Done"), icon: "fa-check" },
    open: { label: _t("Open"), icon: "fa-folder-open-o" },
    plan: { label: _t("Plan"), icon: "fa-calendar-plus-o" },
    log: { label: _t("Log"), icon: "fa-pencil" },
    no_answer: { label: _t("No answer needed"), icon: "fa-ban" },
    postpone: { label: _t("Not today"), icon: "fa-clock-o" },
};
// The one that is meant first, by what a row offers.
const FIRST = ["outcome", "answer", "done", "call", "plan", "open", "log"];

/**
 * What a salesperson does today, as `crm.today` tells it. A row leaves when it is done, by
 * whatever way; what was done or put off by a click can be taken back.
 */
export class Today extends Component {
    static template = "crm_relationship.Today";
    static components = { Dropdown, DropdownItem, Layout };
    static props = { ...standardActionServiceProps };
    static path = "today";
    static displayName = _t("Today");

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.ui = useService("ui");
        this.display = { controlPanel: {} };
        const { params = {} } = this.props.action;
        this.state = useState({ today: null, leaving: "", undo: null, limit: 0 });
        this.userId = Number(params.user) || false;
        onWillStart(() => this.load());
        onMounted(() => this.keepAddress());
    }

    async load() {
        const limit = this.state.limit || false;
        this.state.today = await this.orm.call("crm.today", "get_today", [this.userId, limit]);
        this.state.leaving = "";
    }

    /** The page can be loaded again: its address says whose day it is. */
    keepAddress() {
        this.props.updateActionState?.({ user: this.userId || undefined });
    }

    // ---- words ----

    get title() {
        const { done, total, date } = this.state.today;
        const day = deserializeDate(date).toLocaleString({
            weekday: "long",
            day: "numeric",
            month: "long",
        });
        return { day, count: _t("%(done)s of %(total)s done", { done, total }) };
    }

    get percent() {
        const { done, total } = this.state.today;
        return total ? Math.round((100 * done) / total) : 100;
    }

    get moreWords() {
        const { rows, more, total, done } = this.state.today;
        const hidden = total - done + more - rows.length;
        return hidden > 0 ? _t("%s more", hidden) : "";
    }

    get postponedWords() {
        const { postponed } = this.state.today;
        return postponed ? _t("%s put off", postponed) : "";
    }

    get nextWords() {
        const { date, counts } = this.state.today.next;
        const day = dayWords(deserializeDate(date));
        const words = counts.map(({ label, count }) => `${count} × ${label}`).join(", ");
        return words
            ? _t("%(day)s: %(what)s", { day, what: words })
            : _t("Nothing is planned %s yet.", day);
    }

    firstButton(row) {
        return FIRST.find((name) => row.buttons.includes(name));
    }

    /** What is shown as a button, and what is behind the dots. */
    buttonsOf(row) {
        const first = this.firstButton(row);
        const shown = row.buttons.filter((name) => name === "brief" || name === first);
        return {
            shown: shown.map((name) => this.button(name, first)),
            rest: row.buttons
                .filter((name) => !shown.includes(name))
                .map((name) => this.button(name)),
        };
    }

    button(name, first) {
        return { name, isFirst: name === first, ...BUTTONS[name] };
    }

    // ---- deeds ----

    async open(row) {
        const action = await this.orm.call("crm.today", "act", [row.key, "open"]);
        return this.action.doAction(action);
    }

    async act(row, button) {
        const action = await this.orm.call("crm.today", "act", [row.key, button]);
        if (!action) {
            this.state.undo = { key: row.key, words: _t("Done: %s", row.name) };
            return this.leave(row);
        }
        return this.action.doAction(action, {
            onClose: async (infos) => {
                if (infos?.postponed) {
                    this.state.undo = {
                        key: infos.postponed,
                        words: _t("Put off: %s", row.name),
                    };
                }
                await this.load();
            },
        });
    }

    async leave(row) {
        this.state.leaving = row.key;
        await this.load();
    }

    async undo() {
        const { key } = this.state.undo;
        this.state.undo = null;
        await this.orm.call("crm.today", "undo", [key]);
        await this.load();
    }

    async showMore() {
        this.state.limit = this.state.today.rows.length + MORE_STEP;
        await this.load();
    }

    async choose(userId) {
        this.userId = userId;
        Object.assign(this.state, { limit: 0, undo: null });
        this.keepAddress();
        await this.load();
    }

    print() {
        window.print();
    }
}

registry.category("actions").add("crm_relationship.today", Today);
