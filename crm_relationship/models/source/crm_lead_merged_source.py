from odoo import api, models


class CrmLead(models.Model):
    """A lead of a source that was merged is a lead of the one it has become."""

    _inherit = "crm.lead"

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._replace_merged_source(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._replace_merged_source(vals))

    @api.model
    def _replace_merged_source(self, vals):
        if not vals.get("source_id"):
            return vals
        merged = self.env["utm.source"]._get_merged_sources()
        return {**vals, "source_id": merged.get(vals["source_id"], vals["source_id"])}
