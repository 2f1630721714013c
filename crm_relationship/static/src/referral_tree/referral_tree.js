import { Component, onWillStart, useState } from "@odoo/owl";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const PAGE = 40;

/**
 * Who sent whom, and what it brought: the tree of one client, or of all who sent somebody, those
 * who brought most first. A line is unfolded by a click; its tree is loaded then.
 */
export class ReferralTree extends Component {
    static template = "crm_relationship.ReferralTree";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        // `rows` are the first lines, `trees` what is known of those below them, by the client.
        this.state = useState({ rows: [], trees: {}, unfolded: {}, total: 0, sentBy: null });
        useSetupAction({ getLocalState: () => ({ unfolded: { ...this.state.unfolded } }) });
        onWillStart(() => (this.partnerId ? this.loadClient() : this.loadTop()));
    }

    get partnerId() {
        return this.props.action.params?.partner_id;
    }

    async loadClient() {
        const tree = await this.orm.call("res.partner", "get_referral_tree", [[this.partnerId]]);
        const [root, ...below] = tree.rows;
        this.state.rows = [root];
        this.state.trees[root.id] = below;
        this.state.sentBy = tree.sent_by;
        this.state.currencyId = tree.currency_id;
        // What was unfolded is so again; the first time those who were sent directly are seen.
        this.state.unfolded = { [root.id]: true, ...this.props.state?.unfolded };
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

    /** The lines that are seen: each first line and what is unfolded below it. */
    get lines() {
        const lines = [];
        for (const root of this.state.rows) {
            lines.push({ ...root, key: `${root.id}`, rootId: root.id });
            const shown = new Set(this.isUnfolded(root.id, root.id) ? [root.id] : []);
            for (const row of this.state.trees[root.id] || []) {
                if (shown.has(row.parent_id)) {
                    lines.push({ ...row, key: `${root.id}:${row.id}`, rootId: root.id });
                    if (this.isUnfolded(root.id, row.id)) {
                        shown.add(row.id);
                    }
                }
            }
        }
        return lines;
    }

    key(rootId, id) {
        return rootId === id ? id : `${rootId}:${id}`;
    }

    isUnfolded(rootId, id) {
        return Boolean(this.state.unfolded[this.key(rootId, id)]);
    }

    async toggle(line) {
        const key = this.key(line.rootId, line.id);
        if (!this.state.unfolded[key] && !this.state.trees[line.rootId]) {
            const tree = await this.orm.call("res.partner", "get_referral_tree", [[line.rootId]]);
            this.state.trees[line.rootId] = tree.rows.slice(1);
        }
        this.state.unfolded[key] = !this.state.unfolded[key];
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

    get moreWords() {
        return _t("%s more", this.state.total - this.state.rows.length);
    }

    toggleWords(line) {
        return this.isUnfolded(line.rootId, line.id) ? _t("Fold") : _t("Show whom they sent");
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

    get hasMore() {
        return this.state.rows.length < this.state.total;
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
