import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const menu = (section, entry) => [
    {
        content: `open the menu ${section}`,
        trigger: `.o_menu_sections [data-menu-xmlid="crm_relationship.${section}"], .o_menu_sections button[data-menu-xmlid="crm_relationship.${section}"]`,
        run: "click",
    },
    {
        content: `choose ${entry}`,
        trigger: `.o-dropdown--menu [data-menu-xmlid="crm_relationship.${entry}"]`,
        run: "click",
    },
];

// A salesperson: reads who waits, answers, logs how the visit ended, wins the deal.
registry.category("web_tour.tours").add("crm_relationship_story_salesperson", {
    steps: () => [
        {
            content: "the stranger who wrote is seen to wait",
            trigger: ".o_crm_briefing_open:contains(Waiting):contains(Twelve oak desks)",
        },
        {
            content: "answer from the briefing",
            trigger: ".o_crm_briefing_open button:contains(Answer)",
            run: "click",
        },
        {
            trigger: ".modal .odoo-editor-editable",
            run: "editor Twelve desks are 10,680.",
        },
        {
            trigger: ".modal button[name=action_send_mail]",
            run: "click",
        },
        {
            content: "nobody waits any more",
            trigger: "body:not(:has(.modal)) .o_crm_briefing:not(:contains(Waiting))",
        },
        {
            content: "log how the visit ended",
            trigger: ".o_crm_briefing_log",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=channel] .o_radio_item:contains(Visit) input",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=offered] input",
            run: "edit 12 oak desks, 5% off",
        },
        {
            trigger: ".modal .o_field_widget[name=outcome_id] .o_radio_item:contains(Agreed) input",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=summary] textarea",
            run: "edit Wants light oak",
        },
        {
            trigger: ".modal button[name=action_save]",
            run: "click",
        },
        {
            content: "the briefing tells it",
            trigger: ".o_crm_briefing_last:contains(12 oak desks, 5% off):contains(Agreed)",
        },
        {
            content: "win the deal",
            trigger: "body:not(:has(.modal)) button[name=action_set_won_rainbowman]",
            run: "click",
        },
        {
            trigger:
                ".o_statusbar_status .o_arrow_button_current:contains(Won), .ribbon:contains(Won)",
        },
    ],
});

// A manager on the next morning: clients by status, what went out, which source pays.
registry.category("web_tour.tours").add("crm_relationship_story_manager", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            trigger: '.o_app[data-menu-xmlid="crm.crm_menu_root"]',
            run: "click",
        },
        ...menu("menu_relationship", "res_partner_menu_clients"),
        {
            content: "the won client is a customer",
            trigger: ".o_kanban_group:contains(Customer) .o_kanban_record:contains(Rita Reed)",
        },
        ...menu("menu_relationship", "crm_relationship_rule_run_menu"),
        {
            content: "the greeting went out",
            trigger: ".o_data_row:contains(Rita Reed):contains(Birthday greeting)",
        },
        ...menu("menu_relationship", "crm_source_report_menu"),
        {
            content: "310 for two leads",
            trigger: ".o_source_table tr:contains(Banner on the ring road):contains(155.00)",
        },
    ],
});
