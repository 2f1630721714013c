from odoo import fields, models

from ..client.res_partner import PREFETCH_GROUP


class ResCompany(models.Model):
    """How a company deals with complaints."""

    _inherit = "res.company"

    relationship_complaint_alias_id = fields.Many2one(
        "mail.alias",
        string="Address for Complaints",
        copy=False,
        ondelete="set null",
        groups="base.group_system",
        help="A mail to it is a complaint that this company deals with, unless its client or lead "
        "belongs to another.",
        prefetch=PREFETCH_GROUP,
    )
    relationship_complaint_user_id = fields.Many2one(
        "res.users",
        string="Complaints Go To",
        domain=[("share", "=", False)],
        help="Who deals with complaints of clients that have no salesperson. Empty: the sales "
        "managers are told of each that comes by mail.",
        prefetch=PREFETCH_GROUP,
    )
    relationship_complaint_days = fields.Integer(
        string="Days for a Complaint",
        default=5,
        help="Within so many working days a complaint is to be resolved.",
        prefetch=PREFETCH_GROUP,
    )
    relationship_complaint_days_high = fields.Integer(
        string="Days for an Important Complaint",
        default=3,
        help="Within so many working days a complaint of high priority is to be resolved.",
        prefetch=PREFETCH_GROUP,
    )
    relationship_complaint_days_urgent = fields.Integer(
        string="Days for an Urgent Complaint",
        default=1,
        help="Within so many working days an urgent complaint is to be resolved.",
        prefetch=PREFETCH_GROUP,
    )
    relationship_complaint_check_days = fields.Integer(
        string="Check Back After (days)",
        default=14,
        help="So many days after a complaint was resolved who dealt with it is reminded to ask "
        "whether the client is content. 0: nobody is.",
        prefetch=PREFETCH_GROUP,
    )

    _relationship_complaint_days_positive = models.Constraint(
        "CHECK(relationship_complaint_days > 0 AND relationship_complaint_days_high > 0"
        " AND relationship_complaint_days_urgent > 0)",
        "A complaint needs a working day at least: enter 1 or more.",
    )
    _relationship_complaint_check_positive = models.Constraint(
        "CHECK(relationship_complaint_check_days >= 0)",
        "The days after which one checks back can't be negative. Enter 0 for never.",
    )

    def _get_complaint_days(self, priority):
        """Within how many working days a complaint of a priority is to be resolved."""
        self.ensure_one()
        return {
            "1": self.relationship_complaint_days_high,
            "2": self.relationship_complaint_days_urgent,
        }.get(priority, self.relationship_complaint_days)
