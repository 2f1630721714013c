import { AttendeeCalendarCommonPopover } from "@calendar/views/attendee_calendar/common/attendee_calendar_common_popover";
import { Activity } from "@mail/core/web/activity";
import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { Component, onWillStart } from "@odoo/owl";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";

/** Documents that are about a client; other addons may add theirs. */
export const BRIEFING_MODELS = new Set(["res.partner", "crm.lead", "calendar.event"]);

/** "Brief" on activities and meetings, for salespeople: what one must know before. */
export class BriefingButton extends Component {
    static template = "crm_relationship.BriefingButton";
    static props = {
        /** `mail.activity` or `calendar.event` */
        resModel: String,
        resId: Number,
        /** Model of the document an activity is on. */
        documentModel: { type: [String, Boolean], optional: true },
        class: { type: String, optional: true },
    };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        onWillStart(async () => {
            this.isSalesperson = await user.hasGroup("sales_team.group_sale_salesman");
        });
    }

    get isShown() {
        const { resModel, documentModel } = this.props;
        return this.isSalesperson && BRIEFING_MODELS.has(documentModel || resModel);
    }

    async open() {
        const { resModel, resId } = this.props;
        const action = await this.orm.call(resModel, "action_briefing", [[resId]]);
        return this.action.doAction(action);
    }
}

for (const component of [Activity, ActivityListPopoverItem, AttendeeCalendarCommonPopover]) {
    component.components = { ...component.components, BriefingButton };
}
