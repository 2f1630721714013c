from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .crm_handover import DRAFT, UNDER_WAY


class ResUsers(models.Model):
    """Who is archived with open work is offered a handover."""

    _inherit = "res.users"

    handover_open_count = fields.Integer(
        string="Open Work",
        compute="_compute_handover_open_count",
        groups="sales_team.group_sale_manager",
        help="Clients and open work of this user, which a colleague should take over.",
    )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handover(self):
        """With one of its people a handover would go: what is to come back, and its trace."""
        people = self.ids
        # sudo: who may delete a user need not be a salesperson
        handover = (
            self.env["crm.handover"]
            .sudo()
            .search(
                Domain("state", "!=", DRAFT)
                & (
                    Domain("from_user_id", "in", people)
                    | Domain("to_user_id", "in", people)
                    | Domain("other_user_ids", "in", people)
                ),
                order="state, id",
                limit=1,
            )
        )
        if handover.state in UNDER_WAY:
            raise UserError(
                self.env._(
                    "The handover %s is under way. Return it first (a planned one goes Back to "
                    "Draft), or archive the user instead.",
                    handover.display_name,
                )
            )
        if handover:
            raise UserError(
                self.env._(
                    "The handover %s keeps the trace of who looked after whom. Archive the user "
                    "instead.",
                    handover.display_name,
                )
            )

    def _compute_handover_open_count(self):
        handovers = self.env["crm.handover"]
        for user in self:
            draft = handovers.new({"from_user_id": user.id})
            user.handover_open_count = sum(draft._count_ahead().values())

    def action_hand_over(self):
        """Open a handover of everything this user has."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand Over"),
            "res_model": "crm.handover",
            "views": [(False, "form")],
            "context": {"default_from_user_id": self.id},
        }
