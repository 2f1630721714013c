import { Activity } from "@mail/core/web/activity";
import { ActivityListPopoverItem } from "@mail/core/web/activity_list_popover_item";
import { patch } from "@web/core/utils/patch";

/**
 * Ask how an activity ended, if it may have been a contact with a client.
 *
 * @returns {Promise<boolean>} whether it was asked; else Odoo marks it done as usual
 */
export async function askOutcome(env, activity, { onAsk, onChanged } = {}) {
    if (!activity.activity_type_id?.interaction_channel) {
        return false;
    }
    const { action: actionService, "mail.store": store, orm } = env.services;
    const { res_model: model, res_id: id } = activity;
    const action = await orm.call("mail.activity", "action_ask_outcome", [[activity.id]]);
    if (!action) {
        return false;
    }
    onAsk?.();
    await new Promise((resolve) => actionService.doAction(action, { onClose: resolve }));
    const thread = store.Thread.insert({ model, id });
    store.activityBroadcastChannel?.postMessage({
        type: "RELOAD_CHATTER",
        payload: { id, model },
    });
    onChanged?.(thread);
    await thread.fetchNewMessages();
    return true;
}

patch(Activity.prototype, {
    async onClickMarkAsDone(ev) {
        const { activity, onActivityChanged } = this.props;
        const { currentTarget } = ev;
        const isAsked =
            !this.markDonePopover.isOpen &&
            (await askOutcome(this.env, activity, { onChanged: onActivityChanged }));
        if (!isAsked) {
            await super.onClickMarkAsDone({ currentTarget });
        }
    },
});

patch(ActivityListPopoverItem.prototype, {
    async onClickMarkAsDone() {
        const { activity, onActivityChanged, onClickDoneAndScheduleNext } = this.props;
        const isAsked =
            !this.state.hasMarkDoneView &&
            (await askOutcome(this.env, activity, {
                onAsk: onClickDoneAndScheduleNext,
                onChanged: onActivityChanged,
            }));
        if (!isAsked) {
            super.onClickMarkAsDone(...arguments);
        }
    },
});
