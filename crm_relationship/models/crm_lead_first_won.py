from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmLead(models.Model):
    """Which deal was the first one that a client gave us."""

    _inherit = "crm.lead"

    is_first_won = fields.Boolean(
        string="First Deal of the Client",
        compute="_compute_is_first_won",
        search="_search_is_first_won",
        help="The client, or its company, had no deal with us before this one was won.",
    )

    @api.depends("partner_id", "won_status", "date_closed")
    def _compute_is_first_won(self):
        first = set(self.search([("id", "in", self.ids), ("is_first_won", "=", True)])._ids)
        for lead in self:
            lead.is_first_won = lead.id in first

    def _search_is_first_won(self, operator, value):
        if operator != "in":
            return NotImplemented
        first = Domain("won_status", "=", "won") & Domain.custom(to_sql=self._query_first_won)
        return Domain.OR([first if is_first else ~first for is_first in set(value)])

    @api.model
    def _query_first_won(self, model, alias, query):
        """No deal of the family was won before, whoever may see it: the first is the first."""
        return SQL(
            """NOT EXISTS (
                SELECT FROM res_partner person
                  JOIN res_partner colleague
                    ON colleague.commercial_partner_id = person.commercial_partner_id
                  JOIN crm_lead earlier ON earlier.partner_id = colleague.id
                 WHERE person.id = %(lead)s.partner_id AND earlier.won_status = 'won'
                   AND (earlier.date_closed, earlier.id) < (%(lead)s.date_closed, %(lead)s.id))""",
            lead=SQL.identifier(alias),
        )
