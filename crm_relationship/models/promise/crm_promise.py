from odoo import api, fields, models

STATES = [("open", "Open"), ("kept", "Kept"), ("late", "Kept Late"), ("broken", "Broken")]


class CrmPromise(models.Model):
    """What one side said it would do by a date: ours (`us`) or theirs (`them`).

    A promise is born open. It is kept when done by its date, late when done
    after it, broken when it is given up. While it is open, its responsible has
    it among the things to do: see `crm_promise_activity.py`.
    """

    _name = "crm.promise"
    _description = "Promise"
    _order = "date_due, id"

    name = fields.Char(
        string="What", required=True, help="What was promised, in the words of who promised it."
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        index=True,
        ondelete="cascade",
        help="To whom it was promised, or who promised it.",
    )
    interaction_id = fields.Many2one(
        "crm.interaction", index="btree_not_null", ondelete="set null", copy=False
    )
    by = fields.Selection(
        [("us", "We promised"), ("them", "They promised")],
        string="Who",
        required=True,
        default="us",
        help="Which side promised it.",
    )
    date_due = fields.Date(
        string="Due",
        required=True,
        default=fields.Date.context_today,
        help="The day by which it is to be done. Days may be typed: today, +3d, +friday.",
    )
    date_done = fields.Date(string="Done On", copy=False, readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        index=True,
        help="Who sees to it that the promise is kept, or reminds the client of theirs.",
    )
    company_id = fields.Many2one("res.company", related="partner_id.company_id", store=True)
    state = fields.Selection(
        STATES,
        required=True,
        default="open",
        copy=False,
        index=True,
        help="Done in time is kept, done after its day is late, given up is broken.",
    )
    is_overdue = fields.Boolean(compute="_compute_is_overdue", search="_search_is_overdue")
    is_private = fields.Boolean(
        string="Private",
        readonly=True,
        copy=False,
        help="Made in a talk that not everybody could read and that is deleted: only for the "
        "responsible and the sales managers.",
    )

    @api.depends("state", "date_due")
    @api.depends_context("uid")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for promise in self:
            promise.is_overdue = promise.state == "open" and promise.date_due < today

    def _search_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        return [("state", "=", "open"), ("date_due", "<", fields.Date.context_today(self))]

    def action_done(self):
        """Close the promises as kept, on time or late by today's date."""
        today = fields.Date.context_today(self)
        for state, promises in self.grouped(
            lambda promise: "kept" if promise.date_due >= today else "late"
        ).items():
            promises.write({"state": state, "date_done": today})

    def action_break(self):
        self.write({"state": "broken", "date_done": fields.Date.context_today(self)})

    def action_reopen(self):
        self.write({"state": "open", "date_done": False})

    def action_move(self):
        """Ask for another day."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Move: %s", self.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(self.env.ref("crm_relationship.crm_promise_view_form_move").id, "form")],
            "target": "new",
            "context": {"dialog_size": "small"},
        }
