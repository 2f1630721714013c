import { Component, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { serializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { contactWords, exactWords, resultClass, toDate, whoWords } from "../briefing/contact_words";
import { dayWords } from "../briefing/date_words";

const { DateTime } = luxon;

const FOLDED_SIZE = 5;
const PAGE_SIZE = 20;
const SEARCH_DELAY = 300;
const CHANNELS = {
    email: { name: _t("Email"), icon: "fa-envelope-o" },
    phone: { name: _t("Phone"), icon: "fa-phone" },
    meeting: { name: _t("Meeting"), icon: "fa-calendar" },
    visit: { name: _t("Visit"), icon: "fa-building-o" },
    sms: { name: _t("SMS"), icon: "fa-mobile" },
    chat: { name: _t("Chat"), icon: "fa-comments-o" },
    website: { name: _t("Website"), icon: "fa-globe" },
    messenger: { name: _t("Messenger"), icon: "fa-commenting-o" },
    letter: { name: _t("Letter"), icon: "fa-paper-plane-o" },
    other: { name: _t("Other"), icon: "fa-circle-o" },
};
/** Period to choose from, in days. */
const PERIODS = { 30: _t("Last 30 days"), 90: _t("Last 90 days"), 365: _t("Last 12 months") };
const NO_FILTERS = {
    channel: "",
    direction: "",
    period: "",
    isMine: false,
    isContact: false,
    isOwn: false,
    search: "",
};

/**
 * The history of a client below its briefing: the newest few, and on demand all of it
 * page by page, with filters. Each row opens what it is of.
 */
export class Timeline extends Component {
    static template = "crm_relationship.Timeline";
    static props = {
        resModel: String,
        resId: Number,
        /** The contact the screen is about, whose name is not repeated. */
        ownId: { type: Number, optional: true },
        /** What "only …" means here; without it there is nothing to choose. */
        ownName: { type: String, optional: true },
        /** Another number loads the history again. */
        version: Number,
    };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.mailStore = useService("mail.store");
        this.channels = CHANNELS;
        this.periods = PERIODS;
        this.keepLast = new KeepLast();
        this.state = useState({ ...this.emptyPage, isOpen: false, filters: { ...NO_FILTERS } });
        this.searchLater = useDebounced((text) => this.setFilter("search", text), SEARCH_DELAY);
        useEffect(
            () => {
                Object.assign(this.state, this.emptyPage, { filters: { ...NO_FILTERS } });
                this.state.isOpen = false;
            },
            () => [this.props.resModel, this.props.resId]
        );
        useEffect(
            () => {
                this.load();
            },
            () => [this.props.resModel, this.props.resId, this.props.version]
        );
        onWillUnmount(() => this.keepLast.add(Promise.resolve()));
    }

    get emptyPage() {
        return { rows: [], before: false, isLoaded: false, hasFailed: false };
    }

    // ---- words ----

    icon(row) {
        return CHANNELS[row.channel]?.icon || CHANNELS.other.icon;
    }

    words(row) {
        return dayWords(toDate(row.date));
    }

    exact(row) {
        return exactWords(row.date);
    }

    contactWords(row) {
        const words = contactWords(row);
        if (!row.is_attempt) {
            return words;
        }
        // An automatic answer, a lead that one of us or an import has entered.
        return row.direction === "in"
            ? _t("%s (for the record)", words)
            : _t("%s (attempt)", words);
    }

    whoWords(row) {
        return whoWords(row, this.props.ownId);
    }

    aboutWords(row) {
        const parts = [row.subject || row.purpose, row.offered, row.summary || row.preview];
        return parts.filter(Boolean).join(" · ");
    }

    resultClass(row) {
        return resultClass(row.result) || "text-muted";
    }

    get isShown() {
        return this.state.isOpen || this.state.rows.length || this.state.hasFailed;
    }

    get isFiltered() {
        return Object.values(this.state.filters).some(Boolean);
    }

    // ---- deeds ----

    /** The filters as the server knows them. */
    get filters() {
        const { channel, direction, period, isMine, isContact, isOwn, search } = this.state.filters;
        return {
            channels: channel ? [channel] : [],
            direction,
            date_from: period && serializeDate(DateTime.local().minus({ days: Number(period) })),
            user_id: isMine && user.userId,
            is_contact: isContact,
            is_own: isOwn,
            search,
        };
    }

    async load(before = null) {
        const { resModel, resId } = this.props;
        const limit = this.state.isOpen ? PAGE_SIZE : FOLDED_SIZE;
        try {
            const page = await this.keepLast.add(
                this.orm.silent.call(resModel, "get_timeline", [resId, this.filters, before, limit])
            );
            const rows = before ? [...this.state.rows, ...page.rows] : page.rows;
            Object.assign(this.state, {
                rows,
                before: page.before,
                isLoaded: true,
                hasFailed: false,
            });
        } catch {
            this.state.hasFailed = true;
        }
    }

    open() {
        this.state.isOpen = true;
        return this.load();
    }

    fold() {
        this.state.isOpen = false;
        this.state.filters = { ...NO_FILTERS };
        return this.load();
    }

    more() {
        return this.load(this.state.before);
    }

    setFilter(name, value) {
        this.state.filters[name] = value;
        return this.load();
    }

    async openEvent(row) {
        const action = await this.orm.call("crm.interaction", "action_open_event", [[row.id]]);
        const { highlight_message_id: messageId } = action.context;
        if (messageId) {
            const thread = this.mailStore.Thread.insert({
                model: action.res_model,
                id: action.res_id,
            });
            thread.highlightMessage = messageId;
        }
        if (action.res_model !== this.props.resModel || action.res_id !== this.props.resId) {
            return this.action.doAction(action);
        }
    }
}
