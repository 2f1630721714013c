import {
    Component,
    onMounted,
    onWillStart,
    useEffect,
    useExternalListener,
    useRef,
    useState,
} from "@odoo/owl";
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
// Who comes back to the page after so long sees what came meanwhile.
const STALE = 60 * 1000;
const UNDO_DELAY = 8 * 1000;
const BUTTONS = {
    brief: { label: _t("Brief"), icon: "fa-id-card-o" },
    outcome: { label: _t("Outcome"), icon: "fa-flag-checkered" },
    answer: { label: _t("Answer"), icon: "fa-reply" },
    done: { label: _t("Done"), icon: "fa-check" },
    call: { label: _t("Call"), icon: "fa-phone" },
    plan: { label: _t("Plan"), icon: "fa-calendar-plus-o" },
    open: { label: _t("Open"), icon: "fa-folder-open-o" },
    log: { label: _t("Log"), icon: "fa-pencil" },
    no_answer: { label: _t("No answer needed"), icon: "fa-ban" },
    postpone: { label: _t("Not today"), icon: "fa-clock-o" },
};
// The one that is meant first, of those a row has.
const FIRST = {
    due: ["call", "log"],
    birthday: ["call", "done"],
    next_step: ["plan"],
};
const FIRST_OF_OTHERS = ["outcome", "answer", "done", "open", "brief"];
const KEYS = { b: "brief", n: "postpone", l: "log", p: "plan", c: "call" };

/**
 * What a salesperson does today, as `crm.today` tells it. A row leaves when it is done, by
 * whatever way; what was done or put off by a click can be taken back for a moment.
 */
export class Today extends Component {
    static template = "crm_relationship.Today";
    static components = { Dropdown, DropdownItem, Layout };
    static props = { ...standardActionServiceProps };
    static path = "today";
    static displayName = _t("Today");

    setup() {
        this.action = useService("action");
        this.notification = useService("notification");
        this.orm = useService("orm");
        this.ui = useService("ui");
        this.display = { controlPanel: {} };
        const { params = {} } = this.props.action;
        this.state = useState({ today: null, leaving: "" });
        this.userId = Number(params.user) || false;
        this.limit = false;
        this.list = useRef("list");
        // On a phone nobody types, and no row is to look chosen.
        this.place = this.ui.isSmall ? null : { index: 0 };
        this.takeBack = null;
        onWillStart(() => this.load());
        onMounted(() => this.keepAddress());
        useEffect(
            () => this.keepPlace(),
            () => [this.state.today]
        );
        useExternalListener(document, "visibilitychange", () => this.onVisible());
    }

    async load() {
        const today = await this.orm.call("crm.today", "get_today", [this.userId, this.limit]);
        Object.assign(this.state, { today, leaving: "" });
        this.loaded = Date.now();
    }

    onVisible() {
        if (document.visibilityState === "visible" && Date.now() - this.loaded > STALE) {
            this.load();
        }
    }

    /** The page can be loaded again: its address says whose day it is. */
    keepAddress() {
        this.props.updateActionState?.({ user: this.userId || undefined });
    }

    /** Who works with the keyboard goes on where the row was that is gone. */
    keepPlace() {
        const rows = [...this.list.el.children];
        const isLost = [document.body, null].includes(document.activeElement);
        if (this.place && isLost && rows.length) {
            const { key, index } = this.place;
            const row = rows.find((each) => each.dataset.key === key);
            (row || rows[Math.min(index, rows.length - 1)]).focus();
        }
    }

    // ---- words ----

    get day() {
        return deserializeDate(this.state.today.date).toLocaleString({
            weekday: "long",
            day: "numeric",
            month: "long",
        });
    }

    get countWords() {
        const { done, total, postponed } = this.state.today;
        const words = [_t("%(done)s of %(total)s done", { done, total })];
        if (postponed) {
            words.push(_t("%s put off", postponed));
        }
        return words.join(", ");
    }

    get percent() {
        const { done, total } = this.state.today;
        return total ? Math.round((100 * done) / total) : 0;
    }

    get moreWords() {
        const { rows, more, total, done } = this.state.today;
        const hidden = total - done + more - rows.length;
        return hidden > 0 ? _t("%s more", hidden) : "";
    }

    /** "Tomorrow: 2 × Meeting, 1 × Promise" */
    get nextWords() {
        const { date, counts } = this.state.today.next;
        const day = dayWords(deserializeDate(date));
        const what = counts.map(({ label, count }) => `${count} × ${label}`).join(", ");
        return what ? _t("Coming %(day)s: %(what)s", { day, what }) : _t("Nothing new %s.", day);
    }

    /** Nothing was to be done today, and nothing comes: perhaps nobody has begun yet. */
    get isNew() {
        const { total, postponed, next } = this.state.today;
        return !total && !postponed && !next?.counts.length;
    }

    isUrgent(row) {
        return row.is_late && row.kind !== "due";
    }

    /** What is shown as a button, and what is behind the dots. */
    buttonsOf(row) {
        const names = FIRST[row.kind] || FIRST_OF_OTHERS;
        const first =
            [...names, ...FIRST_OF_OTHERS].find((name) => row.buttons.includes(name)) || "brief";
        const isShown = (name) => name === first || (name === "brief" && !this.ui.isSmall);
        const describe = (name) => ({ name, isFirst: name === first, ...BUTTONS[name] });
        return {
            shown: row.buttons.filter(isShown).map(describe),
            rest: row.buttons.filter((name) => !isShown(name)).map(describe),
        };
    }

    // ---- deeds ----

    openClients() {
        return this.action.doAction("crm_relationship.res_partner_action_clients");
    }

    async open(row) {
        const action = await this.orm.call("crm.today", "act", [row.key, "open"]);
        return this.action.doAction(action);
    }

    async act(row, button) {
        if (this.isActing) {
            return;
        }
        this.isActing = true;
        this.place = { key: row.key, index: this.state.today.rows.indexOf(row) };
        try {
            const action = await this.orm.call("crm.today", "act", [row.key, button]);
            await this.follow(row, action);
        } catch (error) {
            // Somebody else has done it meanwhile.
            await this.load();
            throw error;
        } finally {
            this.isActing = false;
        }
    }

    /** What `act` has returned: an action, or whether it can be taken back. */
    async follow(row, action) {
        if (action && action !== true) {
            return this.action.doAction(action, {
                // Not waited for: the dialog goes at once, and the focus comes back.
                onClose: (infos) => {
                    if (infos?.postponed) {
                        this.offerUndo(row, _t("Put off: %s", row.name));
                    }
                    this.load();
                },
            });
        }
        if (action) {
            this.offerUndo(row, _t("Done: %s", row.name));
        }
        this.state.leaving = row.key;
        return this.load();
    }

    offerUndo(row, message) {
        const takeBack = async () => {
            close();
            this.place = { key: row.key, index: 0 };
            await this.orm.call("crm.today", "undo", [row.key]);
            await this.load();
        };
        const close = this.notification.add(message, {
            type: "success",
            autocloseDelay: UNDO_DELAY,
            className: "o_crm_today_undo",
            buttons: [{ name: _t("Undo"), onClick: takeBack }],
            onClose: () => {
                if (this.takeBack === takeBack) {
                    this.takeBack = null;
                }
            },
        });
        this.takeBack = takeBack;
    }

    async showMore() {
        this.limit = this.state.today.rows.length + MORE_STEP;
        await this.load();
    }

    async choose(userId) {
        this.userId = userId;
        this.limit = false;
        this.keepAddress();
        await this.load();
    }

    print() {
        window.print();
    }

    /** Up and down from row to row; Enter does what comes first, a letter the rest, u undoes. */
    onKeydown(row, ev) {
        if (ev.target !== ev.currentTarget || ev.ctrlKey || ev.altKey || ev.metaKey) {
            return;
        }
        const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[ev.key];
        const button =
            ev.key === "Enter"
                ? this.buttonsOf(row).shown.find(({ isFirst }) => isFirst)?.name
                : KEYS[ev.key];
        if (step) {
            ev.currentTarget[step]?.focus();
        } else if (ev.key === "u" && this.takeBack) {
            this.takeBack();
        } else if (row.buttons.includes(button)) {
            this.act(row, button);
        } else {
            return;
        }
        ev.preventDefault();
    }
}

registry.category("actions").add("crm_relationship.today", Today);
