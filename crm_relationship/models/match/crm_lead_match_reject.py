from odoo import models

from .crm_lead_match import EVIDENCES, REJECTED
from .crm_lead_match_link import FILLED_FIELDS

# What people say of themselves stays, whatever client they turn out to be: their name, and the
# address or number if the client was found by it. The other one can be the client's.
OWN_FIELDS = {
    "contact_name": {*dict(EVIDENCES)},
    "email_from": {"email_phone", "email", "archived"},
    "phone": {"email_phone", "phone", "archived"},
}


class CrmLead(models.Model):
    """A client that turns out not to be the lead's is taken off, and not found again."""

    _inherit = "crm.lead"

    def action_reject_client(self):
        """The client that was found is not them: take it off, and never find it again.

        What the lead has from that client goes with it, what people wrote of
        themselves stays.
        """
        self.ensure_one()
        self.check_access("write")
        taken = {
            name: False
            for name in FILLED_FIELDS
            if not self._is_own(name) and self[name] and self[name] == self._get_filled(name)
        }
        own = [self._fields[name] for name in OWN_FIELDS]
        with self.env.protecting(own, self):
            self.write({"partner_id": False, **taken})
        return True

    def _is_own(self, name):
        """Whether people wrote it of themselves, although the client has the same."""
        return name in OWN_FIELDS and (
            not self.match_evidence or self.match_evidence in OWN_FIELDS[name]
        )

    def _reject_clients(self):
        """Remember that the clients of these leads, about to be taken off, are not them.

        No correction of a lead finds them again; whoever chooses one by hand is right.
        """
        # sudo: proposals are nobody's to edit; whoever may change the lead may say that
        matches = self.env["crm.lead.match"].sudo()
        for lead in self.filtered("partner_id"):
            client = lead.partner_id.commercial_partner_id
            known = lead.sudo().match_ids.filtered(
                lambda match, client=client: match.partner_id.commercial_partner_id == client
            )
            known.state = REJECTED
            if not known:
                matches.create(
                    {
                        "lead_id": lead.id,
                        "partner_id": client.id,
                        "evidence": lead.match_evidence,
                        "state": REJECTED,
                    }
                )

    def _release_history(self, client):
        """Take the history of leads that were linked by themselves from who was not the client.

        It is a stranger's then, and becomes that of the `client` who is chosen instead.
        """
        family = client.commercial_partner_id
        wrong = self.filtered(
            lambda lead: lead.match_evidence and lead.partner_id.commercial_partner_id != family
        )
        # sudo: the history moves as a whole, whatever part of it the user may read
        for lead in wrong.sudo():
            former = lead.partner_id.commercial_partner_id
            lead.interaction_ids.filtered(
                lambda row, former=former: row.commercial_partner_id == former
            ).partner_id = False

    def _get_filled(self, name):
        """What Odoo fills a field of the lead with from its contact."""
        if name == "partner_name":
            return self.partner_id.commercial_partner_id.name
        if name == "email_from":
            return self.partner_id.email
        if name == "lang_id":
            return self.env["res.lang"]._lang_get(self.partner_id.lang)
        return self.partner_id[name]
