from odoo import api, fields, models
from odoo.tools import SQL

PENDING = "crm_relationship.leads"
# What of a lead says who its client is, where the client came from and how far they are.
NOTED_FIELDS = {"partner_id", "source_id", "medium_id", "campaign_id", "date_conversion"}
# Of a won deal: what the client has bought with it, and when.
BOUGHT_FIELDS = {"expected_revenue", "date_closed", "company_id"}
# In the context: leads that are read from a file or copied; nobody asked just now.
NO_INQUIRY_KEYS = {"import_file", "crm_relationship_copy"}


class CrmLead(models.Model):
    _inherit = "crm.lead"

    interaction_ids = fields.One2many("crm.interaction", "lead_id")
    relationship_status_id = fields.Many2one(
        related="partner_id.relationship_status_id", string="Relationship"
    )

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        if leads:
            is_inquiry = not (self.env.context.keys() & NO_INQUIRY_KEYS)
            # Its row in the history also queues the client for refresh.
            kind = "lead" if is_inquiry else "lead_history"
            self.env["crm.interaction"]._capture(kind, leads.ids)
        return leads

    def copy(self, default=None):
        copies = super(CrmLead, self.with_context(crm_relationship_copy=True)).copy(default)
        return copies.with_env(self.env)

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & NOTED_FIELDS:
            self._note_client()
        elif vals.keys() & BOUGHT_FIELDS:
            self.filtered(lambda lead: lead.won_status == "won")._refresh_buyers()
        return result

    def unlink(self):
        # sudo: the history outlives the lead, whatever part of it the user may read
        leads = self.sudo()
        leads.interaction_ids._outlive_leads()
        buyers = leads.filtered(lambda lead: lead.won_status == "won").partner_id.ids
        result = super().unlink()
        # What was bought with a deal is gone with it.
        self.env["crm.relationship.refresh"]._push(buyers)
        return result

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        result = super()._handle_won_lost(old_status_by_lead, new_status_by_lead)
        changed = self.filtered(
            lambda lead: any(
                bool(new_status_by_lead.get(lead.id, {}).get(status))
                != bool(old_status_by_lead.get(lead.id, {}).get(status))
                for status in ("is_won", "is_lost")
            )
        )
        changed._refresh_buyers()
        return result

    def _refresh_buyers(self):
        """Have the clients of these leads refreshed, who stay the same as they were."""
        if self:
            self.env["crm.relationship.refresh"]._push_before_commit(self.partner_id.ids)

    def _note_client(self):
        """Note that these leads, or where they come from, are another client's now.

        The clients are refreshed, and take over the history; done before the commit.
        """
        if not self:
            return
        pending = self.env.cr.precommit.data.setdefault(PENDING, set())
        if not pending:
            # sudo: bookkeeping of the history, whoever changes the lead
            self.env.cr.precommit.add(self.browse().sudo()._flush_noted)
        pending.update(self.ids)

    @api.model
    def _flush_noted(self):
        """Queue the clients of the noted leads; what strangers wrote becomes theirs.

        That a lead came is the history of whose lead it is: it moves along when
        another client is chosen. What was said stays with whom it was said to.
        """
        lead_ids = self.env.cr.precommit.data.pop(PENDING, set())
        self.env.execute_query(
            SQL(
                """
                WITH lead AS (
                    SELECT l.id, p.id AS partner_id, p.commercial_partner_id
                      FROM crm_lead l JOIN res_partner p ON p.id = l.partner_id
                     WHERE l.id IN %(ids)s
                ), moving AS (
                    SELECT i.id, i.commercial_partner_id AS former_id,
                           lead.partner_id, lead.commercial_partner_id
                      FROM crm_interaction i JOIN lead ON lead.id = i.lead_id
                     WHERE i.partner_id IS NULL
                        OR i.origin_key = 'lead:' || lead.id
                           AND i.partner_id <> lead.partner_id
                           AND i.commercial_partner_id IS DISTINCT FROM lead.commercial_partner_id
                ), moved AS (
                    UPDATE crm_interaction i
                       SET partner_id = moving.partner_id,
                           commercial_partner_id = moving.commercial_partner_id,
                           reply_id = CASE WHEN moving.former_id IS NULL THEN i.reply_id END
                      FROM moving WHERE i.id = moving.id
                )
                INSERT INTO crm_relationship_refresh (partner_id)
                SELECT commercial_partner_id FROM lead
                 UNION
                SELECT former_id FROM moving WHERE former_id IS NOT NULL
                 UNION
                -- whose first touch is one of these leads, theirs or no longer
                SELECT id FROM res_partner WHERE acquisition_lead_id IN %(ids)s
                RETURNING id
                """,
                ids=tuple(lead_ids),
            )
        )
        self.env["crm.interaction"].invalidate_model()

    def _merge_dependences(self, opportunities):
        # sudo: the history moves as a whole, whatever part of it the user may read
        opportunities.sudo().interaction_ids._move_to_lead(self)
        return super()._merge_dependences(opportunities)
