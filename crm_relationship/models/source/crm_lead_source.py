from odoo import api, fields, models
from odoo.tools import format_amount


class CrmLead(models.Model):
    _inherit = "crm.lead"

    source_cost_per_lead = fields.Monetary(
        "Cost per Lead So Far",
        compute="_compute_source_cost_per_lead",
        currency_field="company_currency",
        aggregator=None,
        groups="crm_relationship.group_money",
        help="All costs entered for the source of this lead up to today, divided by all leads "
        "this source has brought the company. Empty when no cost was entered.",
    )

    source_cost_words = fields.Char(
        "What It Cost to Win",
        compute="_compute_source_cost_per_lead",
        groups="crm_relationship.group_money",
        help="Where the lead came from, and what one lead of that source has cost up to today: all "
        "costs entered for the source, divided by all leads it has brought the company.",
    )

    @api.depends("source_id.name", "company_id")
    @api.depends_context("company", "lang")
    def _compute_source_cost_per_lead(self):
        for company, leads in self.grouped("company_id").items():
            costs = self.env["crm.source.cost"]._get_cost_per_lead(leads.source_id.ids, company)
            for lead in leads:
                cost = costs.get(lead.source_id.id)
                lead.source_cost_per_lead = cost
                lead.source_cost_words = lead._tell_source_cost(cost) if lead.source_id else False

    def _tell_source_cost(self, cost):
        source = self.source_id.name
        if cost is None:
            return self.env._("Came from %(name)s, no cost entered", name=source)
        return self.env._(
            "Came from %(name)s, cost so far %(cost)s",
            name=source,
            cost=format_amount(self.env, cost, self.company_currency),
        )
