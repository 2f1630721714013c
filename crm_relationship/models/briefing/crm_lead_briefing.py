from odoo import fields, models

from ..history.crm_interaction_timeline import PAGE_SIZE
from .res_partner_briefing import KNOWN_BY_DAYS


class CrmLead(models.Model):
    _inherit = "crm.lead"

    def get_briefing(self):
        """What to know before speaking to the clients of these leads, one dict each.

        Of a lead with a client it is the briefing of that contact
        (`res.partner.get_briefing`). A lead whose client is not known yet, or
        is not for the caller to see, has no `client`; it gives `id` 0, `name`,
        `email`, `phone`, `last_contact`, `waiting`, `known_by` and `hidden` of
        the lead's own history. `playbooks` are also those for the lead's stage.

        :rtype: list[dict]
        :raise AccessError: the caller is no salesperson or may not read a lead
        """
        self.check_access("read")
        partners = self._get_known_clients()
        briefings = dict(zip(partners.ids, partners.get_briefing(), strict=True))
        strangers = self.filtered(lambda lead: lead.partner_id not in partners)
        strangers = strangers._get_strangers_briefing()
        return [briefings.get(lead.partner_id.id) or strangers[lead.id] for lead in self]

    def _get_known_clients(self):
        """The contacts of these leads, without those whose company the caller may not see."""
        self.partner_id.browse()._check_briefing_access()
        partners = self.partner_id._filtered_access("read")
        clients = partners.commercial_partner_id._filtered_access("read")
        return partners.filtered(lambda partner: partner.commercial_partner_id in clients)

    def get_timeline(self, filters=None, before=None, limit=PAGE_SIZE):
        """One page of the history of the lead's client, as `res.partner.get_timeline`.

        With the filter `is_own` of this lead only. A lead whose client is not
        known yet, or not for the caller to see, has no other history than its own.
        """
        self.ensure_one()
        self.check_access("read")
        if not self._get_known_clients():
            filters = {name: value for name, value in (filters or {}).items() if name != "is_own"}
            return self.env["crm.interaction"]._get_timeline(
                "lead_id", self.id, filters, before, limit
            )
        filters = dict(filters or {})
        if filters.pop("is_own", False):
            filters["lead_id"] = self.id
        return self.partner_id.get_timeline(filters, before, limit)

    def action_log_interaction(self):
        """Open the dialog that logs a contact about this lead."""
        self.ensure_one()
        return self.env["crm.interaction"]._get_log_action(self.partner_id, self)

    def _prepare_phone_choice(self):
        return {
            "res_model": self._name,
            "res_id": self.id,
            "name": self.partner_name or self.contact_name or self.name,
            "detail": self.env._("Lead: %s", self.name),
        }

    def _get_strangers_briefing(self):
        if not self:
            return {}
        interactions = self.env["crm.interaction"]
        since = fields.Datetime.subtract(fields.Datetime.now(), days=KNOWN_BY_DAYS)
        counts = interactions._count_history("lead_id", self.ids, since)
        histories = interactions._get_history_briefing("lead_id", self.ids)
        return {
            lead.id: {
                **lead._prepare_stranger_briefing(),
                **counts.get(lead.id, {}),
                **histories.get(lead.id, {}),
            }
            for lead in self
        }

    def _prepare_stranger_briefing(self):
        briefing = {
            "id": 0,
            "name": self.partner_name or self.contact_name or self.email_from or self.name,
            "waiting": [],
            "known_by": [],
            "hidden": 0,
        }
        addresses = {"email": self.email_from, "phone": self.phone}
        return {**briefing, **{name: value for name, value in addresses.items() if value}}
