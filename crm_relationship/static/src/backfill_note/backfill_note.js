import { Component, onWillStart, onWillUnmount, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { KanbanController } from "@web/views/kanban/kanban_controller";
import { kanbanView } from "@web/views/kanban/kanban_view";
import { ListController } from "@web/views/list/list_controller";
import { listView } from "@web/views/list/list_view";

const PAUSE_MS = 10000;

/**
 * Says above a list of the history how much of the past is there already.
 * It looks again from time to time, and goes when the history is complete.
 */
export class BackfillNote extends Component {
    static template = "crm_relationship.BackfillNote";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.state = useState({ percent: null, paused: false });
        onWillStart(() => this.look());
        onWillUnmount(() => browser.clearTimeout(this.timer));
    }

    get text() {
        const { percent, paused } = this.state;
        return paused
            ? _t("Building the history of the past is paused at %s%.", percent)
            : _t("The history of the past is being built: %s%.", percent);
    }

    async look() {
        const progress = await this.orm.silent.call("crm.interaction.backfill", "get_progress", []);
        this.state.percent = progress.percent ?? null;
        this.state.paused = Boolean(progress.paused);
        if (this.state.percent !== null) {
            this.timer = browser.setTimeout(() => this.look(), PAUSE_MS);
        }
    }
}

class InteractionListController extends ListController {
    static template = "crm_relationship.InteractionListView";
    static components = { ...ListController.components, BackfillNote };
}

class InteractionKanbanController extends KanbanController {
    static template = "crm_relationship.InteractionKanbanView";
    static components = { ...KanbanController.components, BackfillNote };
}

registry.category("views").add("crm_interaction_list", {
    ...listView,
    Controller: InteractionListController,
});
registry.category("views").add("crm_interaction_kanban", {
    ...kanbanView,
    Controller: InteractionKanbanController,
});
