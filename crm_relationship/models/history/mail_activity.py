from odoo import SUPERUSER_ID, fields, models
from odoo.tools import format_date

# In the context: Odoo moves and deletes activities by itself.
AUTOMATED_KEYS = ("crm_relationship_automated_activities", "is_calendar_event_new")


class MailActivity(models.Model):
    """What is done, put off or called off with a client enters the history.

    Only noted here, in memory; it is written before the commit. A cancelled
    activity is gone by then, so what its row needs is kept when it is noted.
    """

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        done = self._get_captured_events()
        documents = {activity.res_model for activity in self} if done else ()
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        for kind, ids in done.items():
            self.env["crm.interaction"]._capture(kind, ids, documents)
        return result

    def write(self, vals):
        if not vals.get("date_deadline") or not self._is_change_of_a_user():
            return super().write(vals)
        before = {
            activity: activity.date_deadline for activity in self._filtered_contacts_to_come()
        }
        result = super().write(vals)
        for activity, date_from in before.items():
            if date_from and activity.date_deadline > date_from:
                activity._capture_postponed(date_from)
        return result

    def unlink(self):
        self._note_cancelled()
        return super().unlink()

    def _note_cancelled(self):
        """Note that these activities are about to be deleted, when it is somebody's decision."""
        if self._is_change_of_a_user():
            for activity in self._filtered_contacts_to_come():
                activity._capture_cancelled()

    def _get_captured_events(self):
        """What it is that these activities are done: {kind of event: ids}."""
        known = self.env["crm.interaction"]._get_capture_models()
        events = {}
        # sudo: which type it is of; Odoo is about to read it so as well
        for activity in self.sudo():
            if activity.res_model not in known:
                continue
            meeting = activity.calendar_event_id
            if channel := activity.activity_type_id.interaction_channel:
                kind = "activity" if meeting or channel == "email" else "plain_activity"
                events.setdefault(kind, []).append(activity.id)
            if meeting:
                events.setdefault("meeting", []).append(meeting.id)
        return events

    def _filtered_of_clients(self):
        """Those on documents that may belong to a client."""
        known = self.env["crm.interaction"]._get_capture_models()
        return self.filtered(lambda activity: activity.res_model in known)

    def _filtered_contacts_to_come(self):
        """Those that would have been a contact with a client."""
        return self._filtered_of_clients().filtered(
            lambda activity: activity.active and activity.activity_type_id.interaction_channel
        )

    def _is_change_of_a_user(self):
        """Whether somebody moves or deletes activities, not Odoo by itself.

        An activity that gets its meeting only now takes the day of the meeting:
        that is no putting off either.
        """
        is_automated = any(self.env.context.get(key) for key in AUTOMATED_KEYS)
        return self.env.uid != SUPERUSER_ID and not is_automated

    def _capture_postponed(self, date_from):
        """Note that this activity was planned for an earlier day."""
        moment = fields.Datetime.now()
        self._capture_change(
            # Each time counts, also from and to the same days again.
            f"moved:{self.date_deadline}:{moment:%Y%m%d%H%M%S}",
            "crm_relationship.outcome_postponed",
            self.env._(
                "Postponed from %(date_from)s to %(date_to)s",
                date_from=format_date(self.env, date_from),
                date_to=format_date(self.env, self.date_deadline),
            ),
        )

    def _capture_cancelled(self):
        """Note that this activity is not going to take place."""
        self._capture_change(
            "cancelled",
            "crm_relationship.outcome_cancelled",
            self.env._("Cancelled, was planned for %s", format_date(self.env, self.date_deadline)),
            activity_id=False,
        )

    def _capture_change(self, key, outcome_xmlid, summary, **vals):
        change = {
            "user_id": self.env.uid,
            "activity_id": self.id,
            "res_model": self.res_model,
            "res_id": self.res_id,
            "channel": self.activity_type_id.interaction_channel,
            "subject": self.summary,
            "summary": summary,
            "outcome_id": self.env["ir.model.data"]._xmlid_to_res_id(outcome_xmlid),
            **vals,
        }
        self.env["crm.interaction"]._capture(
            "activity_change", {f"activity:{self.id}:{key}": change}, {self.res_model}
        )
