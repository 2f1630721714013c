import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** Asks the organiser how a meeting with a client ended, when it just has: once in a browser. */
export const meetingEndedService = {
    dependencies: ["action", "bus_service", "notification", "orm"],

    start(env, { action, bus_service: bus, notification, orm }) {
        const asked = new Set();

        bus.subscribe("crm_relationship.meeting_ended", ({ event_id, meeting, client }) => {
            if (asked.has(event_id)) {
                return;
            }
            asked.add(event_id);
            const title = client ? _t("%(meeting)s, %(client)s", { meeting, client }) : meeting;
            const close = notification.add(_t("How did it end?"), {
                title,
                type: "info",
                sticky: true,
                buttons: [
                    {
                        name: _t("Tell"),
                        primary: true,
                        onClick: async () => {
                            close();
                            const [ids, method] = [[event_id], "action_ask_outcome"];
                            action.doAction(await orm.call("calendar.event", method, [ids]));
                        },
                    },
                    { name: _t("Later"), onClick: () => close() },
                ],
            });
        });
        bus.start();
    },
};

registry.category("services").add("crm_relationship.meeting_ended", meetingEndedService);
