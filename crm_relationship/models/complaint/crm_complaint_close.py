from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .crm_complaint import CANCELLED, NEW, OPEN_STATES, PROGRESS, RESOLVED

# What a complaint loses that is opened again: the client is to be told anew.
REOPENED = {
    "date_resolved": False,
    "told_interaction_id": False,
    "date_client_told": False,
    "untold_reason": False,
}


class CrmComplaint(models.Model):
    """How a complaint ends: the remedy, the client told, amends made, and a look back.

    Nobody closes a complaint in silence: it is resolved when the remedy is
    written down and a contact is named in which the client was told, or the
    reason why the client need not be. Amends become a promise of ours, which is
    among the things to do of who deals with the complaint. Some days later that
    person is reminded to ask whether the client is content.
    """

    _inherit = "crm.complaint"

    resolution = fields.Text(
        string="Remedy",
        copy=False,
        help="What is being done about it, and was done. Whoever meets the client reads it.",
    )
    amends = fields.Char(
        copy=False, help="What the client gets for the trouble, e.g. a voucher. Empty: nothing."
    )
    amends_cost = fields.Monetary(
        string="Cost",
        aggregator=None,
        copy=False,
        tracking=True,
        help="What remedy and amends cost us. Whoever deals with the complaint enters it; sums of "
        "it are in the report for who sees costs and margins.",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    amends_date = fields.Date(
        string="Amends By",
        copy=False,
        help="The day by which the amends are made. Empty: within a week.",
    )
    amends_promise_id = fields.Many2one(
        "crm.promise",
        string="Promised Amends",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    told_interaction_id = fields.Many2one(
        "crm.interaction",
        string="Told In",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The contact in which the client was told how the complaint ended.",
    )
    date_client_told = fields.Datetime(string="Client Told On", readonly=True, copy=False)
    date_reopened = fields.Datetime(string="Reopened On", readonly=True, copy=False)
    untold_reason = fields.Char(
        string="Not Told Because",
        copy=False,
        tracking=True,
        help="Why the client need not be told, e.g. because they withdrew the complaint.",
    )
    cancel_reason = fields.Char(
        string="Cancelled Because", copy=False, help="Why it was no complaint after all."
    )

    may_change = fields.Boolean(
        compute="_compute_may_change", help="Whether the buttons are for who looks at it."
    )

    _amends_cost_positive = models.Constraint(
        "CHECK(amends_cost >= 0)", "The cost of a complaint can't be negative."
    )

    @api.depends("user_id", "lead_id")
    @api.depends_context("uid")
    def _compute_may_change(self):
        changeable = self._origin._filtered_access("write")
        for complaint in self:
            complaint.may_change = not complaint._origin or complaint._origin in changeable

    @api.constrains("date_open", "date_acknowledged", "date_resolved")
    def _check_order(self):
        for complaint in self:
            moments = filter(None, (complaint.date_acknowledged, complaint.date_resolved))
            if any(moment < complaint.date_open for moment in moments):
                raise ValidationError(
                    self.env._(
                        'Complained On: "%s" was answered or resolved before that. Enter when '
                        "the client complained.",
                        complaint.name,
                    )
                )

    @api.constrains("state", "resolution", "date_client_told", "untold_reason")
    def _check_told(self):
        for complaint in self.filtered(lambda complaint: complaint.state == RESOLVED):
            if not (complaint.resolution or "").strip():
                raise ValidationError(
                    self.env._(
                        'Remedy: write down what was done about "%s" before it is closed.',
                        complaint.name,
                    )
                )
            if not (complaint.date_client_told or (complaint.untold_reason or "").strip()):
                raise ValidationError(
                    self.env._(
                        'The client does not know yet how "%s" ended. Press Tell the Client, or '
                        "write to them here, then Resolve. If they need not be told, Resolve "
                        "asks you why.",
                        complaint.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create([self._complete_state_vals(vals) for vals in vals_list])
        complaints._follow_state()
        return complaints

    def write(self, vals):
        if vals.get("state") == RESOLVED and all(row.state == RESOLVED for row in self):
            vals = {name: value for name, value in vals.items() if name != "state"}
        if vals.get("state") in OPEN_STATES and any(row.state == RESOLVED for row in self):
            vals = {**vals, "date_reopened": fields.Datetime.now()}
        vals = self._complete_state_vals(vals)
        before = self.commercial_partner_id.ids if "partner_id" in vals else []
        closing = self.filtered(lambda row: row.state != RESOLVED and vals.get("state") == RESOLVED)
        result = super().write(vals)
        if vals.keys() & self._get_followed_fields():
            self._follow_state(before)
        closing._plan_check_back()
        if vals.keys() & {"state", "partner_id", "amends", "amends_date"}:
            self.filtered(lambda row: row.state == RESOLVED)._promise_amends()
        return result

    def unlink(self):
        self._queue_refresh()
        return super().unlink()

    @api.model
    def _get_followed_fields(self):
        """What decides who has what to do, and what holds still."""
        return {"state", "active", "user_id", "partner_id", "date_deadline", "date_acknowledged"}

    @api.model
    def _complete_state_vals(self, vals):
        """The moments that go with a change of the state."""
        if vals.get("told_interaction_id"):
            told = self.env["crm.interaction"].browse(vals["told_interaction_id"])
            # sudo: when it was; whoever may change the complaint may name any contact
            vals = {**vals, "date_client_told": told.sudo().date}
        if vals.get("state") == RESOLVED:
            vals = {"date_resolved": fields.Datetime.now(), **vals}
        elif vals.get("state"):
            vals = {**REOPENED, **vals}
        return vals

    def _follow_state(self, more_client_ids=()):
        """What others see of it: the things to do, and the rhythm of the client."""
        self._plan_activities()
        self._queue_refresh(more_client_ids)

    def _queue_refresh(self, more_client_ids=()):
        self.env["crm.relationship.refresh"]._push(
            {*self.commercial_partner_id.ids, *more_client_ids}
        )

    # ---- buttons ----

    def action_acknowledge(self):
        """The client knows that we look after it; the first answer does the same."""
        self._acknowledge(fields.Datetime.now())

    def _acknowledge(self, moment):
        waiting = self.filtered(lambda complaint: not complaint.date_acknowledged)
        waiting.filtered(lambda complaint: complaint.state == NEW).write(
            {"date_acknowledged": moment, "state": PROGRESS}
        )
        waiting.filtered(lambda complaint: not complaint.date_acknowledged).write(
            {"date_acknowledged": moment}
        )

    def action_start(self):
        self.filtered(lambda complaint: complaint.state == NEW).write({"state": PROGRESS})

    def action_tell(self):
        """Open the dialog that logs a contact about this complaint, our call to the client."""
        self.ensure_one()
        action = self.env["crm.interaction"]._get_log_action(self.partner_id, self.lead_id)
        action["context"] |= {"default_complaint_id": self.id, "default_direction": "out"}
        return action

    def action_resolve(self):
        """Ask for the remedy, how the client was told, and what amends are made."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Resolve: %s", self.name),
            "res_model": "crm.complaint.resolve",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_complaint_id": self.id, "dialog_size": "medium"},
        }

    def action_cancel(self):
        self.filtered("is_open").write({"state": CANCELLED})

    def action_reopen(self):
        """Deal with it once more; the client is to be told anew how it ends."""
        self.write({"state": PROGRESS, "cancel_reason": False})

    def action_open_interactions(self):
        """What was said about it."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_interaction_action"
        )
        action["domain"] = [("complaint_id", "=", self.id)]
        action["context"] = {
            "default_partner_id": self.partner_id.id,
            "default_complaint_id": self.id,
        }
        return action

    def _get_telling_domain(self):
        """Contacts in which the client may have been told how it ended, at last.

        In the one in which the client complained nobody knew that yet.
        """
        self.ensure_one()
        since = [("date", ">=", self.date_reopened)] if self.date_reopened else []
        return [
            ("complaint_id", "=", self.id),
            ("id", "!=", self.origin_interaction_id.id),
            ("direction", "=", "out"),
            ("is_attempt", "=", False),
            *since,
        ]
