from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools import without_defaults


class CrmInteractionLog(models.TransientModel):
    """Ask how an activity or a meeting ended, with two clicks at the least.

    Nothing new is logged: marking the activity done, or the end of the meeting,
    is in the history as one row for each client. The answer is written there,
    and the note stays the feedback of the activity. Without an answer the row
    counts as skipped.
    """

    _inherit = "crm.interaction.log"

    activity_id = fields.Many2one(
        "mail.activity", ondelete="cascade", help="The activity that is marked done."
    )
    calendar_event_id = fields.Many2one(
        "calendar.event", string="Meeting", ondelete="cascade", help="The meeting that ended."
    )
    client_ids = fields.Many2many(
        "res.partner", string="Clients", related="calendar_event_id.crm_client_ids"
    )
    client_count = fields.Integer(string="Number of Clients", compute="_compute_client_count")
    about = fields.Char(compute="_compute_about")
    can_schedule_next = fields.Boolean(compute="_compute_can_schedule_next")
    is_skipped = fields.Boolean(string="Skipped")

    @api.depends("client_ids")
    def _compute_client_count(self):
        for log in self:
            log.client_count = len(log.client_ids)

    @api.depends("activity_id", "calendar_event_id", "partner_id", "lead_id")
    def _compute_about(self):
        """What ended, and with whom."""
        for log in self:
            event = log.calendar_event_id
            clients = event.crm_client_ids or log.partner_id
            activity = log.activity_id
            parts = [
                *activity.mapped("activity_type_id.name"),
                *filter(None, activity.mapped("summary")),
                *event.mapped("name"),
                *(clients or log.lead_id).mapped("display_name"),
            ]
            log.about = " · ".join(dict.fromkeys(parts))

    @api.depends("activity_id")
    def _compute_can_schedule_next(self):
        for log in self:
            log.can_schedule_next = log.activity_id.chaining_type == "suggest"

    @api.model
    def _get_outcome_action(self, **defaults):
        """Action of the dialog, filled in with `defaults`."""
        view = self.env.ref("crm_relationship.crm_interaction_log_view_form_outcome")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("How did it end?"),
            "res_model": self._name,
            "views": [(view.id, "form")],
            "target": "new",
            "context": {**defaults, "dialog_size": "medium"},
        }

    def action_tell(self):
        """Mark done and write down how it ended."""
        self._check_outcome()
        without_defaults(self)._log()
        return {"type": "ir.actions.act_window_close"}

    def action_tell_and_schedule(self):
        """The same, and go on to the next activity as Odoo does."""
        self._check_outcome()
        log = without_defaults(self)
        action = log.activity_id.action_feedback_schedule_next(feedback=log.summary)
        log._log()
        return action or {"type": "ir.actions.act_window_close"}

    def action_skip(self):
        """Mark done without an answer; what was filled in is kept, the skipping is counted."""
        self.ensure_one()
        self.write({"outcome_id": False, "is_skipped": True})
        without_defaults(self)._log()
        return {"type": "ir.actions.act_window_close"}

    def action_not_held(self):
        """The meeting did not take place."""
        self.calendar_event_id.action_not_held()
        return {"type": "ir.actions.act_window_close"}

    def _check_outcome(self):
        self.ensure_one()
        if not self.outcome_id:
            raise UserError(
                self.env._("Ended: choose how it ended, or press Skip if there is nothing to say.")
            )

    def _write_interaction(self):
        if not (self.activity_id or self.calendar_event_id):
            return super()._write_interaction()
        # Done already when it was done and the next one scheduled, or by a colleague meanwhile.
        self.activity_id.filtered("active").action_feedback(feedback=self.summary)
        interactions = self._get_captured()
        interactions.write(self._prepare_outcome_vals())
        if self.summary:
            interactions.filtered(lambda i: not i.activity_id).write({"summary": self.summary})
        mine = interactions.filtered(
            lambda i: i.commercial_partner_id == self.partner_id.commercial_partner_id
        )
        return (mine or interactions)[:1]

    def _get_captured(self):
        """The rows of what ended, for the caller to write on."""
        if self.calendar_event_id:
            return self.calendar_event_id._get_told_interactions()
        self.env.flush_all()
        # sudo: as before the commit, the history is kept whoever acts
        history = self.env["crm.interaction"].sudo()
        history._flush_captured()
        domain = Domain("origin_key", "=", f"activity:{self.activity_id.id}")
        if event := self.activity_id.calendar_event_id:
            domain |= Domain("calendar_event_id", "=", event.id)
        captured = history.search(domain) or self._find_sent_mail(history)
        interactions = captured.sudo(False)._filtered_access("write")
        if captured and not interactions:
            raise UserError(
                self.env._(
                    "A colleague has marked this activity done in the meantime, so how it ended "
                    "is theirs to tell. Use Log on the client to write down your own contact."
                )
            )
        return interactions

    def _find_sent_mail(self, history):
        """An activity to write a mail is in the history as the mail that was sent."""
        activity = self.activity_id
        return history.search(
            Domain("res_model", "=", activity.res_model)
            & Domain("res_id", "=", activity.res_id)
            & Domain("user_id", "=", self.env.uid)
            & Domain("channel", "=", "email")
            & Domain("direction", "=", "out")
            & Domain("date", ">=", fields.Datetime.subtract(fields.Datetime.now(), days=1)),
            limit=1,
        )

    def _prepare_outcome_vals(self):
        """What was told; what was left empty overwrites nothing."""
        vals = {
            "outcome_id": self.outcome_id.id,
            "purpose_id": self.purpose_id.id,
            "offered": self.offered,
            "is_outcome_skipped": self.is_skipped and not self.outcome_id,
        }
        return {name: value for name, value in vals.items() if value}
