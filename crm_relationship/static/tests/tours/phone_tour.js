import { registry } from "@web/core/registry";

/** On a phone the board of clients opens on the column where there is something to see. */
registry.category("web_tour.tours").add("crm_relationship_phone", {
    steps: () => [
        {
            trigger: ".o_kanban_group:contains('Prospect'):contains('Client of Prospect')",
            run({ anchor }) {
                const { left } = anchor.getBoundingClientRect();
                if (left < 0 || left > window.innerWidth / 2) {
                    throw new Error(`The column of prospects begins at ${left}`);
                }
            },
        },
    ],
});
