import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

/** Make a rule, see who it reaches and who not, try it on one, have it mailed to oneself, go. */
registry.category("web_tour.tours").add("crm_relationship_rules", {
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        {
            trigger: ".o_field_widget[name=name] textarea, .o_field_widget[name=name] input",
            run: "edit Tour birthday",
        },
        { trigger: ".o_field_widget[name=date_kind_id] input", run: "edit Birthday" },
        { trigger: ".o-autocomplete--dropdown-item:contains('Birthday')", run: "click" },
        {
            trigger: ".o_field_widget[name=action_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        { trigger: ".modal .o_field_widget[name=kind] input", run: "click" },
        { trigger: ".o_select_menu_item:contains('Send a mail')", run: "click" },
        { trigger: ".modal .o_field_widget[name=template_id] input", run: "edit Tour Greeting" },
        { trigger: ".o-autocomplete--dropdown-item:contains('Tour Greeting')", run: "click" },
        { trigger: ".modal .o_form_button_save", run: "click" },
        { trigger: ".o_field_widget[name=sentence]:contains('Tour Greeting')" },
        ...stepUtils.saveForm(),
        {
            content: "The next days stand beside the rule, each opens its rows",
            trigger: ".o_rule_ahead_day:has(.bg-primary):has(.bg-warning)",
            run: "click",
        },
        { trigger: ".o_data_row:contains('Brandon Tour'):contains('No e-mail address')" },
        { trigger: ".o_data_row:contains('Lucy Tour') .o_data_cell[name=date_due]", run: "click" },
        { trigger: ".o_field_widget[name=preview_subject]:contains('All the best, Lucy Tour')" },
        { trigger: "button[name=action_try]", run: "click" },
        { trigger: ".modal .o_field_widget[name=result]:contains('The rule would act')" },
        { trigger: ".modal .o_field_widget[name=result]:contains('Dear Lucy Tour')" },
        { trigger: ".modal button[name=action_send_me]", run: "click" },
        { trigger: ".o_notification:contains('The test is on its way')" },
        { trigger: ".modal .o_form_button_cancel, .modal button[special=cancel]", run: "click" },
        {
            trigger:
                "body:not(:has(.modal)) .o_back_button, body:not(:has(.modal)) .breadcrumb-item a:contains('Tour birthday')",
            run: "click",
        },
        { trigger: ".breadcrumb-item a:contains('Tour birthday'), .o_back_button", run: "click" },
        { trigger: "button[name=action_ask_switch_on]", run: "click" },
        { trigger: ".modal .o_field_widget[name=words]:contains('Nothing of the past')" },
        { trigger: ".modal button[name=action_switch_on]", run: "click" },
        { trigger: "body:not(:has(.modal)) .badge:contains('On')" },
        { trigger: ".breadcrumb-item a:contains('Rules'), .o_back_button", run: "click" },
        {
            content: "The switch in the list asks as well",
            trigger: ".o_data_row:contains('Tour birthday') input[role=switch]:checked",
            run: "click",
        },
        {
            trigger: ".modal:contains('What still waits is dropped') button:contains('Cancel')",
            run: "click",
        },
        {
            trigger:
                "body:not(:has(.modal)) .o_data_row:contains('Tour birthday') input[role=switch]:checked",
        },
    ],
});
