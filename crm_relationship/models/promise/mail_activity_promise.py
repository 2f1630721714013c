from odoo import fields, models


class MailActivity(models.Model):
    """The activity of a promise and the promise are one thing."""

    _inherit = "mail.activity"

    # Read with the rest of the activity: nobody looks for the promise of what is none.
    is_promise = fields.Boolean(
        string="Of a Promise",
        readonly=True,
        copy=False,
        help="It reminds of a promise, which is kept when the activity is marked done.",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"date_deadline", "user_id"}:
            self._move_promises()
        return result

    def _action_done(self, feedback=False, attachment_ids=None):
        promises = self.env["crm.promise"]._find_open_of(self)
        result = super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
        if promises:
            promises.action_done()
        return result

    def _move_promises(self):
        """The promises get the day and the responsible of their activities."""
        changes = {}
        # sudo: whoever handed it over may not read it any more
        for promise in self.env["crm.promise"]._find_open_of(self.sudo()):
            activity = promise.activity_id
            if (promise.date_due, promise.user_id) != (activity.date_deadline, activity.user_id):
                changed = (fields.Date.to_string(activity.date_deadline), activity.user_id.id)
                changes.setdefault(changed, []).append(promise.id)
        for (date_due, user_id), ids in changes.items():
            # sudo: as in _find_open_of
            promises = self.env["crm.promise"].sudo().browse(ids)
            promises.write({"date_due": date_due, "user_id": user_id})
