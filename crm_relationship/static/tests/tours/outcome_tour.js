import { registry } from "@web/core/registry";

const DIALOG = ".modal:contains('How did it end?')";
const OUTCOME = `${DIALOG} .o_field_widget[name=outcome_id] .o_radio_item`;

/** On a client with two calls to make: the first told without the mouse, the second skipped. */
registry.category("web_tour.tours").add("crm_relationship_activity_outcome", {
    steps: () => [
        {
            trigger: ".o-mail-Activity:contains('First call') .o-mail-Activity-markDone",
            run: "click",
        },
        {
            content: "The dialog starts at the outcome",
            trigger: `${OUTCOME}:first input:focus`,
            run: "press 2",
        },
        { trigger: `${OUTCOME}:contains('Must think') input:checked:focus` },
        {
            content: "A digit in the note is text",
            trigger: `${DIALOG} [name=summary] textarea`,
            run: "edit 3 desks, asks the partner",
        },
        { trigger: `${OUTCOME}:contains('Must think') input:checked` },
        { trigger: `${DIALOG} [name=next_step] input`, run: "edit Send a sample" },
        { trigger: `${DIALOG} [name=next_date] input`, run: "edit +3d" },
        { trigger: `${DIALOG} [name=offered] input`, run: "edit 3 oak desks" },
        { trigger: `${DIALOG} [name=offered] input:focus`, run: "press Control+Enter" },
        {
            content: "Done, with the note in the chatter, and the promise is planned",
            trigger: "body:not(:has(.modal)) .o-mail-Message:contains('asks the partner')",
        },
        { trigger: ".o-mail-Activity:contains('Send a sample')" },
        { trigger: "body:not(:has(.o-mail-Activity:contains('First call')))" },
        {
            trigger: ".o-mail-Activity:contains('Second call') .o-mail-Activity-markDone",
            run: "click",
        },
        { trigger: `${DIALOG} button[name=action_skip]`, run: "click" },
        { trigger: "body:not(:has(.modal)):not(:has(.o-mail-Activity:contains('Second call')))" },
        {
            content: "What is no contact is marked done as ever",
            trigger: ".o-mail-Activity:contains('Draw the plan') .o-mail-Activity-markDone",
            run: "click",
        },
        { trigger: ".o-mail-ActivityMarkAsDone button[aria-label=Done]", run: "click" },
        { trigger: "body:not(:has(.o-mail-Activity:contains('Draw the plan')))" },
    ],
});

/** The meetings an organiser has not told the outcome of: one told, one skipped, one not held. */
registry.category("web_tour.tours").add("crm_relationship_meeting_outcome", {
    steps: () => [
        {
            trigger: ".o_data_row:contains('Showroom') button[name=action_ask_outcome]",
            run: "click",
        },
        { trigger: `${OUTCOME}:first input:focus`, run: "press 1" },
        { trigger: `${OUTCOME}:contains('Agreed') input:checked:focus`, run: "press Enter" },
        { trigger: "body:not(:has(.modal)):not(:has(.o_data_row:contains('Showroom')))" },
        {
            trigger: ".o_data_row:contains('Workshop') button[name=action_skip_outcome]",
            run: "click",
        },
        { trigger: "body:not(:has(.o_data_row:contains('Workshop')))" },
        {
            trigger: ".o_data_row:contains('Dinner') button[name=action_not_held]",
            run: "click",
        },
        { trigger: ".modal button:contains('Did Not Take Place')", run: "click" },
        { trigger: ".o_view_nocontent:contains('Every meeting has its outcome')" },
    ],
});
