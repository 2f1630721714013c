import { registry } from "@web/core/registry";

/** The list is worked off without the mouse: Enter does what a button is for, then the next row. */
registry.category("web_tour.tours").add("crm_relationship_waiting_keys", {
    steps: () => [
        {
            trigger: ".o_data_row:first:contains('Brandon') button[name=action_no_reply_needed]",
            run({ anchor }) {
                anchor.focus();
            },
        },
        {
            trigger: ".o_data_row:first button[name=action_no_reply_needed]:focus",
            run: "press Enter",
        },
        { trigger: ".modal .o_field_widget[name=reason] input:focus" },
        {
            content: "Whoever saves with the mouse is not led back: the shortcut does it",
            trigger: ".modal button[name=action_save]",
            run: "press Alt+q",
        },
        {
            content: "The next one has taken its place, and the focus",
            trigger: "body:not(:has(.modal)) .o_data_row:first:contains('Lucy'):has(button:focus)",
        },
    ],
});
