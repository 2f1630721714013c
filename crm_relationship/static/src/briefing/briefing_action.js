import { Component, onMounted, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { BriefingPanel } from "./briefing_panel";

/**
 * The briefing as a screen of its own: `/odoo/briefing/7` of contact 7, `?lead=7` of a lead,
 * `?phone=...` of who has that number. Telephones lead here through `/crm_relationship/brief`.
 */
export class BriefingAction extends Component {
    static template = "crm_relationship.BriefingAction";
    static components = { BriefingPanel, Layout };
    static props = { ...standardActionServiceProps };
    static path = "briefing";
    static displayName = _t("Briefing");

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.menus = useService("menu");
        this.display = { controlPanel: {} };
        const { params = {} } = this.props.action;
        this.state = useState({
            record: this.getRecord(params),
            number: String(params.phone || "").replace(/^tel:/, ""),
            choices: null,
            error: "",
        });
        onWillStart(() => !this.state.record && this.find());
        onMounted(() => {
            this.keepAddress();
            this.showMenu();
        });
    }

    /** A telephone opens the page in a tab that is in no app yet: it is one of CRM. */
    showMenu() {
        const app = this.menus.getApps().find(({ xmlid }) => xmlid === "crm.crm_menu_root");
        if (app && !this.menus.getCurrentApp()) {
            this.menus.setCurrentMenu(app);
        }
    }

    getRecord(params) {
        const resId = this.props.resId || Number(params.resId);
        if (resId) {
            return { resModel: "res.partner", resId };
        }
        return params.lead ? { resModel: "crm.lead", resId: Number(params.lead) } : null;
    }

    /** The page can be loaded again: its address says what it shows. */
    keepAddress() {
        const { record, number } = this.state;
        this.props.updateActionState?.({
            resId: record?.resModel === "res.partner" ? record.resId : false,
            lead: record?.resModel === "crm.lead" ? record.resId : undefined,
            // With "tel:": a bare number in an address is taken for one to calculate with.
            phone: record || !number ? undefined : `tel:${number}`,
        });
    }

    async find() {
        Object.assign(this.state, { choices: null, error: "" });
        if (!this.state.number) {
            return;
        }
        try {
            const found = await this.orm.call("res.partner", "find_briefing_by_phone", [
                this.state.number,
            ]);
            Object.assign(this.state, found);
            if (found.choices.length === 1) {
                this.choose(found.choices[0]);
            }
        } catch (error) {
            this.state.error = error.data?.message || _t("The number could not be looked up.");
        }
    }

    async search() {
        await this.find();
        this.keepAddress();
    }

    choose({ res_model: resModel, res_id: resId }) {
        this.state.record = { resModel, resId };
        this.keepAddress();
    }

    create(resModel) {
        const context = { default_phone: this.state.number };
        if (resModel === "crm.lead") {
            context.default_type = "opportunity";
        }
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            views: [[false, "form"]],
            context,
        });
    }
}

registry.category("actions").add("crm_relationship.briefing", BriefingAction);
