import { Component, useEffect, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { BriefingPanel } from "./briefing_panel";

/**
 * The briefing on the form of a contact or lead: `<widget name="crm_relationship_briefing"/>`.
 *
 * It is loaded after the form is there, and again when the record was saved or something
 * was written in its chatter.
 */
export class BriefingWidget extends Component {
    static template = "crm_relationship.BriefingWidget";
    static components = { BriefingPanel };
    static props = { ...standardWidgetProps };

    setup() {
        this.mailStore = useState(useService("mail.store"));
        this.state = useState({ version: 0 });
        useEffect(
            (resId, data) => {
                const { resId: lastId, data: lastData } = this.saved || {};
                // Another record loads by itself, one that is being edited when it is saved.
                if (resId === lastId && data && lastData !== undefined) {
                    this.state.version++;
                }
                this.saved = { resId, data };
            },
            () => [this.record.resId, this.savedData]
        );
        useEffect(
            (resId, key) => {
                const { resId: lastId, key: lastKey } = this.chatter || {};
                this.chatter = { resId, key };
                if (resId === lastId && lastKey !== undefined && key !== lastKey) {
                    this.state.version++;
                }
            },
            () => [this.record.resId, this.chatterKey]
        );
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

    /** After one of our dialogs: what was done there is to be seen beside, too. */
    refreshChatter() {
        const { thread } = this;
        if (thread?.isLoaded) {
            thread.fetchThreadData(["activities"]);
            thread.fetchNewMessages();
        }
    }
}

registry.category("view_widgets").add("crm_relationship_briefing", {
    component: BriefingWidget,
});
