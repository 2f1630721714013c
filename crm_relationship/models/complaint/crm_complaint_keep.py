from odoo import api, fields, models
from odoo.tools import SQL

from .crm_complaint import CANCELLED


class CrmComplaint(models.Model):
    """What stays of complaints when what they are about goes.

    A complaint outlives its lead, contact and user and keeps the facts. It stays
    as secret as it was: of the deleted lead of a colleague only who could see
    that lead reads it.
    """

    _inherit = "crm.complaint"

    former_lead_user_id = fields.Many2one(
        "res.users",
        string="Salesperson of the Deleted Lead",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="Whose lead the complaint was about, if that lead is deleted. Who sees own leads "
        "only still does not read complaints about others' leads.",
    )

    @api.model
    def _follow_clients(self, condition):
        """Hand complaints to who their clients are now.

        :param SQL condition: which complaints `c` of contacts or clients `p`
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_complaint c SET commercial_partner_id = p.commercial_partner_id
                  FROM res_partner p WHERE %s
                RETURNING c.id
                """,
                condition,
            )
        )
        self.invalidate_model(["commercial_partner_id"])

    def _outlive_leads(self):
        """Prepare complaints about leads that are about to be deleted."""
        for user, complaints in self.grouped(lambda row: row.lead_id.user_id).items():
            if user:
                complaints.former_lead_user_id = user

    def _leave_partners(self, partners):
        """Those of contacts that are deleted stay with the company; no client waits any more."""
        for complaint in self.filtered(lambda row: row.partner_id in partners):
            client = complaint.commercial_partner_id
            if client and client not in partners:
                complaint.partner_id = client
        left = self.filtered(lambda row: row.commercial_partner_id in partners)
        left.filtered("is_open").write(
            {"state": CANCELLED, "cancel_reason": self.env._("The client was deleted")}
        )
