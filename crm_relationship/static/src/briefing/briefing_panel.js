import { Component, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { Timeline } from "../timeline/timeline";
import { Briefing } from "./briefing";

/**
 * The briefing of one contact or lead and its timeline, wherever they are shown.
 * Both are loaded by calls of their own.
 */
export class BriefingPanel extends Component {
    static template = "crm_relationship.BriefingPanel";
    static components = { Briefing, Timeline };
    static props = {
        resModel: String,
        resId: Number,
        /** The form around it tells of the record already. */
        isOnForm: { type: Boolean, optional: true },
        /** Another number loads all again. */
        version: { type: Number, optional: true },
        /** Called after something was done in a dialog. */
        onChanged: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.state = useState({
            briefing: null,
            loadedId: false,
            hasFailed: false,
            refusal: "",
            version: 0,
        });
        this.keepLast = new KeepLast();
        useEffect(
            () => {
                this.load();
            },
            () => [this.props.resModel, this.props.resId, this.props.version]
        );
        onWillUnmount(() => this.keepLast.add(Promise.resolve()));
    }

    get key() {
        return `${this.props.resModel},${this.props.resId}`;
    }

    get briefing() {
        return this.state.loadedId === this.key ? this.state.briefing : undefined;
    }

    /** What the history can be narrowed to: this person of a company, this lead of a client. */
    get ownName() {
        const { client, id, name } = this.briefing;
        if (this.props.resModel === "crm.lead") {
            return client ? _t("this lead") : undefined;
        }
        return client.id === id ? undefined : name;
    }

    refresh() {
        this.props.onChanged?.();
        this.load();
    }

    async load() {
        const { key } = this;
        const { resModel, resId } = this.props;
        try {
            const [briefing] = await this.keepLast.add(
                this.orm.silent.call(resModel, "get_briefing", [[resId]])
            );
            Object.assign(this.state, { briefing, loadedId: key, hasFailed: false, refusal: "" });
            this.state.version++;
        } catch (error) {
            // The screen around is of use without it: say so where it would be.
            const isForPeople = error.exceptionName?.startsWith("odoo.exceptions.");
            const refusal = isForPeople ? error.data.message : "";
            Object.assign(this.state, { loadedId: false, hasFailed: true, refusal });
        }
    }
}
