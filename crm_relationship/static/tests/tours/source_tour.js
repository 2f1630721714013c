import { registry } from "@web/core/registry";

const row = (name) => `.o_source_table tr:contains(${name})`;

/** The same screen, seen first by the first touch and then by the deal's own source. */
registry.category("web_tour.tours").add("crm_relationship_sources", {
    url: "/odoo/sources",
    steps: () => [
        {
            content: "the first touch earned the money of both deals",
            trigger: `${row("Tour Fair")} [data-column=revenue]:contains(900.00)`,
        },
        {
            content: "few cases are said",
            trigger: `${row("Tour Fair")} [data-column=roi]:contains(800%):contains(few cases)`,
        },
        {
            content: "the other brought leads, but no money",
            trigger: `${row("Tour Google")} [data-column=cost]:contains(no cost entered)`,
        },
        { trigger: ".o_source_bar:contains(Tour Fair):contains(800)" },
        { trigger: ".o_source_bar:contains(Unknown source)" },
        { trigger: ".o_source_chart canvas" },
        {
            content: "how much of all is of unknown source",
            trigger: `${row("Unknown source")} .o_source_share:contains("33% of leads")`,
        },
        { trigger: ".o_searchview_input", run: "edit nobody" },
        {
            content: "by salesperson no cost is missed",
            trigger: ".o_searchview_autocomplete .o-dropdown-item:contains(Salesperson)",
            run: "click",
        },
        { trigger: ".o_source_no_costs" },
        { trigger: ".o_searchview_facet:last .o_facet_remove", run: "click" },
        { trigger: "body:not(:has(.o_source_no_costs))" },
        { content: "by the deal's own source", trigger: "[data-model=deal]", run: "click" },
        {
            content: "what the first touch says, with its rows",
            trigger: `${row("Tour Google")} td:last button:contains(0)`,
        },
        {
            trigger: `${row("Tour Google")} [data-column=revenue] button:contains(700.00)`,
            run: "click",
        },
        {
            content: "its row, and nothing else",
            trigger: ".o_list_view .o_data_row:contains(700.00)",
        },
        { trigger: ".o_pager_limit:contains(1), .o_list_footer" },
        { trigger: ".o_data_row .o_data_cell:contains(Deal Value)", run: "click" },
        { content: "the deal itself", trigger: ".o_form_view:contains(Oak kitchen)" },
        { trigger: ".breadcrumb-item:contains(Sources), .o_back_button", run: "click" },
        {
            content: "the model is kept",
            trigger: `[data-model=deal].active`,
        },
        { trigger: ".o_switch_view.o_pivot", run: "click" },
        {
            trigger: ".o_pivot tr:contains(Tour Fair) .o_value:contains(few cases)",
        },
        { trigger: ".o_switch_view.o_list", run: "click" },
        {
            content: "what the number beside a group counts",
            trigger: ".o_group_header:contains(Tour Fair):contains(rows)",
        },
    ],
});
