from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import escape_psql

from .crm_complaint import RESOLVED

MODEL = "crm.complaint"


class ResPartner(models.Model):
    """Complaints of a client, and what the briefing tells of those that are open."""

    _inherit = "res.partner"

    complaint_ids = fields.One2many(
        MODEL, "partner_id", string="Complaints", groups="sales_team.group_sale_salesman"
    )

    def action_new_complaint(self):
        """Write down a complaint of this client."""
        self.ensure_one()
        return self.env[MODEL]._get_new_action(partner_id=self.id)

    def action_open_complaints(self):
        """All complaints of the client: of a company with all its contacts."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_complaint_action"
        )
        field = "commercial_partner_id" if self.is_commercial_entity else "partner_id"
        action["domain"] = [(field, "=", self.id)]
        action["context"] = {"default_partner_id": self.id}
        return action

    # ---- briefing ----

    def _get_briefing_sections(self):
        return [*super()._get_briefing_sections(), self._brief_complaints]

    def _brief_complaints(self, family):
        """Open complaints of the clients."""
        return self.env[MODEL]._brief_open("commercial_partner_id", self.ids)

    # ---- what survives ----

    def _leave_to_company(self):
        # sudo: complaints stay whole, whoever deletes the contact
        complaints = self.env[MODEL].sudo().with_context(active_test=False)
        complaints.search(
            Domain("partner_id", "in", self.ids) | Domain("commercial_partner_id", "in", self.ids)
        )._leave_partners(self)
        return super()._leave_to_company()

    def _refresh_relationship(self):
        result = super()._refresh_relationship()
        if ids := self.filtered("id").ids:
            self.env[MODEL]._acknowledge_answered(SQL("c.commercial_partner_id IN %s", tuple(ids)))
        return result

    @api.model
    def _query_hold(self):
        """While a complaint is open the rhythm rests: somebody deals with the client."""
        complains = self.env[MODEL]._query_open_of(SQL("client.id"))
        return SQL("CASE WHEN %s THEN 'complaint' ELSE %s END", complains, super()._query_hold())

    @api.model
    def _query_made_good(self):
        return SQL(
            """(SELECT max(complaint.date_resolved) FROM crm_complaint complaint
                 WHERE complaint.commercial_partner_id = client.id
                   AND complaint.state = %s)""",
            RESOLVED,
        )

    # ---- erasing a person ----

    def _get_erased_complaints(self, leads):
        """Complaints of these people, and those that came from their addresses without client."""
        # An underscore is no wildcard: jo_x@… and jo-x@… are two people.
        emails = [escape_psql(email) for email in self.mapped("email_normalized") if email]
        of_strangers = Domain("partner_id", "=", False) & Domain.OR(
            Domain("email_from", "=ilike", pattern)
            for email in emails
            for pattern in (email, f"%<{email}>%")
        )
        return (
            self.env[MODEL]
            .with_context(active_test=False)
            .search(
                Domain("partner_id", "in", self.ids)
                | Domain("lead_id", "in", leads.ids)
                | of_strangers
            )
        )

    def _get_documents_domain(self, model_field, leads):
        domain = super()._get_documents_domain(model_field, leads)
        complaints = self._get_erased_complaints(leads)
        return domain | (Domain(model_field, "=", MODEL) & Domain("res_id", "in", complaints.ids))

    def _get_links(self, leads, runs):
        links = super()._get_links(leads, runs)
        if complaints := self._get_erased_complaints(leads):
            ids = "|".join(map(str, complaints.ids))
            return rf"({links}|model=crm\.complaint&(amp;)?res_id=({ids})\M)"
        return links

    def _erase_leads(self, leads):
        """Complaints go with the leads: after the correspondence that is found by them."""
        complaints = self._get_erased_complaints(leads)
        for complaint in complaints:
            # That a remedy was written down, and a reason, is what let it be closed.
            said = [name for name in ("resolution", "untold_reason") if complaint[name]]
            self._erase_texts(
                complaint,
                name=self.env._("Complaint %s", complaint.id),
                **dict.fromkeys(said, self.env._("Erased")),
            )
        # Done activities keep the name of their document.
        activities = self.env["mail.activity"]
        done = activities.search([("res_model", "=", MODEL), ("res_id", "in", complaints.ids)])
        self.env.add_to_compute(activities._fields["res_name"], done)
        return super()._erase_leads(leads)
