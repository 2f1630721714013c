import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { drawBand, layoutFlow } from "./flow_layout";

const { DateTime } = luxon;

/**
 * The flow of clients between statuses over one month or more: bands from what they were to what
 * they became. Every number opens its rows.
 */
export class ClientFlow extends Component {
    static template = "crm_relationship.ClientFlow";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static path = "client-flow";
    static displayName = _t("Flow of Clients");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        const { months, from } = this.props.state || {};
        this.state = useState({ months: months || 1, from: from || null, data: null });
        this.lengths = [
            { months: 1, name: _t("Month") },
            { months: 3, name: _t("3 months") },
            { months: 12, name: _t("12 months") },
        ];
        this.drawBand = drawBand;
        useSetupAction({
            getLocalState: () => ({ months: this.state.months, from: this.state.from }),
        });
        onWillStart(() => this.start());
    }

    async start() {
        if (!this.state.from) {
            const period = await this.orm.call("crm.relationship.flow", "get_default_period", []);
            this.state.from = period.date_from;
        }
        await this.load();
    }

    get first() {
        return DateTime.fromISO(this.state.from);
    }

    get last() {
        return this.first.plus({ months: this.state.months }).minus({ days: 1 });
    }

    get period() {
        return [this.first.toISODate(), this.last.toISODate()];
    }

    get title() {
        const format = { month: "long", year: "numeric" };
        const first = this.first.toLocaleString(format);
        return this.state.months === 1
            ? first
            : _t("%(first)s to %(last)s", { first, last: this.last.toLocaleString(format) });
    }

    get flow() {
        return layoutFlow(this.state.data);
    }

    get wonBackWords() {
        const { before } = this.state.data;
        return _t("%s in the time before", before.won_back);
    }

    get totalWords() {
        return _t("%s in the time before", this.state.data.before.total);
    }

    getName(id) {
        return this.state.data.statuses.find((status) => status.id === id).name;
    }

    describe(band) {
        return _t("%(count)s from %(from)s to %(to)s", {
            count: band.count,
            from: this.getName(band.from),
            to: this.getName(band.to),
        });
    }

    async load() {
        const call = this.orm.call("crm.relationship.flow", "get_flow", this.period);
        this.state.data = await this.keepLast.add(call);
    }

    move(direction) {
        const step = this.state.months * direction;
        this.state.from = this.first.plus({ months: step }).toISODate();
        return this.load();
    }

    /** The last of the shown months stays the last. */
    setMonths(value) {
        const months = Number(value);
        const shift = this.state.months - months;
        this.state.from = this.first.plus({ months: shift }).toISODate();
        this.state.months = months;
        return this.load();
    }

    async open(band, wonBack = false) {
        const action = await this.orm.call(
            "crm.relationship.flow",
            "get_flow_action",
            [...this.period, band],
            { won_back: wonBack }
        );
        return this.action.doAction(action);
    }

    getMonth(day) {
        return DateTime.fromISO(day).toLocaleString({ month: "long", year: "numeric" });
    }

    async openMonth(day, wonBack = false) {
        const first = DateTime.fromISO(day);
        const action = await this.orm.call(
            "crm.relationship.flow",
            "get_flow_action",
            [first.toISODate(), first.endOf("month").toISODate()],
            { won_back: wonBack }
        );
        return this.action.doAction(action);
    }

    openBand(band) {
        return this.open({ from: band.from, to: band.to });
    }
}

registry.category("actions").add("crm_relationship_flow", ClientFlow);
