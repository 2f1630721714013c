import { registry } from "@web/core/registry";

/**
 * On the form of a contact nobody has spoken to yet: log a visit with a next step by the
 * dialog, and see the briefing tell it without loading the page again.
 */
registry.category("web_tour.tours").add("crm_relationship_briefing", {
    steps: () => [
        {
            content: "Nothing has happened yet, and the briefing says what to do",
            trigger: ".o_crm_briefing_last:contains('No contact yet')",
        },
        { trigger: ".o_crm_briefing_ahead:contains('Nothing is planned')" },
        { trigger: ".o_crm_briefing_log", run: "click" },
        {
            trigger: ".modal .o_field_widget[name=channel] .o_radio_item:contains(Visit) input",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=outcome_id] .o_radio_item:contains(Must) input",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=offered] input", run: "edit 12 oak desks" },
        { trigger: ".modal .o_field_widget[name=summary] textarea", run: "edit Asks the partner" },
        { trigger: ".modal .o_field_widget[name=next_step] input", run: "edit Send a sample" },
        { trigger: ".modal .o_field_widget[name=next_date] input", run: "edit +3d" },
        { trigger: ".modal button[name=action_save]", run: "click" },
        {
            content: "The briefing tells it at once",
            trigger: ".o_crm_briefing_last:contains('today'):contains('we went to them')",
        },
        { trigger: ".o_crm_briefing_last:contains('12 oak desks'):contains('Must think')" },
        { trigger: ".o_crm_briefing_promise:contains('We promised: Send a sample')" },
        { trigger: ".o_crm_briefing_planned:contains('in 3 days'):contains('Send a sample')" },
        { trigger: "body:not(:has(.modal)) .o_crm_briefing_log", run: "click" },
        { trigger: ".modal .o_field_widget[name=summary] textarea", run: "edit Wants a call" },
        { trigger: ".modal button[name=action_save_and_plan]", run: "click" },
        {
            content: "The next call is planned in Odoo's own dialog",
            trigger: ".modal button[name=action_schedule_activities]",
            run: "click",
        },
        { trigger: "body:not(:has(.modal)) .o_crm_briefing_planned:contains('Call')" },
        { trigger: ".o_crm_briefing_last:contains('Wants a call')" },
        {
            content: "What is told can be opened",
            trigger: ".o_crm_briefing_last_date",
            run: "click",
        },
        { trigger: ".o_form_view .o_field_widget[name=summary] textarea:value(Wants a call)" },
    ],
});

/** On the lead of a stranger: the inquiry waits; its answer opens the mail composer. */
registry.category("web_tour.tours").add("crm_relationship_briefing_lead", {
    steps: () => [
        { trigger: ".o_crm_briefing:contains('No client is linked to this lead yet')" },
        { trigger: ".o_crm_briefing_waiting:contains('Do you deliver')" },
        { trigger: ".o_crm_briefing_answer", run: "click" },
        { trigger: ".modal .o_field_widget[name=partner_ids]:contains('Toni')" },
        {
            trigger:
                ".modal .o_field_widget[name=subject] input:value('Re: Do you deliver to Ghent?')",
        },
        { trigger: ".modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});
