import { Component, onWillStart, useState } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { PlaybookPanel } from "../playbook/playbook_panel";
import { contactWords, exactWords, resultClass, toDate, whoWords } from "./contact_words";
import { dayWords, durationWords } from "./date_words";
import { purchaseWords } from "./purchase_words";

const SPOKEN_CHANNELS = ["phone", "meeting", "visit"];
const SEPARATOR = " · ";

const { DateTime } = luxon;

/**
 * What one must know before speaking to a client, as `get_briefing` tells it.
 * Shows data only: whoever uses it loads them.
 */
export class Briefing extends Component {
    static template = "crm_relationship.Briefing";
    static components = { PlaybookPanel };
    static props = {
        briefing: { type: Object, optional: true },
        resModel: String,
        resId: Number,
        /** The form around it names the record. */
        isOnForm: { type: Boolean, optional: true },
        hasFailed: { type: Boolean, optional: true },
        /** Why the reader may not see it. */
        refusal: { type: String, optional: true },
        onChanged: Function,
    };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ isHealthOpen: false });
        onWillStart(async () => {
            this.isManager = await user.hasGroup("sales_team.group_sale_manager");
        });
    }

    // ---- words ----

    words(value) {
        return dayWords(toDate(value));
    }

    /** Words of a moment to come, with the time of day. */
    plannedWords(item) {
        if (item.date.length <= 10) {
            return this.words(item.date);
        }
        const time = toDate(item.date).toLocaleString({
            hour: "2-digit",
            minute: "2-digit",
        });
        return _t("%(day)s, %(time)s", { day: this.words(item.date), time });
    }

    exact(value) {
        return exactWords(value);
    }

    duration(value) {
        return durationWords(toDate(value));
    }

    contactWords(contact) {
        return contactWords(contact);
    }

    money(amount, currencyId) {
        // 8,400 and 62.50, but not 62.5
        return formatCurrency(amount, currencyId, { trailingZeros: !Number.isInteger(amount) });
    }

    whoWords(contact) {
        return whoWords(contact, this.props.briefing.id);
    }

    resultClass(result) {
        return resultClass(result);
    }

    /** "since 3 May 2025 · be in touch every 30 days, answer within 4 h" */
    get statusWords() {
        const { since, cadence_days, response_hours } = this.props.briefing.status;
        const obligations = [];
        if (cadence_days) {
            obligations.push(_t("be in touch every %s days", cadence_days));
        }
        if (response_hours) {
            obligations.push(_t("answer within %s h", response_hours));
        }
        const parts = [since && _t("since %s", this.words(since)), obligations.join(", ")];
        return parts.filter(Boolean).join(SEPARATOR);
    }

    complaintSince(item) {
        return _t("open for %s", this.duration(item.date));
    }

    complaintWho({ user: responsible }) {
        return (
            SEPARATOR +
            (responsible
                ? _t("%s deals with it", responsible.name)
                : _t("nobody deals with it yet"))
        );
    }

    complaintPromise(item) {
        const day = this.words(item.deadline);
        return (
            SEPARATOR +
            (item.is_late ? _t("late, it was promised for %s", day) : _t("promised for %s", day))
        );
    }

    complaintRemedy({ remedy }) {
        return _t("What we do: %s", remedy);
    }

    waitingWords(item) {
        return _t("Waiting %s", this.duration(item.date));
    }

    aboutWords(item) {
        return item.subject || item.preview || item.summary || "";
    }

    waitingDetails(item) {
        const details = [item.channel_name, item.user?.name].filter(Boolean).join(", ");
        return item.deadline ? details + SEPARATOR.trimEnd() : details;
    }

    isPastDeadline(item) {
        return toDate(item.deadline) < DateTime.local();
    }

    /** By when an answer was promised: "answer due today, 14:00". */
    deadlineWords(item) {
        if (this.isPastDeadline(item)) {
            return _t("late, an answer was due %s", this.plannedWords({ date: item.deadline }));
        }
        return _t("answer due %s", this.plannedWords({ date: item.deadline }));
    }

    promiseWords({ by, name }) {
        return by === "us" ? _t("We promised: %s", name) : _t("They promised: %s", name);
    }

    promiseDetails(item) {
        const day = this.words(item.date);
        const parts = [item.is_late ? _t("late, it was due %s", day) : day];
        if (item.by === "us" && item.user) {
            parts.push(item.user.name);
        }
        return parts.join(", ");
    }

    dealDetails({ revenue, currency_id, stage }) {
        const parts = [revenue && this.money(revenue, currency_id), stage?.name];
        return parts.filter(Boolean).join(", ");
    }

    /** "Send the offer, in 3 days" */
    nextStepWords(item) {
        return _t("%(step)s, %(when)s", { step: item.name, when: this.plannedWords(item) });
    }

    get moreDeals() {
        const { deals = [], deal_count = 0 } = this.props.briefing;
        const more = deal_count - deals.length;
        return more > 0 ? _t("and %s more open deals", more) : "";
    }

    get morePlanned() {
        const { planned, planned_count } = this.props.briefing;
        const more = planned_count - planned.length;
        return more > 0 ? _t("and %s more planned", more) : "";
    }

    /** "Birthday of Brandon (50)" */
    occasionWords({ kind, contact, turns }) {
        const occasion =
            contact.id === this.props.briefing.id
                ? kind
                : _t("%(occasion)s of %(contact)s", { occasion: kind, contact: contact.name });
        return turns ? _t("%(occasion)s (%(years)s)", { occasion, years: turns }) : occasion;
    }

    /** "Brandon · Interests: golf · Pets: dog Rex" */
    preferenceWords({ contact, items }) {
        const words = items
            .map(({ label, value }) =>
                label ? _t("%(label)s: %(value)s", { label, value }) : value
            )
            .join(SEPARATOR);
        return contact.id === this.props.briefing.id
            ? words
            : `${contact.name}${SEPARATOR}${words}`;
    }

    noteWords({ contact, text }) {
        return contact.id === this.props.briefing.id ? text : `${contact.name}: ${text}`;
    }

    get purchaseWords() {
        return purchaseWords(this.props.briefing.purchases);
    }

    async openPurchases() {
        const { id } = this.props.briefing.client;
        return this.action.doAction(
            await this.orm.call("res.partner", "action_open_purchases", [[id]])
        );
    }

    /** Where they came from, who else knows them, what cannot be opened. */
    get backgroundWords() {
        const { origin, hidden } = this.props.briefing;
        const parts = [origin && this.originWords, this.knownByWords, hidden && this.hiddenWords];
        return parts.filter(Boolean).join(SEPARATOR);
    }

    get originWords() {
        const { source, campaign, date, cost, currency_id, referrer } = this.props.briefing.origin;
        const parts = [];
        if (source) {
            parts.push(_t("Came from %s", source.name));
        }
        if (campaign) {
            parts.push(campaign.name);
        }
        if (date) {
            const month = toDate(date).toLocaleString({
                month: "short",
                year: "numeric",
            });
            parts.push(source ? month : _t("First came %s", month));
        }
        if (cost !== undefined) {
            parts.push(_t("cost %s", this.money(cost, currency_id)));
        }
        if (referrer) {
            parts.push(_t("referred by %s", referrer.name));
        }
        return parts.join(", ");
    }

    get knownByWords() {
        const colleagues = this.props.briefing.known_by
            .filter((colleague) => colleague.id !== user.userId)
            .map(({ name, count }) =>
                count === 1
                    ? _t("%s (1 contact in a year)", name)
                    : _t("%(name)s (%(count)s contacts in a year)", { name, count })
            );
        return colleagues.length ? _t("Known by %s", colleagues.join(", ")) : "";
    }

    get hiddenWords() {
        const hidden = this.props.briefing.hidden;
        return hidden === 1 ? _t("1 item you cannot open") : _t("%s items you cannot open", hidden);
    }

    /** Whose briefing it is, where the form around does not say so: [{model, id, name}]. */
    get names() {
        const { client, id, name } = this.props.briefing;
        const { resModel, resId, isOnForm } = this.props;
        if (!client) {
            return isOnForm ? [] : [{ model: resModel, id: resId, name }];
        }
        const people = client.id === id ? [client] : [{ id, name }, client];
        // The form of a contact names the contact, that of a lead its contact.
        const isNamed = (person) =>
            resModel === "crm.lead" ? person.id !== client.id : person.id === resId;
        return people
            .filter((person) => !isOnForm || !isNamed(person))
            .map((person) => ({ model: "res.partner", ...person }));
    }

    get isStranger() {
        return !this.props.briefing.client;
    }

    get hasOpen() {
        const { waiting, promises = [], deals = [] } = this.props.briefing;
        return waiting.length || promises.length || deals.length;
    }

    /** No activity, no meeting, and nothing we promised, which is told under what is open. */
    get isNothingPlanned() {
        const { planned, promises = [] } = this.props.briefing;
        return !planned.length && !promises.some(({ by }) => by === "us");
    }

    get hasMore() {
        const { notes = [], preferences = [] } = this.props.briefing;
        return notes.length || preferences.length || this.backgroundWords;
    }

    get cadenceWords() {
        const { days, date, pause } = this.props.briefing.cadence;
        if (pause) {
            return _t("Keeping in touch is paused: %s", pause);
        }
        return _t("Contact due %(date)s (every %(days)s days)", {
            date: this.words(date),
            days,
        });
    }

    get cadenceClass() {
        const { state } = this.props.briefing.cadence;
        return { overdue: "text-danger", due: "text-warning" }[state] || "";
    }

    /** The light of the rhythm: green, yellow, red, or resting. */
    get lightClass() {
        const { state, pause } = this.props.briefing.cadence;
        if (pause) {
            return "fa-pause-circle text-muted";
        }
        const color = { overdue: "text-danger", due: "text-warning", ok: "text-success" }[state];
        return `fa-circle ${color}`;
    }

    get healthClass() {
        const { score } = this.props.briefing.health;
        if (score < 25) {
            return "text-danger";
        }
        return score < 50 ? "text-warning" : "text-success";
    }

    get healthTitle() {
        return this.props.briefing.health.reasons.join("\n");
    }

    /** With how many of its people we are in touch, where the company has any. */
    get peopleWords() {
        const { in_touch, known } = this.props.briefing.people;
        if (in_touch === 1) {
            return _t("In touch with one person only, of %s", known);
        }
        return _t("In touch with %(count)s of %(known)s people", { count: in_touch, known });
    }

    get isOnePersonOnly() {
        return this.props.briefing.people.in_touch === 1;
    }

    // ---- deeds ----

    openRecord(resModel, resId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }

    openPlanned(item) {
        if (item.kind === "meeting") {
            return this.openRecord("calendar.event", item.id);
        }
        return this.openDialog({
            type: "ir.actions.act_window",
            name: item.name,
            res_model: "mail.activity",
            res_id: item.id,
            views: [[false, "form"]],
            target: "new",
        });
    }

    /** Open a dialog; what is shown is brought up to date when it closes. */
    openDialog(action, options = {}) {
        return this.action.doAction(action, {
            ...options,
            onClose: () => {
                // Not awaited: the dialog closes at once.
                this.props.onChanged();
            },
        });
    }

    async log() {
        const { resModel, resId } = this.props;
        const action = await this.orm.call(resModel, "action_log_interaction", [[resId]]);
        return this.openDialog(action);
    }

    async complain() {
        const { resModel, resId } = this.props;
        const action = await this.orm.call(resModel, "action_new_complaint", [[resId]]);
        return this.action.doAction(action);
    }

    /** One page, for who goes to the client without a screen. */
    async print() {
        const { resModel, resId } = this.props;
        const action = await this.orm.call(resModel, "action_print_briefing", [[resId]]);
        return this.action.doAction(action);
    }

    async mailToMe() {
        const { resModel, resId } = this.props;
        const action = await this.orm.call(resModel, "action_mail_briefing", [[resId]]);
        return this.action.doAction(action);
    }

    plan() {
        const { resModel, resId } = this.props;
        return this.openDialog({
            type: "ir.actions.act_window",
            name: _t("Schedule Activity"),
            res_model: "mail.activity.schedule",
            views: [[false, "form"]],
            target: "new",
            context: {
                active_model: resModel,
                active_id: resId,
                active_ids: [resId],
            },
        });
    }

    /** What came by word of mouth is answered by a call, the rest in writing. */
    answerWords(item) {
        return SPOKEN_CHANNELS.includes(item.channel) ? _t("Call") : _t("Answer");
    }

    /** On the channel the client used. */
    async answer(item) {
        const action = await this.orm.call("crm.interaction", "action_answer", [[item.id]]);
        return this.openDialog(action);
    }
}
