import { registry } from "@web/core/registry";

/** Who believes to have answered sees that it did not arrive, and answers again. */
registry.category("web_tour.tours").add("crm_relationship_waiting_undelivered", {
    steps: () => [
        {
            content: "the row says that the answer did not arrive, and why on hover",
            trigger:
                ".o_data_row:contains(Brandon) .o_crm_undelivered[title$='(Bounce)']:contains(Answer not delivered)",
        },
        {
            content: "who was not written to waits without that word",
            trigger: ".o_data_row:contains(Lucy):not(:has(.o_crm_undelivered))",
        },
        {
            content: "it is answered again",
            trigger: ".o_data_row:contains(Brandon) button[name=action_answer]",
            run: "click",
        },
        {
            content: "the mail is about to be written",
            trigger: ".modal .o_mail_composer_form_view",
        },
    ],
});
