import { registry } from "@web/core/registry";

/** Monday: a number opens its rows; what a person is behind with goes to a colleague. */
registry.category("web_tour.tours").add("crm_relationship_monday", {
    steps: () => [
        { trigger: ".o_crm_monday_tile[data-tile=meetings]" },
        {
            content: "Open the promises of a person that are late",
            trigger: "tr:contains('Mona Late') td[data-key=promises] button:contains('2')",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains('Samples')" },
        { trigger: ".o_breadcrumb a:contains('Monday'), .o_back_button", run: "click" },
        {
            content: "Give it to somebody else",
            trigger: "tr:contains('Mona Late') .o_crm_monday_reassign",
            run: "click",
        },
        { trigger: ".modal .o_data_row:contains('Late Promises'):contains('2')" },
        { trigger: ".modal .o_field_widget[name=to_user_id] input", run: "edit Tara Takes" },
        {
            trigger: ".o-autocomplete--dropdown-item:contains('Tara Takes')",
            run: "click",
        },
        { trigger: ".modal button[name=action_reassign]", run: "click" },
        {
            content: "The numbers are read again",
            trigger:
                "body:not(:has(.modal)) tr:contains('Tara Takes') td[data-key=promises] button:contains('2')",
        },
    ],
});

/** Handover: what goes is counted before, and it comes back. */
registry.category("web_tour.tours").add("crm_relationship_handover", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        {
            trigger: ".o_field_widget[name=from_user_id] input",
            run: "edit Mona Late",
        },
        { trigger: ".o-autocomplete--dropdown-item:contains('Mona Late')", run: "click" },
        { trigger: ".o_field_widget[name=to_user_id] input", run: "edit Tara Takes" },
        { trigger: ".o-autocomplete--dropdown-item:contains('Tara Takes')", run: "click" },
        {
            content: "One client and two promises are counted",
            trigger: ".o_form_view:has(div[name=client_count]:contains('1'))",
        },
        { trigger: ".o_field_widget[name=date_until] input", run: "edit +7d" },
        { trigger: ".o_field_widget[name=reason] input", run: "edit At a fair" },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved button[name=action_start]", run: "click" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        {
            content: "It is under way and lists what went",
            trigger: "body:not(:has(.modal)) .o_field_widget[name=line_ids] .o_data_row",
        },
        { trigger: "button[name=action_return]", run: "click" },
        { trigger: ".modal footer .btn-primary", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_statusbar_status:contains('Returned')" },
        { trigger: ".o_field_widget[name=line_ids] .o_data_row:contains('Come back')" },
    ],
});
