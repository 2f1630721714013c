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
        {
            content: "It is told once, and there is a next step",
            trigger:
                ".o_crm_briefing_promise:contains('We promised: Send a sample'):contains('in 3 days')",
        },
        { trigger: ".o_crm_briefing:not(:contains('Nothing is planned'))" },
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

/** From a meeting with two clients: a tab for each, over the form of the meeting. */
registry.category("web_tour.tours").add("crm_relationship_briefing_meeting", {
    steps: () => [
        { trigger: ".o_form_view button[name=action_briefing]", run: "click" },
        { trigger: ".modal .o_crm_briefing_tab:contains(Oak Interiors)", run: "click" },
        { trigger: ".modal .o_crm_briefing_name:contains(Oak Interiors)" },
        { trigger: ".modal .o_crm_briefing_ahead:contains(Showroom)" },
        { trigger: ".modal .o_crm_briefing_tab:contains(Lucy Lumen)", run: "click" },
        { trigger: ".modal .o_crm_briefing_name:contains(Lucy Lumen)" },
        {
            content: "A dialog of the briefing closes, the briefing stays",
            trigger: ".modal .o_crm_briefing_log",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=summary] textarea", run: "edit Spoke to Lucy" },
        { trigger: ".modal button[name=action_save]", run: "click" },
        { trigger: ".modal .o_crm_briefing_last:contains('Spoke to Lucy')" },
        { trigger: ".modal .o_crm_timeline_row:contains('Spoke to Lucy')" },
        { trigger: ".modal .o_crm_briefing_name:contains(Lucy Lumen)", run: "click" },
        {
            content: "On the contact: the activity in the chatter opens the briefing, too",
            trigger: "body:not(:has(.modal)) .o-mail-Activity .o_crm_briefing_button",
            run: "click",
        },
        { trigger: ".modal .o_crm_briefing_last:contains('Spoke to Lucy')" },
        { trigger: ".modal .btn-close", run: "click" },
        { trigger: "body:not(:has(.modal))" },
    ],
});

const rows = (count) =>
    `.o_crm_timeline:has(.o_crm_timeline_row:nth-child(${count})):not(:has(.o_crm_timeline_row:nth-child(${count + 1})))`;

/** The history of a client: folded, page by page, filtered, and each row opens. */
registry.category("web_tour.tours").add("crm_relationship_timeline", {
    steps: () => [
        { trigger: rows(5) },
        { trigger: ".o_crm_timeline_row:first-child:contains('Talk 01')" },
        { trigger: ".o_crm_timeline_open", run: "click" },
        { trigger: rows(20) },
        { trigger: ".o_crm_timeline_more", run: "click" },
        { trigger: rows(40) },
        { trigger: ".o_crm_timeline_row:nth-child(21):contains('Talk 21')" },
        { trigger: ".o_crm_timeline_more", run: "click" },
        { trigger: rows(45) },
        { trigger: ".o_crm_timeline:not(:has(.o_crm_timeline_more))" },
        { trigger: ".o_crm_timeline_channel", run: "select email" },
        { trigger: `${rows(1)}:contains('Talk 01')` },
        { trigger: ".o_crm_timeline_direction", run: "select in" },
        { trigger: ".o_crm_timeline_empty:contains('Nothing fits')" },
        { trigger: ".o_crm_timeline_channel", run: "selectByLabel All channels" },
        { trigger: `${rows(1)}:contains('Talk 02')` },
        { trigger: ".o_crm_timeline_direction", run: "selectByLabel Both ways" },
        { trigger: rows(20) },
        { trigger: ".o_crm_timeline_mine input", run: "check" },
        { trigger: `${rows(1)}:contains('Talk 03')` },
        { trigger: ".o_crm_timeline_mine input", run: "uncheck" },
        { trigger: rows(20) },
        { trigger: ".o_crm_timeline_search", run: "edit talk 44" },
        { trigger: `${rows(1)}:contains('Talk 44')` },
        { trigger: ".o_crm_timeline_fold", run: "click" },
        { trigger: rows(5) },
        { trigger: ".o_crm_timeline_row:first-child .o_crm_timeline_date", run: "click" },
        { trigger: ".o_form_view .o_field_widget[name=subject] input:value('Talk 01')" },
    ],
});

/** A softphone opens the address: two clients have the number; another nobody has. */
registry.category("web_tour.tours").add("crm_relationship_briefing_phone", {
    steps: () => [
        { trigger: ".o_crm_briefing_number:value('+32 456 00 11 22')" },
        { trigger: ".o_main_navbar .o_menu_brand:contains(CRM)" },
        { trigger: ".o_crm_briefing_choice:contains(Oak Interiors)" },
        { trigger: ".o_crm_briefing_number", run: "edit +32 456 99 88 77" },
        { trigger: ".o_crm_briefing_find", run: "click" },
        { trigger: ".o_crm_briefing_nobody" },
        { trigger: ".o_crm_briefing_number", run: "edit 0" },
        { trigger: ".o_crm_briefing_find", run: "click" },
        { trigger: ".o_crm_briefing_action .alert:contains('no telephone number')" },
        { trigger: ".o_crm_briefing_number", run: "edit +32 456 00 11 22" },
        { trigger: ".o_crm_briefing_find", run: "click" },
        { trigger: ".o_crm_briefing_choice:contains(Lucy Lumen)", run: "click" },
        { trigger: ".o_crm_briefing_name:contains(Lucy Lumen)" },
        { trigger: ".o_crm_briefing_last:contains('No contact yet')" },
    ],
});

/** Who is no salesperson reads why there is nothing, and has no button that would fail. */
registry.category("web_tour.tours").add("crm_relationship_briefing_refused", {
    steps: () => [
        { trigger: ".o_crm_briefing_refusal:contains('for salespeople')" },
        { trigger: ".o_crm_briefing:not(:has(button))" },
    ],
});
