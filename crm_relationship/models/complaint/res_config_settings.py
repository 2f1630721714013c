from odoo import api, fields, models

ALIAS = "crm_relationship.mail_alias_complaint"


class ResConfigSettings(models.TransientModel):
    """CRM settings: where complaints come in, and how they are dealt with."""

    _inherit = "res.config.settings"

    relationship_complaint_alias = fields.Char(
        string="Complaints Address",
        help="The part before the @ of the address to which clients write complaints, e.g. "
        "complaints. Empty: no mail becomes a complaint by itself.",
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
        alias = self._get_complaint_alias()
        domain = alias.alias_domain_id or self.env.company.alias_domain_id
        return {
            **super().get_values(),
            "relationship_complaint_alias": alias.alias_name,
            "relationship_complaint_alias_domain_id": domain.id,
        }

    def set_values(self):
        result = super().set_values()
        alias = self._get_complaint_alias()
        vals = {
            "alias_name": self.relationship_complaint_alias,
            "alias_domain_id": self.relationship_complaint_alias_domain_id.id,
        }
        if alias:
            alias.write(vals)
        elif self.relationship_complaint_alias:
            self._create_complaint_alias(vals)
        return result

    @api.model
    def _get_complaint_alias(self):
        # sudo: who may change the settings of CRM may change its address for complaints
        alias = self.env.ref(ALIAS, raise_if_not_found=False)
        return (alias or self.env["mail.alias"]).sudo()

    @api.model
    def _create_complaint_alias(self, vals):
        """The address anew, of which somebody has deleted the record."""
        module, name = ALIAS.split(".")
        model_id = self.env["ir.model"]._get_id("crm.complaint")
        # sudo: as in _get_complaint_alias
        alias = self.env["mail.alias"].sudo().create({**vals, "alias_model_id": model_id})
        self.env["ir.model.data"].sudo().create(
            {
                "module": module,
                "name": name,
                "model": alias._name,
                "res_id": alias.id,
                "noupdate": True,
            }
        )
