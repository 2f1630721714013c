import { Component, onWillUnmount, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Timeline } from "../timeline/timeline";
import { Briefing } from "./briefing";

/**
 * The briefing on the form of a contact or lead: `<widget name="crm_relationship_briefing"/>`.
 *
 * It is loaded by one call after the form is there, and again when the record
 * was saved or something was written in its chatter.
 */
export class BriefingWidget extends Component {
    static template = "crm_relationship.BriefingWidget";
    static components = { Briefing, Timeline };
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.mailStore = useState(useService("mail.store"));
        this.state = useState({ briefing: null, loadedId: false, hasFailed: false, version: 0 });
        this.keepLast = new KeepLast();
        useEffect(
            () => {
                this.load();
            },
            () => [this.record.resId, this.record.dirty, this.savedData]
        );
        useEffect(
            (resId, key) => {
                const { resId: lastId, key: lastKey } = this.chatter || {};
                this.chatter = { resId, key };
                if (resId === lastId && lastKey !== undefined && key !== lastKey) {
                    this.load();
                }
            },
            () => [this.record.resId, this.chatterKey]
        );
        onWillUnmount(() => this.keepLast.add(Promise.resolve()));
    }

    get record() {
        return this.props.record;
    }

    /** What was read from the server: a new object after each load and save. */
    get savedData() {
        return this.record.dirty ? null : this.record.data;
    }

    get thread() {
        return this.mailStore.Thread.get({
            model: this.record.resModel,
            id: this.record.resId,
        });
    }

    /** Changes when a message or an activity is added; undefined until they are known. */
    get chatterKey() {
        const { thread } = this;
        if (!thread?.isLoaded || !thread.areAttachmentsLoaded) {
            return undefined;
        }
        const activities = thread.activities.map((activity) => activity.id).sort();
        return `${thread.newestPersistentMessage?.id}:${activities}`;
    }

    get briefing() {
        return this.state.loadedId === this.record.resId ? this.state.briefing : undefined;
    }

    /** What the history can be narrowed to: this person of a company, this lead of a client. */
    get ownName() {
        const { client, id, name } = this.briefing;
        if (this.record.resModel === "crm.lead") {
            return client ? _t("this lead") : undefined;
        }
        return client.id === id ? undefined : name;
    }

    /** After one of our dialogs: what was done there is to be seen beside, too. */
    refresh() {
        const { thread } = this;
        if (thread?.isLoaded) {
            thread.fetchThreadData(["activities"]);
            thread.fetchNewMessages();
        }
        this.load();
    }

    async load() {
        const { resModel, resId, dirty } = this.record;
        if (!resId || dirty) {
            return;
        }
        try {
            const [briefing] = await this.keepLast.add(
                this.orm.silent.call(resModel, "get_briefing", [[resId]])
            );
            Object.assign(this.state, { briefing, loadedId: resId, hasFailed: false });
            this.state.version++;
        } catch {
            // The form is of use without it: say so where it would be.
            Object.assign(this.state, { loadedId: false, hasFailed: true });
        }
    }
}

registry.category("view_widgets").add("crm_relationship_briefing", {
    component: BriefingWidget,
});
