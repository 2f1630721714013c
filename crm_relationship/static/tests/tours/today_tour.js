import { registry } from "@web/core/registry";

const ROW = ".o_crm_today_row";

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
            trigger: `${ROW}:first-child:contains('send a sample') .o_crm_today_do_done`,
            run: "click",
        },
        { trigger: `.o_crm_today_rows:not(:contains('send a sample'))` },
        {
            content: "Not today, by a letter",
            trigger: `${ROW}.o_crm_today_due:contains('Lucy Lumen')`,
            run() {
                this.anchor.focus();
                this.anchor.dispatchEvent(
                    new KeyboardEvent("keydown", { key: "n", bubbles: true })
                );
            },
        },
        {
            trigger: ".modal .o_crm_today_postpone [name=reason] input:checked",
            run() {
                for (const key of ["2", "Enter"]) {
                    document.activeElement.dispatchEvent(
                        new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true })
                    );
                }
            },
        },
        { trigger: ".o_crm_today_count:contains('1 of 2 done, 1 put off')" },
        {
            trigger: `body:not(:has(.modal)) ${ROW}.o_crm_today_activity .o_crm_today_do_done`,
            run: "click",
        },
        { trigger: ".o_crm_today_empty:contains('Nothing left for today')" },
        { trigger: ".o_crm_today_empty:contains('1 × Meeting')" },
    ],
});
