import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatPercentage } from "@web/views/fields/formatters";
import { useSetupAction } from "@web/search/action_hook";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** Hours as people say them: 12 min, 3.5 h, 2 days. */
export function getHoursWords(hours) {
    if (hours === false) {
        return _t("none yet");
    }
    if (hours < 1) {
        return _t("%s min", Math.round(hours * 60));
    }
    return hours < 48
        ? _t("%s h", formatFloat(hours, { digits: [16, 1], trailingZeros: false }))
        : _t("%s days", Math.round(hours / 24));
}

/**
 * The manager's Monday: the four questions, who is behind with what, the flow of the month and
 * the response times. Every number opens its rows.
 */
export class Monday extends Component {
    static template = "crm_relationship.Monday";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static path = "monday";
    static displayName = _t("Monday");

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.display = { controlPanel: {} };
        this.state = useState({ data: null, teamId: this.props.state?.teamId || false });
        useSetupAction({ getLocalState: () => ({ teamId: this.state.data.team_id }) });
        onWillStart(() => this.load());
    }

    async load() {
        const call = this.orm.call("crm.monday", "get_monday", [], { team_id: this.state.teamId });
        this.state.data = await this.keepLast.add(call);
    }

    setTeam(teamId) {
        this.state.teamId = Number(teamId) || false;
        return this.load();
    }

    get isBusy() {
        return Object.values(this.state.data.totals).some(Boolean);
    }

    /** Statuses that somebody came to or left this month. */
    get moves() {
        const moves = this.state.data.flow.filter((row) => row.came || row.left);
        const most = Math.max(1, ...moves.flatMap((row) => [row.came, row.left]));
        return moves.map((row) => ({
            ...row,
            cameWidth: (100 * row.came) / most,
            leftWidth: (100 * row.left) / most,
        }));
    }

    get figures() {
        const { response } = this.state.data;
        const isUnanswered = true;
        return [
            { key: "median", label: _t("Median"), text: getHoursWords(response.median_hours) },
            { key: "p90", label: _t("90% within"), text: getHoursWords(response.p90_hours) },
            {
                key: "target",
                label: _t("Within target"),
                text:
                    response.within_target === false
                        ? _t("no promise")
                        : formatPercentage(response.within_target, { digits: [16, 0] }),
            },
            {
                key: "waiting",
                label: _t("Still waiting"),
                text: response.unanswered,
                isUnanswered,
            },
        ];
    }

    // ---- rows ----

    openTile(tile) {
        return this.action.doAction(tile.action);
    }

    async doAction(method, kwargs) {
        const team_id = this.state.data.team_id;
        const action = await this.orm.call("crm.monday", method, [], { ...kwargs, team_id });
        return this.action.doAction(action);
    }

    openRows(key, userId) {
        const kwargs = userId === undefined ? { key } : { key, user_id: userId };
        return this.doAction("get_rows_action", kwargs);
    }

    async reassign(person) {
        const kwargs = { user_id: person.id, team_id: this.state.data.team_id };
        const action = await this.orm.call("crm.monday", "get_reassign_action", [], kwargs);
        return this.action.doAction(action, { onClose: () => this.load() });
    }

    isBehind(person) {
        return Object.values(person.counts).some(Boolean);
    }

    openResponse(figure) {
        return this.doAction("get_response_action", {
            is_unanswered: Boolean(figure.isUnanswered),
        });
    }

    async openFlow(status, direction) {
        const args = [status.id, direction];
        return this.action.doAction(await this.orm.call("crm.monday", "get_flow_action", args));
    }
}

registry.category("actions").add("crm_relationship_monday", Monday);
