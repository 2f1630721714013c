from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmPartnerErase(models.TransientModel):
    """Asks before people are erased: what goes, what stays, how much of it there is."""

    _name = "crm.partner.erase"
    _description = "Erase Personal Data"

    partner_ids = fields.Many2many("res.partner", string="Who", required=True)
    lead_count = fields.Integer("Leads and Deals", compute="_compute_counts")
    interaction_count = fields.Integer("Interactions", compute="_compute_counts")
    message_count = fields.Integer("Messages and Files", compute="_compute_counts")
    waiting_count = fields.Integer("Still Waiting", compute="_compute_counts")
    document_count = fields.Integer("Posted Invoices", compute="_compute_counts")
    is_confirmed = fields.Boolean(
        "I know that this cannot be undone",
        help="Nobody can bring the data back, except from a backup.",
    )

    @api.depends("partner_ids")
    def _compute_counts(self):
        for wizard in self:
            wizard.update(wizard._count())

    def _count(self):
        # sudo: numbers of what is concerned, nothing of its content
        people = self.partner_ids._origin.sudo().with_context(active_test=False)
        leads = people._get_erased_leads()
        history = Domain("partner_id", "in", people.ids) | Domain("lead_id", "in", leads.ids)
        interactions = self.env["crm.interaction"].sudo()
        return {
            "lead_count": len(leads),
            "interaction_count": interactions.search_count(history),
            "waiting_count": len(people._find_waiting_before_erased(leads)),
            "message_count": self.env["mail.message"]
            .sudo()
            .search_count(
                people._get_documents_domain("model", leads) | Domain("author_id", "in", people.ids)
            ),
            "document_count": len(people._get_documents()),
        }

    def action_erase(self):
        self.ensure_one()
        if not self.is_confirmed:
            raise UserError(
                self.env._('Tick "I know that this cannot be undone" to erase the personal data.')
            )
        self.partner_ids._erase_personal_data()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
