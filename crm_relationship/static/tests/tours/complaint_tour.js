import { registry } from "@web/core/registry";

/**
 * From the form of a contact: write down a complaint, see the red band, find that it can't be
 * closed in silence, tell the client, close it, and see the band gone.
 */
registry.category("web_tour.tours").add("crm_relationship_complaint", {
    steps: () => [
        { trigger: ".o_crm_briefing:not(:has(.o_crm_briefing_complaint)) .o_crm_briefing_last" },
        { trigger: ".o_crm_briefing_complain", run: "click" },
        {
            content: "The client is filled in",
            trigger: ".o_form_view .o_field_widget[name=partner_id] input:value(Oak Interiors)",
        },
        { trigger: ".o_field_widget[name=name] input", run: "edit Scratched desk" },
        {
            content: "The day is promised by the priority",
            trigger: ".o_field_widget[name=date_deadline]",
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_saved button[name=action_resolve]", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=resolution] textarea",
            run: "edit Brought a new desk",
        },
        {
            content: "Nobody closes it in silence",
            trigger: ".modal:contains('Nobody has told the client yet')",
        },
        { trigger: ".modal footer button[name=action_tell]", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=complaint_id] input:value(Scratched desk)",
        },
        {
            trigger: ".modal .o_field_widget[name=summary] textarea",
            run: "edit They are glad",
        },
        { trigger: ".modal button[name=action_save]", run: "click" },
        {
            content: "Who was called knows that we look after it",
            trigger:
                "body:not(:has(.modal)) .o_arrow_button_current:contains('In Progress'), body:not(:has(.modal)) .o_statusbar_status:contains('In Progress')",
        },
        { trigger: "body:not(:has(.modal)) button[name=action_resolve]", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=resolution] textarea",
            run: "edit Brought a new desk",
        },
        { trigger: ".modal .o_field_widget[name=told_interaction_id] input:value(Phone)" },
        { trigger: ".modal .o_field_widget[name=amends] input", run: "edit Voucher of 50" },
        { trigger: ".modal footer button[name=action_resolve]", run: "click" },
        { trigger: "body:not(:has(.modal)) button[name=action_reopen]" },
        { trigger: ".o_breadcrumb a:contains('Oak Interiors'), .o_back_button", run: "click" },
        {
            content: "The band is gone, the amends are promised",
            trigger:
                ".o_crm_briefing:not(:has(.o_crm_briefing_complaint)) .o_crm_briefing_promise:contains('Voucher of 50')",
        },
    ],
});
