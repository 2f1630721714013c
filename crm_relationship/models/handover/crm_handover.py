from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .crm_handover_line import PERSON

MANAGERS = "sales_team.group_sale_manager"
DRAFT, PLANNED, ACTIVE, RETURNED, DONE = "draft", "planned", "active", "returned", "done"
STATES = [
    (DRAFT, "Draft"),
    (PLANNED, "Planned"),
    (ACTIVE, "Away"),
    (RETURNED, "Returned"),
    (DONE, "For Good"),
]
UNDER_WAY = (PLANNED, ACTIVE)
ALL, CHOSEN = "all", "chosen"
# What says who gets what; fixed once it is under way.
TERMS = {
    "from_user_id",
    "to_user_id",
    "other_user_ids",
    "date_from",
    "scope",
    "client_domain",
}
# What only the work itself sets.
OUTCOMES = {"state", "is_returning", "date_moved", "date_ended", "line_ids"}


class CrmHandover(models.Model):
    """The clients of somebody who is away or leaves go to a colleague.

    With the clients goes what is open: leads and deals, things to do, promises,
    complaints and inquiries that wait (`crm_handover_open.py`). Rhythm and next
    dates are the client's and go along by themselves. Appointments stay with who
    made them: they are in the briefing list, for two people to agree on.

    It begins on its first day. What is moved is written down line by line before
    anything is moved, and moved in batches (`crm_handover_move.py`). With a day
    on which it comes back, a scheduled action takes back exactly what is still
    open and still with the colleague; the rest is listed with its reason
    (`crm_handover_return.py`). Clients hear nothing of it.
    """

    _name = "crm.handover"
    _description = "Handover"
    _inherit = ["mail.thread"]
    _order = "date_from desc, id desc"

    from_user_id = fields.Many2one(
        "res.users",
        string="From",
        required=True,
        default=lambda self: self.env.user,
        index=True,
        ondelete="cascade",
        domain=[("share", "=", False)],
        context={"active_test": False},
        tracking=True,
        help="Whose clients are handed over. Also somebody who has left already.",
    )
    to_user_id = fields.Many2one(
        "res.users",
        string="To",
        required=True,
        index=True,
        ondelete="cascade",
        domain=[("share", "=", False)],
        tracking=True,
        help="Who looks after the clients from then on.",
    )
    other_user_ids = fields.Many2many(
        "res.users",
        "crm_handover_user_rel",
        "handover_id",
        "user_id",
        string="Shared With",
        domain=[("share", "=", False)],
        help="More colleagues: clients are dealt to all of them in turn, each with all that is "
        "open. Who is to get certain clients gets a handover of chosen clients.",
    )
    date_from = fields.Date(
        string="From Day",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
        help="The first day on which the colleague looks after the clients.",
    )
    date_until = fields.Date(
        string="Comes Back On",
        copy=False,
        tracking=True,
        help="The day on which everything comes back by itself. Empty: for good.",
    )
    reason = fields.Char(
        string="Why",
        help="What the colleagues are told, e.g. Parental leave. Clients are told nothing.",
    )
    scope = fields.Selection(
        [(ALL, "All clients and open work"), (CHOSEN, "Chosen clients")],
        string="What",
        required=True,
        default=ALL,
        help="All: also open work that is about nobody's or a colleague's client. Chosen: these "
        "clients, and what is open with them.",
    )
    client_domain = fields.Char(
        string="Which Clients",
        default="[]",
        help="Which of the person's clients are handed over.",
    )
    state = fields.Selection(
        STATES, required=True, default=DRAFT, readonly=True, copy=False, index=True, tracking=True
    )
    is_returning = fields.Boolean(string="Coming Back", readonly=True, copy=False)
    date_moved = fields.Datetime(string="Handed Over On", readonly=True, copy=False)
    date_ended = fields.Datetime(string="Ended On", readonly=True, copy=False)
    line_ids = fields.One2many("crm.handover.line", "handover_id", readonly=True, copy=False)

    @api.depends("from_user_id", "to_user_id", "other_user_ids")
    def _compute_display_name(self):
        for handover in self:
            # sudo: names of colleagues
            users = handover.sudo()._get_to_users()
            giver = handover.sudo().from_user_id.name
            takers = ", ".join(users.mapped("name"))
            handover.display_name = takers and self.env._(
                "%(giver)s to %(takers)s", giver=giver, takers=takers
            )

    @api.model
    def default_get(self, fields):
        """From the list of clients: the ones marked there, of their salesperson."""
        values = super().default_get(fields)
        context = self.env.context
        if context.get("active_model") == "res.partner" and context.get("active_ids"):
            clients = self.env["res.partner"].browse(context["active_ids"])
            owners = clients.user_id
            values |= {
                "scope": CHOSEN,
                "client_domain": str([("id", "in", clients.commercial_partner_id.ids)]),
            }
            if len(owners) == 1:
                values["from_user_id"] = owners.id
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._refuse_outcomes(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._refuse_outcomes(vals)
        if vals.keys() & TERMS and any(handover.state != DRAFT for handover in self):
            raise UserError(
                self.env._(
                    "This handover is under way, only Comes Back On and Why can be changed. Take "
                    "it back with Return Now, or a planned one with Back to Draft, and make a new "
                    "one."
                )
            )
        if "date_until" not in vals:
            return super().write(vals)
        if any(handover.state in (RETURNED, DONE) for handover in self):
            raise UserError(
                self.env._("This handover has ended: Comes Back On can't be changed any more.")
            )
        result = super().write(vals)
        self._end_lent_for_good()
        return result

    def _end_lent_for_good(self):
        """What was lent stays where it is when it has no more day to come back."""
        # sudo: as in action_start
        stays = self.sudo().filtered(
            lambda each: (
                each.state == ACTIVE
                and each.date_moved
                and not each.date_until
                and not each.is_returning
            )
        )
        stays.write({"state": DONE, "date_ended": fields.Datetime.now()})

    @api.model
    def _refuse_outcomes(self, vals):
        if not self.env.su and vals.keys() & OUTCOMES:
            raise UserError(self.env._("Use the buttons of the handover to begin or end it."))

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(handover.state != DRAFT for handover in self):
            raise UserError(
                self.env._(
                    "A handover that has begun stays, as its trace. A planned one can be set back "
                    "to draft and deleted then."
                )
            )

    def _get_to_users(self):
        """Who takes over, in the order in which clients are dealt."""
        self.ensure_one()
        return self.to_user_id | self.other_user_ids.sorted("id")

    def _get_today(self):
        """The day it is where the person lives who hands over."""
        self.ensure_one()
        zone = self.from_user_id.tz or "UTC"
        return fields.Date.context_today(self.with_context(tz=zone))

    # ---- buttons ----

    def action_start(self):
        """Begin today, or plan it for its day."""
        for handover in self:
            handover._check_may_start()
            if handover.date_from > handover._get_today():
                # sudo: the state is set by buttons only
                handover.sudo().state = PLANNED
            else:
                handover._start()
                handover._work_inline()

    def action_draft(self):
        """A planned one can be changed again."""
        self.check_access("write")
        # sudo: as in action_start
        self.filtered(lambda handover: handover.state == PLANNED).sudo().state = DRAFT

    def action_return(self):
        """Take everything back now, before its day."""
        self.check_access("write")
        for handover in self.filtered(lambda each: each.state == ACTIVE):
            handover._begin_return()
            handover._work_inline()

    def action_retry(self):
        """Try once more what could not be moved or taken back."""
        self.check_access("write")
        # sudo: lines are written by the work only
        for handover in self.sudo().filtered(lambda each: each.state in (ACTIVE, DONE, RETURNED)):
            handover._retry_lines()
            handover._work_inline()

    def action_open_lines(self):
        """What was moved, and what became of it."""
        self.ensure_one()
        kind = self.env.context.get("handover_kind")
        domain = Domain("handover_id", "=", self.id)
        if kind:
            is_person = kind == PERSON
            domain &= Domain("kind", "=", "client" if is_person else kind)
            domain &= Domain("is_person", "=", is_person)
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "crm.handover.line",
            "views": [(False, "list")],
            "domain": list(domain),
            "context": {"search_default_group_state": 1, "create": False},
        }
