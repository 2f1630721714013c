from odoo import fields, models
from odoo.tools import SQL

from ..client.res_partner import PREFETCH_GROUP


class CrmTeam(models.Model):
    """How fast a team promises to answer, and by which clock that counts."""

    _inherit = "crm.team"

    response_hours = fields.Float(
        string="Answer Within (working hours)",
        default=8,
        help="How fast the team promises to answer a client whose status promises nothing of "
        "its own. 0: no promise.",
        prefetch=PREFETCH_GROUP,
    )
    response_calendar_id = fields.Many2one(
        "resource.calendar",
        string="Answers During",
        ondelete="restrict",
        check_company=True,
        help="The working hours in which the team answers. Empty: those of the company.",
        prefetch=PREFETCH_GROUP,
    )

    _response_positive = models.Constraint(
        "CHECK(response_hours >= 0)",
        "The hours to answer within can't be negative. Enter 0 for no promise.",
    )

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"response_hours", "response_calendar_id"}:
            self.env["crm.interaction"]._queue_waiting(
                SQL("team.id IN %s", tuple(self.ids) or (0,))
            )
        return result
