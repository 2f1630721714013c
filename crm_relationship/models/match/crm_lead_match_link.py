from dataclasses import dataclass

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...engine.matching import Match, Verdict
from ..client.res_partner import PREFETCH_GROUP
from .crm_lead_match import EVIDENCES, PROPOSED, REJECTED

# Context: what the lead says of itself must not overwrite its client.
LINKING = "crm_relationship_linking"
# Context: the lead comes from a mail; its contact is whom Odoo found by the address.
INCOMING = "crm_relationship_incoming"
# What of a lead Odoo fills from its contact.
FILLED_FIELDS = [
    "contact_name",
    "partner_name",
    "function",
    "website",
    "lang_id",
    "email_from",
    "phone",
    "street",
    "street2",
    "city",
    "zip",
    "state_id",
    "country_id",
]
# What of a lead, when corrected, may tell who its client is.
TELLING_FIELDS = {"email_from", "phone"}


@dataclass
class Found:
    """What is known of the client of one new lead."""

    verdict: Verdict
    owner: dict | None = None

    @property
    def certain(self) -> Match | None:
        return self.verdict.certain


class CrmLead(models.Model):
    """A lead of a client we know is linked to it, or the client is proposed.

    A certain match is part of the values the lead is created with: nothing is
    updated afterwards. What the lead says of itself stays on the lead, what is
    kept of the client stays on the client.
    """

    _inherit = "crm.lead"

    match_evidence = fields.Selection(
        EVIDENCES,
        string="Client Linked By",
        readonly=True,
        copy=False,
        prefetch=PREFETCH_GROUP,
        help="What the lead and its client have in common, where the client was not chosen by hand "
        "but found.",
    )
    match_reason = fields.Char(string="Why This Client", compute="_compute_match_reason")
    match_ids = fields.One2many("crm.lead.match", "lead_id", string="Matches", copy=False)
    match_proposal_ids = fields.One2many(
        "crm.lead.match", string="Possible Clients", compute="_compute_match_proposal_ids"
    )

    @api.depends("match_evidence", "partner_id")
    @api.depends_context("lang")
    def _compute_match_reason(self):
        for lead in self:
            lead.match_reason = lead.match_evidence and lead._get_match_reason()

    def _get_match_reason(self):
        """Why this client, in words; without its name for who may not see the client."""
        self.ensure_one()
        value = self.email_normalized or self.phone_sanitized or ""
        if self.match_evidence == "domain":
            value = value.partition("@")[2]
        try:
            return self.env["crm.lead.match"]._get_reason(
                self.match_evidence, self.partner_id, value
            )
        except AccessError:
            return self._fields["match_evidence"].convert_to_export(self.match_evidence, self)

    @api.depends("match_ids.state", "partner_id")
    @api.depends_context("uid")
    def _compute_match_proposal_ids(self):
        """Who the clients of leads without one may be, as far as the user may see them."""
        self.match_proposal_ids = False
        unknown = self.filtered(lambda lead: not lead.partner_id and lead._origin)
        if not unknown:
            return
        domain = [("lead_id", "in", unknown._origin.ids), ("state", "=", PROPOSED)]
        proposals = self.env["crm.lead.match"].search(domain).grouped("lead_id")
        for lead in unknown:
            lead.match_proposal_ids = proposals.get(lead._origin)

    @api.model_create_multi
    def create(self, vals_list):
        found = self._match_new(vals_list)
        linked = [
            self._prepare_linked_vals(vals, match) if match and match.certain else vals
            for vals, match in zip(vals_list, found, strict=True)
        ]
        linking = self._hold_notices(found)
        if any(match and match.certain for match in found):
            # Not for others: each environment more is looked through for all that Odoo makes.
            linking = linking.with_context(**{LINKING: True})
        leads = super(CrmLead, linking).create(linked).with_env(self.env)
        matched = [pair for pair in zip(leads, found, strict=True) if pair[1]]
        self._propose((lead, match.verdict.proposals) for lead, match in matched)
        self._note_owners((lead, match.owner) for lead, match in matched)
        return leads

    def write(self, vals):
        if "partner_id" in vals and "match_evidence" not in vals:
            client = self.env["res.partner"].browse(self._get_given(vals, "partner_id"))
            self._release_history(client)
            if not client:
                self._reject_clients()
            vals = {**vals, "match_evidence": False}
        result = super().write(vals)
        if vals.keys() & TELLING_FIELDS and "partner_id" not in vals:
            self._match_corrected()
        return result

    @api.model
    def message_new(self, msg_dict, custom_values=None):
        # Odoo has looked for the sender of the mail already.
        incoming = self.with_context(**{INCOMING: True})
        lead = super(CrmLead, incoming).message_new(msg_dict, custom_values=custom_values)
        return lead.with_env(self.env)

    # ---- new leads ----

    @api.model
    def _match_new(self, vals_list):
        """What is known of the clients of leads to be created; None where one is given.

        Where the gateway gave one by the address of the mail, it is kept, and
        its owner is looked for.
        """
        found = [None] * len(vals_list)
        places = {
            place: self._prepare_new_inquiry(vals)
            for place, vals in enumerate(vals_list)
            if not self._get_given(vals, "partner_id")
            or (self.env.context.get(INCOMING) and self._is_unassigned(vals))
        }
        if not any(inquiry.asked() for inquiry in places.values()):
            return found
        verdicts, owners = self._find_clients(list(places.values()))
        for (place, inquiry), verdict in zip(places.items(), verdicts, strict=True):
            given = self._get_given(vals_list[place], "partner_id")
            if given and not (verdict.certain and given in owners):
                continue
            owner = self._pick_owner(given, verdict.certain, owners, inquiry.company_ids)
            found[place] = Found(verdict, owner)
        return found

    @api.model
    def _prepare_new_inquiry(self, vals):
        company = self._get_new_company(vals)
        return self._prepare_inquiry(
            {name: self._get_given(vals, name) for name in FILLED_FIELDS},
            self.env.company if company is None else company,
            family_id=vals.get("commercial_partner_id") or 0,
        )

    @api.model
    def _get_given(self, vals, name):
        """A value as given, by hand or by the context; of a record its id."""
        value = vals[name] if name in vals else self.env.context.get(f"default_{name}")
        return value.id if isinstance(value, models.BaseModel) else value

    @api.model
    def _get_new_company(self, vals):
        """The company a new lead will have; None when nothing decides it yet."""
        if company_id := self._get_given(vals, "company_id"):
            return self.env["res.company"].browse(company_id)
        if "company_id" in vals:
            return self.env["res.company"]
        if team_id := self._get_given(vals, "team_id"):
            team = self.env["crm.team"].browse(team_id).sudo()
            if team.company_id:
                return team.company_id.with_env(self.env)
        if self._get_given(vals, "user_id") or not self._is_unassigned(vals):
            return self.env.company
        return None

    @api.model
    def _is_unassigned(self, vals):
        """Nobody and nothing chose who deals with the lead.

        Odoo then takes whoever creates it: for an import or an outside system
        that is no choice. Who sees only their own leads keeps what they enter.
        """
        if "user_id" in vals or "default_user_id" in self.env.context:
            return not self._get_given(vals, "user_id")
        return self.env.su or self.env.user.has_group("sales_team.group_sale_salesman_all_leads")

    @api.model
    def _pick_owner(self, partner_id, match, owners, company_ids):
        """Who answers for a client in the company of the lead: the person's, else the company's."""
        if not match:
            return None
        for owner in owners[partner_id or match.partner_id]:
            if owner and (not company_ids or company_ids & set(owner["companies"] or ())):
                return owner
        return None

    @api.model
    def _prepare_linked_vals(self, vals, found):
        """The values of a new lead with its client.

        What is empty is left out, so that Odoo fills it from the client.
        """
        linked = {k: v for k, v in vals.items() if v or k not in FILLED_FIELDS}
        linked["partner_id"] = vals.get("partner_id") or found.certain.partner_id
        linked["match_evidence"] = found.certain.evidence
        if found.owner and self._is_unassigned(vals):
            linked["user_id"] = found.owner["id"]
            if team_id := self._pick_team(vals, found.owner):
                linked["team_id"] = team_id
        return linked

    @api.model
    def _pick_team(self, vals, owner):
        """The team of a lead that goes to the owner of its client: one of theirs, if any."""
        given = self._get_given(vals, "team_id")
        company = self._get_new_company(vals)
        companies = {0, *(self.env.company if company is None else company).ids}
        is_lead = (self._get_given(vals, "type") or self._fields["type"].default(self)) == "lead"
        teams = [team for team in owner["teams"] or () if team[1] in companies]
        if not teams or given in [team[0] for team in teams]:
            return given
        fitting = [team for team in teams if team[2 if is_lead else 3]]
        return (fitting or teams)[0][0]

    # ---- proposals ----

    @api.model
    def _propose(self, proposals):
        """Write down who the clients of leads may be, in one statement.

        :param proposals: (lead, matches) of each
        """
        rows = [
            (lead.id, match.family_id, match.evidence, match.value, match.strength)
            for lead, matches in proposals
            for match in matches
        ]
        if not rows:
            return
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_lead_match (
                    lead_id, partner_id, evidence, value, strength, state,
                    create_uid, create_date, write_uid, write_date)
                SELECT proposal.*, 'proposed', %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(leads)s, %(partners)s, %(evidences)s, %(values)s, %(strengths)s)
                    AS proposal
                RETURNING id
                """,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                **dict(
                    zip(
                        ("leads", "partners", "evidences", "values", "strengths"),
                        map(list, zip(*rows, strict=True)),
                        strict=True,
                    )
                ),
            )
        )
        self.env["crm.lead.match"].invalidate_model()
        self.invalidate_model(["match_ids", "match_proposal_ids"])

    # ---- leads that are there ----

    def _match_corrected(self):
        """Match leads again whose address or number was entered or corrected."""
        leads = self.filtered(
            lambda lead: lead.active and not lead.partner_id and (lead.email_from or lead.phone)
        )
        if not leads:
            return
        # sudo: proposals are nobody's to edit; whoever changes the lead brings them about
        matches = self.env["crm.lead.match"].sudo().search([("lead_id", "in", leads.ids)])
        rejected = matches.filtered(lambda match: match.state == REJECTED)
        (matches - rejected).unlink()
        wrong = rejected.grouped("lead_id")
        inquiries = [
            lead._prepare_known_inquiry(wrong.get(lead.sudo(), rejected.browse())) for lead in leads
        ]
        verdicts, owners = self._find_clients(inquiries)
        found = list(zip(leads, inquiries, verdicts, strict=True))
        self._propose((lead, verdict.proposals) for lead, __, verdict in found)
        for lead, inquiry, verdict in found:
            if match := verdict.certain:
                owner = self._pick_owner(None, match, owners, inquiry.company_ids)
                lead._link_client(match.partner_id, match.evidence, owner)

    def _prepare_known_inquiry(self, rejected):
        self.ensure_one()
        return self._prepare_inquiry(
            {**{name: self[name] for name in FILLED_FIELDS}, "country_id": self.country_id.id},
            self.company_id,
            not_family_ids=frozenset(rejected.partner_id.commercial_partner_id.ids),
        )

    def _link_client(self, partner_id, evidence, owner=None):
        """Link a lead to a client; what it says of itself stays as it is."""
        self.ensure_one()
        vals = {"partner_id": partner_id, "match_evidence": evidence}
        if owner and not self.user_id:
            vals["user_id"] = owner["id"]
        kept = [self._fields[name] for name in FILLED_FIELDS if self[name]]
        lead = self._hold_notices([Found(Verdict(), owner)])
        with self.env.protecting(kept, self):
            lead.write(vals)
        self._note_owners([(self, owner)])

    def _merge_dependences(self, opportunities):
        # sudo: what was said of any of them holds for the one that is left
        matches = opportunities.sudo().match_ids
        known = self.sudo().match_ids.partner_id
        matches.filtered(lambda match: match.partner_id not in known).lead_id = self.id
        return super()._merge_dependences(opportunities)

    def _keeps_own_address(self):
        """Whether a lead was linked by what it has in common with a client: then
        where they differ both are right, and neither overwrites the other."""
        return bool(self.match_evidence and self.partner_id == self._origin.partner_id)

    def _compute_email_from(self):
        keeping = self.filtered(lambda lead: lead.email_from and lead._keeps_own_address())
        return super(CrmLead, self - keeping)._compute_email_from()

    def _compute_phone(self):
        keeping = self.filtered(lambda lead: lead.phone and lead._keeps_own_address())
        return super(CrmLead, self - keeping)._compute_phone()

    def _inverse_email_from(self):
        return super(CrmLead, self._without_linked())._inverse_email_from()

    def _inverse_phone(self):
        return super(CrmLead, self._without_linked())._inverse_phone()

    def _without_linked(self):
        """These leads without those that are just being linked."""
        if not self.env.context.get(LINKING):
            return self
        return self.filtered(lambda lead: not lead.match_evidence)

    @api.depends("match_evidence")
    def _compute_partner_email_update(self):
        keeping = self.filtered(lambda lead: lead._keeps_own_value("email_from"))
        keeping.partner_email_update = False
        return super(CrmLead, self - keeping)._compute_partner_email_update()

    @api.depends("match_evidence")
    def _compute_partner_phone_update(self):
        keeping = self.filtered(lambda lead: lead._keeps_own_value("phone"))
        keeping.partner_phone_update = False
        return super(CrmLead, self - keeping)._compute_partner_phone_update()

    def _keeps_own_value(self, name):
        """Whether a value differs from the client's as it came: saving changes nothing."""
        return self._keeps_own_address() and self[name] == self._origin[name]
