from odoo import api, fields, models


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

    @api.depends("source_id", "company_id")
    @api.depends_context("company")
    def _compute_source_cost_per_lead(self):
        for company, leads in self.grouped("company_id").items():
            costs = self.env["crm.source.cost"]._get_cost_per_lead(leads.source_id.ids, company)
            for lead in leads:
                lead.source_cost_per_lead = costs.get(lead.source_id.id, False)
