import { Component, markup, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { exactWords, toDate } from "../briefing/contact_words";
import { dayWords } from "../briefing/date_words";

/**
 * How to go about a client or a deal: steps to tick or to skip with a reason; guidance, questions
 * and links folded. Shows what `get_briefing` tells under `playbooks`.
 */
export class PlaybookPanel extends Component {
    static template = "crm_relationship.PlaybookPanel";
    static props = {
        playbook: Object,
        /** Before a talk one reads the questions; on a form there is more to see. */
        isUnfolded: { type: Boolean, optional: true },
        onChanged: Function,
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({
            isUnfolded: Boolean(this.props.isUnfolded),
            skipping: false,
            reason: "",
            isBusy: false,
        });
    }

    get guidance() {
        // Made safe by the server when it was written.
        return markup(this.props.playbook.guidance);
    }

    get hasMore() {
        const { guidance, questions, links } = this.props.playbook;
        return guidance || questions.length || links.length;
    }

    get progressWords() {
        const { steps } = this.props.playbook;
        const open = steps.filter((step) => step.state === "open").length;
        return _t("%(done)s of %(all)s", { done: steps.length - open, all: steps.length });
    }

    /** "Ben, yesterday", and why it was skipped */
    stepWords({ state, reason, user, date }) {
        const who = [user?.name, dayWords(toDate(date))].filter(Boolean).join(", ");
        return state === "skipped" ? _t("skipped: %(reason)s (%(who)s)", { reason, who }) : who;
    }

    exact(value) {
        return exactWords(value);
    }

    async change(method, args) {
        if (this.state.isBusy) {
            return;
        }
        this.state.isBusy = true;
        try {
            await this.orm.call("crm.playbook", method, [[this.props.playbook.id], ...args]);
            this.state.skipping = false;
            this.state.reason = "";
        } finally {
            this.state.isBusy = false;
        }
        this.props.onChanged();
    }

    setStep(step, state, reason = false) {
        const { res_model, res_id } = this.props.playbook;
        return this.change("set_step", [step.id, res_model, res_id, state, reason]);
    }

    toggle(step) {
        return this.setStep(step, step.state === "open" ? "done" : false);
    }

    askReason(step) {
        this.state.skipping = this.state.skipping === step.id ? false : step.id;
        this.state.reason = "";
    }

    skip(step) {
        return this.state.reason.trim() && this.setStep(step, "skipped", this.state.reason);
    }

    markRead() {
        return this.change("action_mark_read", []);
    }

    open() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.playbook",
            res_id: this.props.playbook.id,
            views: [[false, "form"]],
        });
    }
}
