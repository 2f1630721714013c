import { Component, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { registry } from "@web/core/registry";
import { BriefingPanel } from "./briefing_panel";

/** The briefing over any screen; with several clients a tab for each. */
export class BriefingDialog extends Component {
    static template = "crm_relationship.BriefingDialog";
    static components = { BriefingPanel, Dialog };
    static props = {
        title: String,
        /** [{ resModel, resId, name }] */
        records: Array,
        close: Function,
    };

    setup() {
        this.state = useState({ shown: this.props.records[0] });
    }
}

/** What `action_briefing` of meetings and activities returns. */
function openBriefing(env, action) {
    env.services.dialog.add(BriefingDialog, {
        title: action.name,
        records: action.params.records,
    });
}

registry.category("actions").add("crm_relationship.briefing_dialog", openBriefing);
