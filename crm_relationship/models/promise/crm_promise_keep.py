from odoo import models


class CrmPromise(models.Model):
    """Promises outlive the lead or the contact they were made about."""

    _inherit = "crm.promise"

    def _leave_documents(self, documents):
        """Before `documents` are deleted: what reminds of the promises goes to their clients."""
        partner_model = self.env["ir.model"]._get_id("res.partner")
        for promise in self:
            activity = promise._get_planned_activities()
            if activity.res_model == documents._name and activity.res_id in documents.ids:
                activity.write(
                    {
                        "res_model_id": partner_model,
                        "res_id": promise.partner_id.id,
                        "summary": promise._prepare_activity_vals("res.partner")["summary"],
                    }
                )


class CrmInteraction(models.Model):
    _inherit = "crm.interaction"

    def write(self, vals):
        result = super().write(vals)
        if "is_private" in vals:
            # sudo: as secret as the talk is now, whoever is responsible
            self.sudo().promise_ids.filtered(
                lambda promise: promise.state == "open"
            )._update_activities()
        return result

    def unlink(self):
        # sudo: a promise stays as secret as the talk was that is deleted
        promises = self.sudo().promise_ids
        promises.filtered(lambda promise: promise._is_secret_on("res.partner")).is_private = True
        return super().unlink()
