import { registry } from "@web/core/registry";

const ROW = ".o_crm_today_row";
const press = (key) =>
    document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })
    );

/**
 * A morning: look at the briefing, do what was promised and take it back, put a client off with
 * the keyboard, do the rest, and see what comes next.
 */
registry.category("web_tour.tours").add("crm_relationship_today", {
    steps: () => [
        {
            content: "What is late comes first",
            trigger: `${ROW}:first-child.o_crm_today_urgent:contains('late 1 day: send a sample')`,
        },
        { trigger: ".o_crm_today_count:contains('0 of 3 done')" },
        { content: "One begins with the first row", trigger: `${ROW}:first-child:focus` },
        { trigger: `${ROW}:first-child .o_crm_today_do_brief`, run: "click" },
        { trigger: ".modal .o_crm_briefing:contains('Oak Interiors')" },
        { trigger: ".modal .btn-close", run: "click" },
        {
            trigger: `body:not(:has(.modal)) ${ROW}:first-child .o_crm_today_do_done`,
            run: "click",
        },
        { trigger: ".o_crm_today_count:contains('1 of 3 done')" },
        { trigger: ".o_crm_today_undo button:contains('Undo')", run: "click" },
        { trigger: ".o_crm_today_count:contains('0 of 3 done')" },
        {
            content: "Done and taken back by the keyboard",
            trigger: `${ROW}:first-child:contains('send a sample'):focus`,
            run: () => press("Enter"),
        },
        {
            trigger: `${ROW}:first-child:not(:contains('send a sample')):focus`,
            run: () => press("u"),
        },
        {
            trigger: `${ROW}:first-child:contains('send a sample') .o_crm_today_do_done`,
            run: "click",
        },
        { trigger: `.o_crm_today_rows:not(:contains('send a sample'))` },
        {
            content: "Not today, by a letter",
            trigger: `${ROW}.o_crm_today_due:contains('Lucy Lumen')`,
            run() {
                this.anchor.focus();
                press("n");
            },
        },
        {
            trigger: ".modal .o_crm_today_postpone [name=reason] input:checked",
            run() {
                press("2");
                press("Enter");
            },
        },
        { trigger: ".o_crm_today_count:contains('1 of 2 done, 1 put off')" },
        {
            content: "The row that is left has the focus",
            trigger: `body:not(:has(.modal)) ${ROW}.o_crm_today_activity:focus`,
            run: () => press("Enter"),
        },
        { trigger: ".o_crm_today_empty:contains('Nothing left for today')" },
        { trigger: ".o_crm_today_empty:contains('1 × Meeting')" },
    ],
});
