import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_relationship_playbook_publish", {
    steps: () => [
        { trigger: ".alert:contains('Nobody else sees it')" },
        { trigger: "button[name=action_publish]", run: "click" },
        { trigger: ".modal footer button:contains('Publish')", run: "click" },
        { trigger: ".o_form_view:not(:has(button[name=action_publish])) [name=version]" },
        { trigger: ".nav-link[name=published]", run: "click" },
        { trigger: "[name=content]:contains('Who decides')" },
    ],
});

const PANEL = ".o_crm_playbook:contains('The offer')";

registry.category("web_tour.tours").add("crm_relationship_playbook", {
    steps: () => [
        { trigger: `${PANEL} .o_crm_playbook_progress:contains('0 of 2')` },
        { trigger: `${PANEL} .o_crm_playbook_fold`, run: "click" },
        { trigger: `${PANEL} .o_crm_playbook_questions:contains('Why now?')` },
        { trigger: `${PANEL} .o_crm_playbook_read`, run: "click" },
        {
            content: "Who has read it is not asked again",
            trigger: `${PANEL}:not(:has(.o_crm_playbook_read))`,
        },
        { trigger: `${PANEL} .o_crm_playbook_step:first input[type=checkbox]`, run: "click" },
        { trigger: `${PANEL} .o_crm_playbook_progress:contains('1 of 2')` },
        { trigger: `${PANEL} .o_crm_playbook_step:last .o_crm_playbook_skip`, run: "click" },
        {
            trigger: `${PANEL} .o_crm_playbook_reason input`,
            run: "edit They want it now",
        },
        { trigger: `${PANEL} .o_crm_playbook_reason button:enabled`, run: "click" },
        {
            trigger: `${PANEL} .o_crm_playbook_step[data-state=skipped]:contains('skipped: They want it now')`,
        },
        { trigger: `${PANEL} .o_crm_playbook_progress:contains('2 of 2')` },
    ],
});

registry.category("web_tour.tours").add("crm_relationship_referrals", {
    steps: () => [
        { trigger: "button[name=action_open_referrals]", run: "click" },
        {
            content: "Those who were sent directly are seen at once",
            trigger:
                ".o_referral_table:not(:contains('Far Away')) .o_referral_line:contains('Oak')",
        },
        {
            trigger: ".o_referral_line:contains('Oak Interiors') .o_referral_toggle",
            run: "click",
        },
        {
            trigger:
                ".o_referral_table:not(:contains('Far Away')) .o_referral_more_sent:contains('1 more')",
            run: "click",
        },
        {
            trigger:
                ".o_referral_table:not(:has(.o_referral_more_sent)) .o_referral_line:contains('Far Away'):contains('through Nina')",
        },
        {
            content: "A figure opens its rows",
            trigger: ".o_referral_line:contains('Lucy Lumen') .o_referral_leads a:contains('1')",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains('Desks for the showroom')" },
        { trigger: ".o_breadcrumb a:contains('Referrals'), .o_back_button", run: "click" },
        { trigger: ".o_referral_more_sent:contains('1 more')", run: "click" },
        { trigger: ".o_referral_line:contains('Far Away') .o_referral_name", run: "click" },
        { trigger: ".o_last_breadcrumb_item:contains('Far Away')" },
    ],
});
