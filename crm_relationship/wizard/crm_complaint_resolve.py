from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.complaint.crm_complaint import RESOLVED


class CrmComplaintResolve(models.TransientModel):
    """Close a complaint: what was done, how the client knows, and what amends are made."""

    _name = "crm.complaint.resolve"
    _description = "Resolve Complaint"

    complaint_id = fields.Many2one("crm.complaint", required=True, ondelete="cascade")
    cause_id = fields.Many2one(
        "crm.complaint.cause",
        compute="_compute_from_complaint",
        store=True,
        readonly=False,
        precompute=True,
        help="What went wrong, so that it can be counted.",
    )
    resolution = fields.Text(
        string="Remedy",
        compute="_compute_from_complaint",
        store=True,
        readonly=False,
        precompute=True,
        help="What was done about it.",
    )
    how_told = fields.Selection(
        [("told", "Was told"), ("untold", "Need not be told")],
        string="The Client",
        required=True,
        default="told",
        help="Whether the client knows how it ended.",
    )
    told_interaction_id = fields.Many2one(
        "crm.interaction",
        string="In This Call or Mail",
        compute="_compute_told_interaction_id",
        store=True,
        readonly=False,
        precompute=True,
        help="The mail, call or visit in which the client was told how it ended.",
    )
    date_reopened = fields.Datetime(related="complaint_id.date_reopened")
    origin_interaction_id = fields.Many2one(related="complaint_id.origin_interaction_id")
    has_contact = fields.Boolean(compute="_compute_has_contact")
    untold_reason = fields.Char(
        string="Because", help="Why the client need not be told, e.g. the complaint was withdrawn."
    )
    amends = fields.Char(
        compute="_compute_from_complaint",
        store=True,
        readonly=False,
        precompute=True,
        help="What the client gets for the trouble; you are reminded of it. Empty: nothing.",
    )
    amends_date = fields.Date(
        string="Amends By",
        compute="_compute_from_complaint",
        store=True,
        readonly=False,
        precompute=True,
        help="The day by which the amends are made. Empty: within a week.",
    )
    amends_cost = fields.Monetary(
        string="Cost",
        compute="_compute_from_complaint",
        store=True,
        readonly=False,
        precompute=True,
        help="What remedy and amends cost us.",
    )
    currency_id = fields.Many2one(related="complaint_id.currency_id")

    @api.depends("complaint_id")
    def _compute_from_complaint(self):
        for wizard in self:
            for name in self._get_copied_fields():
                wizard[name] = wizard.complaint_id[name]

    @api.model
    def _get_copied_fields(self):
        """What is asked here and kept on the complaint."""
        return ("cause_id", "resolution", "amends", "amends_date", "amends_cost")

    @api.depends("complaint_id")
    def _compute_told_interaction_id(self):
        """The last time we spoke with the client about it."""
        for wizard in self:
            wizard.told_interaction_id = wizard._find_telling()

    @api.depends("complaint_id")
    def _compute_has_contact(self):
        for wizard in self:
            wizard.has_contact = bool(wizard._find_telling())

    def _find_telling(self):
        domain = self.complaint_id._get_telling_domain()
        return self.env["crm.interaction"].search(domain, order="date desc, id desc", limit=1)

    def action_resolve(self):
        self.ensure_one()
        self._check_filled_in()
        vals = {name: self[name] for name in self._get_copied_fields() if name != "cause_id"}
        is_told = self.how_told == "told"
        self.complaint_id.write(
            {
                **vals,
                "cause_id": self.cause_id.id,
                "told_interaction_id": is_told and self.told_interaction_id.id,
                "untold_reason": not is_told and self.untold_reason,
                "state": RESOLVED,
            }
        )
        return {"type": "ir.actions.act_window_close"}

    def action_tell(self):
        """Tell the client first: log the call in which it is done."""
        return self.complaint_id.action_tell()

    def _check_filled_in(self):
        if not (self.resolution or "").strip():
            raise UserError(self.env._("Remedy: write down what was done about it."))
        if self.how_told == "told" and not self.told_interaction_id:
            raise UserError(
                self.env._(
                    "In This Call or Mail: nobody has told the client yet. Press Tell the Client "
                    "and log the call, or write to them on the complaint. If they need not be "
                    "told, choose that and say why."
                )
            )
        if self.how_told == "untold" and not (self.untold_reason or "").strip():
            raise UserError(self.env._("Because: say why the client need not be told."))
