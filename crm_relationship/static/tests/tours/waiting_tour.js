import { registry } from "@web/core/registry";

/** Of those who wait, the longest first: answer one by mail, set one aside, let it wait again. */
registry.category("web_tour.tours").add("crm_relationship_waiting", {
    steps: () => [
        {
            content: "The one who waits longest is the first, with what is left of the promise",
            trigger: ".o_data_row:first:contains('Brandon'):contains('late'):contains('Price')",
        },
        { trigger: ".o_data_row:first button[name=action_answer]", run: "click" },
        { trigger: ".modal .o_field_widget[name=partner_ids]:contains('Brandon')" },
        { trigger: ".modal .o_field_widget[name=subject] input:value('Re: Price of the desk?')" },
        {
            trigger: ".modal .o_field_widget[name=body] .odoo-editor-editable",
            run: "editor It is 400 euro.",
        },
        { trigger: ".modal button[name=action_send_mail]", run: "click" },
        {
            content: "Who was answered does not wait any more",
            trigger: "body:not(:has(.modal)) .o_data_row:first:contains('Lucy Lumen')",
        },
        { trigger: ".o_data_row:first button[name=action_no_reply_needed]", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=reason] .o_radio_item:contains(Spam) input",
            run: "click",
        },
        { trigger: ".modal button[name=action_save]", run: "click" },
        { trigger: "body:not(:has(.modal)) .o_view_nocontent:contains('Nobody waits')" },
        {
            content: "It was a mistake: what was set aside is still there",
            trigger: ".o_facet_remove",
            run: "click",
        },
        { trigger: ".o_searchview_dropdown_toggler", run: "click" },
        { trigger: ".o_filter_menu .o_menu_item:contains('No Answer Needed')", run: "click" },
        {
            content: "With the reason",
            trigger: ".o_data_row:contains('Lucy') td[name=no_reply_reason]:contains('Spam')",
        },
        { trigger: ".o_facet_remove", run: "click" },
        { trigger: "body:not(:has(td[name=no_reply_reason]))" },
        { trigger: ".o_data_row:contains('Lucy') button[name=action_wait_again]", run: "click" },
        { trigger: ".o_data_row:contains('Lucy') button[name=action_answer]" },
    ],
});
