import { registry } from "@web/core/registry";

/** Who is late comes first: leave the one alone, log a talk with the other, see why. */
registry.category("web_tour.tours").add("crm_relationship_touch", {
    steps: () => [
        {
            content: "The one who is later is the first, with the light, the habit and the health",
            trigger:
                ".o_data_row:first:contains('Oak'):contains('Overdue'):contains('usually every 20 days, now 80')",
        },
        { trigger: ".o_data_row:first td[name=relationship_health]:contains('25')" },
        {
            content: "One person only is a risk",
            trigger: ".o_data_row:first td[name=people_in_touch].text-danger:contains('1')",
        },
        { trigger: ".o_data_row:contains('Lucy Lumen') button[name=action_pause]", run: "click" },
        { trigger: ".modal .o_field_widget[name=partner_ids]:contains('Lucy Lumen')" },
        {
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit on parental leave",
        },
        { trigger: ".modal button.btn-primary[name=action_pause]", run: "click" },
        {
            content: "Who is left alone is not due",
            trigger: "body:not(:has(.modal)) .o_list_view:not(:contains('Lucy Lumen'))",
        },
        {
            content: "Without the filter the reason is there",
            trigger: ".o_searchview_facet:contains('Due or Overdue') .o_facet_remove",
            run: "click",
        },
        {
            trigger:
                ".o_data_row:contains('Lucy Lumen') .o_crm_light[data-state=paused][title*='parental']",
        },
        { trigger: ".o_data_row:contains('Oak') td[name=display_name]", run: "click" },
        {
            content: "The briefing tells the health, and on a click what it is made of",
            trigger: ".o_crm_briefing_health:contains('25')",
            run: "click",
        },
        { trigger: ".o_crm_briefing_reasons li:contains('the last contact was 80 days ago')" },
        { trigger: ".o_crm_briefing_people:contains('one person only')" },
        { trigger: ".o_crm_briefing_rhythm:contains('usually every 20 days, now 80')" },
    ],
});
