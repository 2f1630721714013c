from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """CRM settings: where complaints come in, and how they are dealt with."""

    _inherit = "res.config.settings"

    relationship_complaint_alias = fields.Char(
        string="Complaints Address",
        help="The part before the @ of the address to which clients of this company write "
        "complaints, e.g. complaints. Empty: no mail becomes a complaint by itself.",
    )
    relationship_complaint_alias_domain_id = fields.Many2one(
        "mail.alias.domain", help="The part after the @ of the address for complaints."
    )
    relationship_complaint_user_id = fields.Many2one(
        related="company_id.relationship_complaint_user_id", readonly=False
    )
    relationship_complaint_days = fields.Integer(
        related="company_id.relationship_complaint_days", readonly=False
    )
    relationship_complaint_days_high = fields.Integer(
        related="company_id.relationship_complaint_days_high", readonly=False
    )
    relationship_complaint_days_urgent = fields.Integer(
        related="company_id.relationship_complaint_days_urgent", readonly=False
    )
    relationship_complaint_check_days = fields.Integer(
        related="company_id.relationship_complaint_check_days", readonly=False
    )

    @api.model
    def get_values(self):
        # sudo: who may change the settings of CRM may change its address for complaints
        alias = self.env.company.sudo().relationship_complaint_alias_id
        domain = alias.alias_domain_id or self.env.company.alias_domain_id
        return {
            **super().get_values(),
            "relationship_complaint_alias": alias.alias_name,
            "relationship_complaint_alias_domain_id": domain.id,
        }

    def set_values(self):
        result = super().set_values()
        # sudo: as in get_values
        company = self.company_id.sudo()
        vals = {
            "alias_name": self.relationship_complaint_alias,
            "alias_domain_id": self.relationship_complaint_alias_domain_id.id,
        }
        if company.relationship_complaint_alias_id:
            company.relationship_complaint_alias_id.write(vals)
        elif self.relationship_complaint_alias:
            company.relationship_complaint_alias_id = (
                self.env["mail.alias"]
                .sudo()
                .create(
                    {
                        **vals,
                        "alias_model_id": self.env["ir.model"]._get_id("crm.complaint"),
                        "alias_contact": "everyone",
                        "alias_defaults": {"company_id": company.id},
                    }
                )
            )
        return result
