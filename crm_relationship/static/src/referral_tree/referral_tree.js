import { Component, onWillStart, useState } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const PAGE = 40;

/** A client may be seen below several of the first lines, and is unfolded below each by itself. */
const keyOf = (rootId, id) => (rootId === id ? `${id}` : `${rootId}:${id}`);
const rootOf = (key) => Number(key.split(":")[0]);
const idOf = (key) => Number(key.split(":").at(-1));

/**
 * Who sent whom, and what it brought: the tree of one client, or of all who sent somebody, those
 * who brought most first. Whom a client sent itself is loaded when its line is unfolded by a
 * click, a page at a time.
 */
export class ReferralTree extends Component {
    static template = "crm_relationship.ReferralTree";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        // `rows` are the first lines, `sent` what is known of whom a client sent itself, by its id.
        this.state = useState({ rows: [], sent: {}, unfolded: {}, total: 0, sentBy: null });
        useSetupAction({ getLocalState: () => ({ unfolded: { ...this.state.unfolded } }) });
        onWillStart(() => this.load());
    }

    get partnerId() {
        return this.props.action.params?.partner_id;
    }

    async load() {
        await (this.partnerId ? this.loadClient() : this.loadTop());
        // What was unfolded is so again.
        const unfolded = Object.keys(this.props.state?.unfolded || {}).filter(
            (key) => this.props.state.unfolded[key]
        );
        const missing = new Map(unfolded.map((key) => [idOf(key), rootOf(key)]));
        await Promise.all(
            [...missing]
                .filter(([id]) => !this.state.sent[id])
                .map(([id, rootId]) => this.loadSent(id, rootId))
        );
        Object.assign(this.state.unfolded, this.props.state?.unfolded);
    }

    async loadClient() {
        const tree = await this.loadSent(this.partnerId, this.partnerId);
        const [root] = tree.rows;
        this.state.rows = [root];
        this.state.sentBy = tree.sent_by;
        this.state.currencyId = tree.currency_id;
        // The first time those who were sent directly are seen.
        this.state.unfolded[root.id] = true;
    }

    async loadTop() {
        const offset = this.state.rows.length;
        const top = await this.orm.call("res.partner", "get_top_referrers", [], {
            offset,
            limit: PAGE,
        });
        this.state.rows.push(...top.rows);
        this.state.total = top.total;
        this.state.currencyId = top.currency_id;
    }

    /**
     * The next page of those a client sent itself, who brought most first. It is asked for by the
     * first line above it: the client may be one that nobody may open.
     */
    async loadSent(id, rootId) {
        const offset = this.state.sent[id]?.rows.length || 0;
        const tree = await this.orm.call("res.partner", "get_referral_tree", [[rootId]], {
            offset,
            limit: PAGE,
            client_id: id,
        });
        const known = this.state.sent[id]?.rows || [];
        // Who clicks twice gets the page once.
        if (known.length === offset) {
            this.state.sent[id] = { rows: [...known, ...tree.rows.slice(1)], total: tree.total };
        }
        return tree;
    }

    /** The lines that are seen: each first line and what is unfolded below it. */
    get lines() {
        return this.state.rows.flatMap((root) => this.linesOf(root, root.id, []));
    }

    /** A line, those below it, and how many more there are; a circle ends where it closes. */
    linesOf(row, rootId, above) {
        const line = { ...row, key: keyOf(rootId, row.id), rootId, depth: above.length };
        const sent = this.isUnfolded(line) ? this.state.sent[row.id] : null;
        if (!sent) {
            return [line];
        }
        const path = [...above, row.id];
        const below = sent.rows.filter((other) => !path.includes(other.id));
        const more = sent.total - sent.rows.length;
        return [
            line,
            ...below.flatMap((other) => this.linesOf(other, rootId, path)),
            ...(more > 0
                ? [{ key: `${line.key}:more`, more, id: row.id, rootId, depth: path.length }]
                : []),
        ];
    }

    isUnfolded(line) {
        return Boolean(this.state.unfolded[line.key]);
    }

    async toggle(line) {
        if (!this.isUnfolded(line) && !this.state.sent[line.id]) {
            await this.loadSent(line.id, line.rootId);
        }
        this.state.unfolded[line.key] = !this.state.unfolded[line.key];
    }

    get hasSent() {
        return this.state.rows[0].branch.clients || this.state.rows[0].branch.leads;
    }

    get sentByWords() {
        return _t("Came to us through %s", this.state.sentBy.name);
    }

    get emptyWords() {
        return this.partnerId
            ? _t("%s has sent nobody to us yet", this.state.rows[0].name)
            : _t("Nobody has sent a client to us yet");
    }

    get more() {
        return this.state.total - this.state.rows.length;
    }

    moreWords(count) {
        return _t("%s more", count);
    }

    toggleWords(line) {
        return this.isUnfolded(line) ? _t("Fold") : _t("Show whom they sent");
    }

    /** "through Brandon · won 3 May 2025 · thanks planned 4 May 2025" */
    details(line) {
        const day = (value) =>
            luxon.DateTime.fromISO(value).toLocaleString(luxon.DateTime.DATE_MED);
        return [
            line.through && _t("through %s", line.through),
            line.first_won_date && line.depth && _t("won %s", day(line.first_won_date)),
            line.thanked_date && _t("thanks planned %s", day(line.thanked_date)),
        ]
            .filter(Boolean)
            .join(" · ");
    }

    money(value) {
        return formatCurrency(value, this.state.currencyId, { trailingZeros: false });
    }

    openClient(id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    /** Whom they sent, with what each has bought: the rows of two figures. */
    async openClients(line) {
        const action = await this.orm.call("res.partner", "action_open_referral_clients", [
            [line.id],
        ]);
        return this.action.doAction(action);
    }

    async openLeads(line, won) {
        const action = await this.orm.call("res.partner", "action_open_referral_leads", [
            [line.id],
            won,
        ]);
        return this.action.doAction(action);
    }
}

registry.category("actions").add("crm_relationship.referrals", ReferralTree);
