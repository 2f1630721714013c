from odoo import api, fields, models
from odoo.exceptions import UserError

# What agrees between an inquiry and a client; `engine.matching.Evidence`.
EVIDENCES = [
    ("email_phone", "Same e-mail and phone"),
    ("email", "Same e-mail"),
    ("phone", "Same phone"),
    ("domain", "Same company domain"),
    ("archived", "Archived contact"),
]
PROPOSED = "proposed"
REJECTED = "rejected"


class CrmLeadMatch(models.Model):
    """A client that an inquiry may come from.

    Proposed where it is not certain enough to link by itself
    (`engine/matching.py`), until somebody links it or says that it is not
    them. What was rejected stays, so that it is never proposed again; it is
    kept by client, since another person of a wrong client is as wrong.
    """

    _name = "crm.lead.match"
    _description = "Possible Client of a Lead"
    _order = "strength desc, id"
    _rec_name = "partner_id"

    lead_id = fields.Many2one(
        "crm.lead", required=True, readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    # Of a client that was chosen by hand and taken off again nothing need agree.
    evidence = fields.Selection(EVIDENCES, readonly=True)
    value = fields.Char(string="What Agrees", readonly=True)
    strength = fields.Integer(readonly=True, aggregator=None)
    state = fields.Selection(
        [(PROPOSED, "Proposed"), (REJECTED, "Not Them")],
        default=PROPOSED,
        required=True,
        readonly=True,
    )
    reason = fields.Char(compute="_compute_reason")

    @api.depends("evidence", "value", "partner_id")
    @api.depends_context("lang")
    def _compute_reason(self):
        for match in self:
            match.reason = self._get_reason(match.evidence, match.partner_id, match.value)

    @api.model
    def _get_reason(self, evidence, partner, value=""):
        """Why a client is thought to be the one, in words."""
        if not evidence:
            return False
        name = partner.name or partner.display_name
        if partner.commercial_partner_id != partner:
            name = self.env._(
                "%(person)s (%(company)s)", person=name, company=partner.commercial_partner_id.name
            )
        if evidence == "email_phone":
            return self.env._("Same e-mail and phone number as %s", name)
        if evidence == "email":
            return self.env._("Same e-mail as %s", name)
        if evidence == "phone":
            return self.env._("Same phone number as %s", name)
        if evidence == "domain":
            return self.env._(
                "Same company domain as %(name)s: %(domain)s", name=name, domain=value
            )
        return self.env._("%(name)s is archived and had %(value)s", name=name, value=value)

    def action_link(self):
        """It is them: link the lead."""
        self.ensure_one()
        if self.lead_id.partner_id:
            raise UserError(
                self.env._(
                    "This lead has a contact already: %s. Remove it from the lead first.",
                    self.lead_id.partner_id.display_name,
                )
            )
        self.lead_id._link_client(self.partner_id.id, self.evidence)
        return True

    def action_reject(self):
        """It is not them: never propose this client for this lead again."""
        self.check_access("read")
        self.lead_id.check_access("write")
        # sudo: whoever may change the lead may say that; the row itself is nobody's to edit
        self.sudo().state = REJECTED
        return True
