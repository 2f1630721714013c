import { registry } from "@web/core/registry";

const menu = (entry) => [
    {
        content: "open the menu Relationship",
        trigger: `.o_menu_sections [data-menu-xmlid="crm_relationship.menu_relationship"]`,
        run: "click",
    },
    {
        content: `choose ${entry}`,
        trigger: `.o-dropdown--menu [data-menu-xmlid="crm_relationship.${entry}"]`,
        run: "click",
    },
];
const proposal = ".o_data_row:contains(tourbook.com)";
const inReport = ".o_source_table tr:contains(Tourbook)";

/** A cost is entered for one spelling of a source; merging brings all spellings together. */
registry.category("web_tour.tours").add("crm_relationship_source_merge", {
    url: "/odoo/source-costs",
    steps: () => [
        { trigger: ".o_list_button_add", run: "click" },
        { trigger: "[name=source_id] input", run: "edit tourbook.com" },
        { trigger: ".o-autocomplete--dropdown-item:contains(tourbook.com)", run: "click" },
        { trigger: "[name=amount] input", run: "edit 50" },
        { trigger: "[name=recurring] input", run: "click" },
        { content: "until further notice", trigger: "[name=recurring_until]" },
        { trigger: ".o_form_button_save", run: "click" },
        { content: "what a change means", trigger: ".o_form_saved:contains(months before stay)" },
        ...menu("crm_source_merge_menu"),
        { trigger: `${proposal} button[name=action_merge]`, run: "click" },
        { trigger: `${proposal}:contains(Merged) button[name=action_undo]`, run: "click" },
        { trigger: `${proposal}:contains(Proposed) button[name=action_merge]`, run: "click" },
        { trigger: `${proposal}:contains(Merged)` },
        ...menu("utm_source_menu_relationship"),
        {
            content: "a cost that was entered",
            trigger:
                ".o_data_row:contains(Tourbook) td[name=relationship_cost]:not(:contains(no cost entered))",
        },
        {
            content: "and one that was not",
            trigger:
                ".o_data_row:contains(Tour without) td[name=relationship_cost]:contains(no cost entered)",
        },
        ...menu("crm_source_report_menu"),
        {
            content: "one line with both leads",
            trigger: `${inReport} [data-column=leads]:contains(2)`,
        },
        {
            content: "and the cost of the other spelling, as far as its days are over",
            trigger: `${inReport} [data-column=cost]:not(:contains(no cost entered))`,
        },
        { trigger: `${inReport} [data-column=leads] button`, run: "click" },
        { content: "the leads behind it", trigger: ".o_list_view .o_data_row:contains(Chairs)" },
    ],
});
