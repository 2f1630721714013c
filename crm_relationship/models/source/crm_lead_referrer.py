from odoo import api, fields, models

from ..client.res_partner import PREFETCH_GROUP


class CrmLead(models.Model):
    """Who sent a lead to us; the client it becomes was sent by the same person."""

    _inherit = "crm.lead"

    referrer_id = fields.Many2one(
        "res.partner",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        prefetch=PREFETCH_GROUP,
        help="The person who sent this lead to us. The client keeps the first one.",
    )

    @api.constrains("referrer_id", "partner_id")
    def _check_referrer(self):
        self.partner_id._check_referrals(
            [
                (lead.partner_id, lead.referrer_id)
                for lead in self
                if lead.referrer_id and lead.partner_id
            ]
        )

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        if any(vals.get("referrer_id") for vals in vals_list):
            leads._hand_over_referrers()
        return leads

    def write(self, vals):
        if "referrer_id" in vals:
            # Not `tracking=True`: Odoo would read and compare it at each write of a lead.
            self._trace({"referrer_id"})
        result = super().write(vals)
        if vals.keys() & {"referrer_id", "partner_id"}:
            self._hand_over_referrers()
        return result

    def _hand_over_referrers(self):
        """Clients of whom nobody knows who sent them were sent by who sent their leads."""
        for lead in self:
            if not (lead.referrer_id and lead.partner_id):
                continue
            # sudo: who works on the lead need not be allowed to change the contact
            client = lead.partner_id.commercial_partner_id.sudo()
            if not client.referrer_id:
                client.referrer_id = lead.referrer_id

    def _merge_get_fields_specific(self):
        def first_referrer(name, leads):
            by_age = leads.sorted(lambda lead: (lead.create_date, lead.id))
            return next((lead[name].id for lead in by_age if lead[name]), False)

        return {**super()._merge_get_fields_specific(), "referrer_id": first_referrer}
