import { AttendeeCalendarCommonPopover } from "@calendar/views/attendee_calendar/common/attendee_calendar_common_popover";
import { patch } from "@web/core/utils/patch";

patch(AttendeeCalendarCommonPopover.prototype, {
    /** Whether the meeting with somebody from outside is over and the user keeps the history. */
    get isOutcomeAsked() {
        return this.isEventEditable && this.props.record.rawRecord.is_outcome_asked;
    },

    async onClickAskOutcome() {
        const { model, record } = this.props;
        const action = await this.orm.call(model.resModel, "action_ask_outcome", [[record.id]]);
        this.props.close();
        await this.actionService.doAction(action, { onClose: () => model.load() });
    },
});
