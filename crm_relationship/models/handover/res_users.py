from odoo import fields, models


class ResUsers(models.Model):
    """Who is archived with open work is offered a handover."""

    _inherit = "res.users"

    handover_open_count = fields.Integer(
        string="Open Work",
        compute="_compute_handover_open_count",
        groups="sales_team.group_sale_manager",
        help="Clients and open work of this user, which a colleague should take over.",
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
