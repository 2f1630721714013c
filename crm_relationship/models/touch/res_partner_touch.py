from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..client.res_partner import PREFETCH_GROUP
from .queried_field import QueriedFloat

# What makes a rhythm rest by itself.
COMPLAINT, MEETING = "complaint", "meeting"
HOLDS = [(COMPLAINT, "A complaint is open"), (MEETING, "A meeting is planned")]
# Which company's working days count depends on these.
CALENDAR_FIELDS = {"company_id", "user_id"}
# Clients are late by quarters of their rhythm: within one the more valuable come first.
LATENESS_STEPS = 4


class ResPartner(models.Model):
    """How often to be in touch with a client, what holds it up, and who comes first.

    The rhythm in force is the client's own, else that of its status. Every contact
    of anybody at the client begins it anew, over whatever channel. It rests
    while a complaint is open or a meeting is planned, and waits for the end
    of a pause. Days are working days of the company that looks after the client.
    """

    _inherit = "res.partner"

    keep_in_touch_max_days = fields.Integer(
        string="Own Maximum (days)",
        copy=False,
        help="After so many days without contact this client counts as neglected. 0: as the "
        "status says. Smaller than the rhythm: as soon as that is missed.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    keep_in_touch_pause_reason = fields.Char(
        string="Why No Contact",
        copy=False,
        help="Why the client is left alone until then, such as a long journey. Colleagues read "
        "it wherever the next contact is shown.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    keep_in_touch_rhythm_days = fields.Integer(
        string="Rhythm in Force (days)",
        copy=False,
        readonly=True,
        aggregator=None,
        help="The client's own rhythm, else that of its status. 0: none is promised.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    keep_in_touch_hold = fields.Selection(
        HOLDS,
        string="Rhythm Rests",
        copy=False,
        readonly=True,
        help="Why nobody is to be in touch for now.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    keep_in_touch_meeting_date = fields.Datetime(
        string="Next Meeting On",
        copy=False,
        readonly=True,
        help="The next meeting with anybody at the client.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    contact_rhythm_days = fields.Integer(
        string="Habit (days)",
        copy=False,
        readonly=True,
        aggregator="avg",
        help="How many days usually lie between two contacts: the median of the newest 20 days of "
        "contact within two years. 0: too few to tell.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )
    keep_in_touch_order = QueriedFloat(
        string="How Late",
        compute="_compute_keep_in_touch_order",
        query="_query_touch_order_of",
        aggregator=None,
        help="How many rhythms the next contact is late. Sorted by it, of those who are about "
        "as late the most valuable come first.",
        groups="sales_team.group_sale_salesman",
    )

    # Whom a salesperson looks after, and who of them is due: Odoo has no index on the salesperson.
    _keep_in_touch_owner_idx = models.Index(
        "(user_id, keep_in_touch_date) WHERE user_id IS NOT NULL"
    )
    _keep_in_touch_max_days_positive = models.Constraint(
        "CHECK(keep_in_touch_max_days >= 0)",
        "Own Maximum can't be negative. Enter 0 for the maximum of the status.",
    )

    @api.depends("keep_in_touch_date", "keep_in_touch_rhythm_days")
    def _compute_keep_in_touch_order(self):
        today = fields.Date.context_today(self)
        for partner in self:
            due, days = partner.keep_in_touch_date, partner.keep_in_touch_rhythm_days
            partner.keep_in_touch_order = due and days and (today - due).days / days

    def write(self, vals):
        if "keep_in_touch_pause_until" in vals and not vals["keep_in_touch_pause_until"]:
            vals = {**vals, "keep_in_touch_pause_reason": False}
        result = super().write(vals)
        if vals.keys() & CALENDAR_FIELDS:
            self._queue_rhythm()
        return result

    def _queue_rhythm(self):
        """Have the days of those of these who have a rhythm worked out again."""
        clients = self.filtered(lambda partner: partner.sudo().relationship_status_id)
        self.env["crm.relationship.refresh"]._push(clients.ids)

    # ---- order ----

    @api.model
    def _search_by_sql(self, field_name, operator, value):
        """The domain of a field that is not stored, by its SQL expression."""
        if operator not in ("in", "not in", "<", ">", "<=", ">="):
            return NotImplemented
        field = self._fields[field_name]
        return Domain.custom(
            to_sql=lambda model, alias, query: field.condition_to_sql(
                field_name, operator, value, model, alias, query
            )
        )

    @api.model
    def _query_touch_order(self, alias="client"):
        """SQL expression: the larger, the sooner to be in touch with the client of `alias`.

        How late the client is, in quarters of its rhythm, then what it has bought.
        """
        return self._query_touch_order_of(lambda name: self._field_to_sql(alias, name))

    @api.model
    def _query_touch_order_of(self, column):
        return SQL(
            "ROW(coalesce(floor(%s * (%s - %s) / nullif(%s, 0)::float8), '-infinity'), %s)",
            LATENESS_STEPS,
            fields.Date.context_today(self),
            column("keep_in_touch_date"),
            column("keep_in_touch_rhythm_days"),
            self._query_touch_value(column),
        )

    @api.model
    def _query_touch_value(self, column):
        """What a client is worth to us, among those who are about as late."""
        return SQL("coalesce(%s, 0)", column("purchase_value"))

    # ---- buttons ----

    def action_pause(self):
        """Ask until when and why these clients are left alone."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Leave Alone for a While"),
            "res_model": "crm.keep.in.touch.pause",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_partner_ids": self.commercial_partner_id.ids,
                "dialog_size": "small",
            },
        }

    def action_resume(self):
        """The pause is over: the rhythm counts again."""
        self.commercial_partner_id.keep_in_touch_pause_until = False

    def action_plan_contact(self):
        """Schedule the next activity with this client."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Schedule Activity"),
            "res_model": "mail.activity.schedule",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "active_model": self._name,
                "active_id": self.id,
                "active_ids": self.ids,
            },
        }
