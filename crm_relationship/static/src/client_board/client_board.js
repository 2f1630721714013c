import { onMounted } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KanbanRenderer } from "@web/views/kanban/kanban_renderer";
import { kanbanView } from "@web/views/kanban/kanban_view";

/** On a phone, where one column is seen at a time, the first that is unfolded and has clients. */
export class ClientBoardRenderer extends KanbanRenderer {
    setup() {
        super.setup();
        onMounted(() => this.showFirst());
    }

    showFirst() {
        const { list } = this.props;
        if (!this.env.isSmall || !list.isGrouped) {
            return;
        }
        const first = list.groups.find((group) => !group.isFolded && group.count);
        const board = this.rootRef.el;
        const column = first && board.querySelector(`.o_kanban_group[data-id="${first.id}"]`);
        if (column) {
            board.scrollLeft +=
                column.getBoundingClientRect().left - board.getBoundingClientRect().left;
        }
    }
}

registry.category("views").add("crm_client_board", {
    ...kanbanView,
    Renderer: ClientBoardRenderer,
});
