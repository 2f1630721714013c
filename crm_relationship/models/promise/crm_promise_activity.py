from odoo import api, fields, models

from ...tools import without_defaults

# What an activity shows of a promise.
SHOWN = {"name", "by", "date_due", "user_id", "state"}


class CrmPromise(models.Model):
    """An open promise is among Odoo's own things to do of its responsible.

    One activity stands for one promise, on the lead it was made about, else on
    the client. Whichever of the two is done, moved or handed over takes the
    other along; a broken promise takes its activity away. An activity that is
    cancelled leaves the promise open: moved to another day it is planned anew.

    Whoever may open the document reads the activity: where that are more than may
    read the talk, the activity does not say what was promised.
    """

    _inherit = "crm.promise"

    activity_id = fields.Many2one(
        "mail.activity",
        string="To Do",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The activity that reminds the responsible of the promise.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        promises = super().create(vals_list)
        promises._schedule_activities()
        return promises

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & SHOWN:
            self._update_activities()
        return result

    def unlink(self):
        self._get_planned_activities().unlink()
        return super().unlink()

    @api.model
    def _find_open_of(self, activities):
        """Open promises that these activities stand for, whoever is responsible."""
        # sudo: read as Odoo reads them when they are done, so that it costs nothing of its own
        reminders = activities.sudo().filtered("is_promise")
        if not reminders:
            return self.browse()
        # sudo: who may close or move the activity of a colleague does the same to the promise
        return self.sudo().search(
            [("activity_id", "in", reminders.ids), ("state", "=", "open")], order="id"
        )

    def _get_planned_activities(self):
        # sudo: the activity follows the promise, also when it is assigned to a colleague
        return self.sudo().activity_id.filtered("active")

    def _update_activities(self):
        """Bring the activities in line with the promises, by sets."""
        states = self.grouped("state")
        if broken := states.pop("broken", None):
            broken._get_planned_activities().unlink()
        if still_open := states.pop("open", None):
            planned = still_open.filtered(lambda promise: promise.sudo().activity_id.active)
            planned._write_activities()
            (still_open - planned)._schedule_activities()
        for promises in states.values():
            promises._get_planned_activities()._action_done()

    def _write_activities(self):
        """Move, rename or hand over the activities of open promises."""
        changes = {}
        for promise in self:
            activity = promise.sudo().activity_id
            changed = tuple(
                (name, value)
                for name, value in promise._prepare_activity_vals(activity.res_model).items()
                if activity._fields[name].convert_to_write(activity[name], activity) != value
            )
            if changed:
                changes.setdefault(changed, []).append(activity.id)
        for changed, ids in changes.items():
            # sudo: as in _get_planned_activities
            self.env["mail.activity"].browse(ids).sudo().write(dict(changed))

    def _schedule_activities(self):
        """Plan what reminds the responsible of each open promise."""
        waiting = self.filtered(lambda promise: promise.state == "open" and promise.user_id)
        if not waiting:
            return
        # The responsible of many promises is not told of each by a mail of its own.
        quick = len(waiting) > 1 or self.env.context.get("install_mode", False)
        activities = without_defaults(self.env["mail.activity"])
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        documents = waiting._get_documents()
        # sudo: a promise to a client is planned on the client, also by who may only read it
        planned = (
            activities.with_context(mail_activity_quick_update=quick)
            .sudo()
            .create(
                [
                    {
                        **promise._prepare_activity_vals(document._name),
                        "activity_type_id": todo.id if todo else False,
                        "res_model_id": self.env["ir.model"]._get_id(document._name),
                        "res_id": document.id,
                        "is_promise": True,
                    }
                    for promise, document in zip(waiting, documents, strict=True)
                ]
            )
        )
        for promise, activity in zip(waiting, planned, strict=True):
            promise.activity_id = activity

    def _prepare_activity_vals(self, res_model):
        """Values of the activity on a document of `res_model`."""
        self.ensure_one()
        what = self.name
        if self._is_secret_on(res_model):
            what = self.env._("see the promise")
        summary = what
        if self.by == "them":
            summary = self.env._("They promised: %s", what)
        elif what != self.name:
            summary = self.env._("We promised: %s", what)
        return {
            "summary": summary,
            "date_deadline": self.date_due,
            "user_id": self.user_id.id,
        }

    def _is_secret_on(self, res_model):
        """Whether people who open documents of `res_model` may not read the talk."""
        # sudo: how secret the talk is does not depend on who asks
        talk = self.sudo().interaction_id
        owner = talk.lead_id.user_id or talk.former_lead_user_id
        is_secret = self.is_private or talk.is_private
        return bool(is_secret or (owner and res_model != "crm.lead"))

    def _get_documents(self):
        """The lead the promise was made about, else the client, for each promise."""
        # sudo: only which lead it is; who may not open it plans on the client
        leads = self.sudo().interaction_id.lead_id.with_env(self.env)._filtered_access("write")
        return [
            promise.sudo().interaction_id.lead_id.with_env(self.env) & leads or promise.partner_id
            for promise in self
        ]
