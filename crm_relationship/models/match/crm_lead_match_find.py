from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL, email_normalize

from odoo.addons.iap.tools.iap_tools import mail_prepare_for_domain_search

from ...engine.addresses import is_role_mailbox
from ...engine.matching import SHARED_BY_MAX, Contact, Inquiry, judge
from ..client.res_partner_find import WEBSITE_DOMAIN

# What of contacts, users and teams is looked at; written first when it has changed.
READ_FIELDS = {
    "res.partner": [
        "active",
        "commercial_partner_id",
        "company_id",
        "email_normalized",
        "is_company",
        "name",
        "phone_sanitized",
        "type",
        "user_id",
        "website",
    ],
    "res.users": ["active", "company_ids", "partner_id", "share"],
    "res.company": ["partner_id"],
    "crm.team": ["active", "company_id", "sequence", "use_leads", "use_opportunities", "user_id"],
    "crm.team.member": ["active", "crm_team_id", "user_id"],
}
# Contacts of one address or number that are looked at; many more than tell anything.
CONTACTS_MAX = 200


class CrmLead(models.Model):
    """Finding the clients of inquiries: one statement, however many there are."""

    _inherit = "crm.lead"

    @api.model
    def _find_clients(self, inquiries):
        """Which clients these inquiries come from.

        :param list[Inquiry] inquiries: who they say to be
        :return: the verdicts in the same order, and who answers for the clients:
            two dicts by contact, its own and its company's salesperson
        """
        keys = list(dict.fromkeys(key for inquiry in inquiries for key in inquiry.asked()))
        known, owners = defaultdict(list), {}
        for kind, value, contact, owner, family_owner in self._fetch_known(keys):
            known[kind, value].append(contact)
            owners[contact.partner_id] = [owner, family_owner]
            owners.setdefault(contact.family_id, [None, family_owner])
        return [judge(inquiry, known) for inquiry in inquiries], owners

    @api.model
    def _fetch_known(self, keys):
        """Contacts that have the given addresses, numbers and domains."""
        if not keys:
            return
        for model, names in READ_FIELDS.items():
            self.env[model].flush_model(names)
        for kind, value, *columns, owner, family_owner in self.env.execute_query(
            self._query_known(keys)
        ):
            yield kind, value, Contact(*columns), owner, family_owner

    @api.model
    def _query_known(self, keys):
        """Who has the asked values: (kind, value, `Contact`..., owner, owner of the family).

        Our own people and companies are nobody's clients. Read without record
        rules: who may be shown what is decided by the company of the inquiry
        and, for what is proposed, by the rules of `crm.lead.match`.
        """
        values = defaultdict(list)
        for kind, value in keys:
            values[kind].append(value)
        return SQL(
            """
            WITH found AS MATERIALIZED (%(found)s), contact AS MATERIALIZED (
                SELECT found.kind, found.value, p.id, p.commercial_partner_id, p.name,
                       family.name AS family_name, coalesce(p.company_id, 0) AS company_id,
                       NOT p.is_company AND p.type = 'contact' AS is_person,
                       p.active AND family.active AS is_active,
                       p.user_id, family.user_id AS family_user_id
                  FROM found
                  JOIN res_partner p ON p.id = found.id
                  JOIN res_partner family ON family.id = p.commercial_partner_id
                 WHERE NOT EXISTS (SELECT FROM res_users u
                                    WHERE u.partner_id = p.id AND u.active AND NOT u.share)
                   AND NOT EXISTS (SELECT FROM res_company c
                                    WHERE c.partner_id = p.commercial_partner_id)
            ), owner AS MATERIALIZED (%(owners)s)
            SELECT contact.kind, contact.value, contact.id, contact.commercial_partner_id,
                   coalesce(contact.name, ''), coalesce(contact.family_name, ''),
                   contact.company_id, contact.is_person, contact.is_active,
                   owner.vals, family_owner.vals
              FROM contact
              LEFT JOIN owner ON owner.id = contact.user_id
              LEFT JOIN owner family_owner ON family_owner.id = contact.family_user_id
             ORDER BY contact.id
            """,
            found=SQL(" UNION ALL ").join(
                self._query_having(kind, asked) for kind, asked in values.items()
            ),
            owners=self._query_owners(),
        )

    @api.model
    def _query_having(self, kind, values):
        """Contacts with one of these values: by the index of that value, value by value."""
        select = {
            "email": SQL(
                "SELECT p.id FROM res_partner p WHERE p.email_normalized = asked.value LIMIT %s",
                CONTACTS_MAX,
            ),
            "phone": SQL(
                "SELECT p.id FROM res_partner p WHERE p.phone_sanitized = asked.value LIMIT %s",
                CONTACTS_MAX,
            ),
            # One contact of each family will do, and none where it is everybody's.
            "domain": SQL(
                """
                SELECT min(p.id) AS id FROM (
                    (SELECT id, commercial_partner_id FROM res_partner
                      WHERE split_part(email_normalized, '@', 2) = asked.value AND active
                      LIMIT %(max)s)
                     UNION ALL
                    (SELECT id, commercial_partner_id FROM res_partner
                      WHERE %(website)s = asked.value AND active LIMIT %(max)s)
                ) p GROUP BY p.commercial_partner_id LIMIT %(shared)s
                """,
                website=SQL(WEBSITE_DOMAIN),
                max=CONTACTS_MAX,
                shared=SHARED_BY_MAX + 1,
            ),
        }
        # The inner SELECT hides from the planner how many values there are: it would compile
        # (JIT) or read the whole table for what are a few thousand look-ups by an index.
        return SQL(
            """SELECT %s AS kind, asked.value, partner.id
                 FROM unnest((SELECT %s)) AS asked(value) CROSS JOIN LATERAL (%s) AS partner""",
            kind,
            list(values),
            select[kind],
        )

    @api.model
    def _query_owners(self):
        """Salespeople of the found clients who still work here, with companies and teams."""
        return SQL(
            """
            SELECT u.id, jsonb_build_object(
                       'id', u.id,
                       'companies', (SELECT jsonb_agg(rel.cid) FROM res_company_users_rel rel
                                      WHERE rel.user_id = u.id),
                       'teams', (
                           SELECT jsonb_agg(jsonb_build_array(
                                      t.id, coalesce(t.company_id, 0),
                                      coalesce(t.use_leads, false),
                                      coalesce(t.use_opportunities, false)
                                  ) ORDER BY t.sequence, t.id)
                             FROM crm_team t
                            WHERE t.active AND (t.user_id = u.id OR EXISTS (
                                  SELECT FROM crm_team_member m WHERE m.crm_team_id = t.id
                                     AND m.user_id = u.id AND m.active)))
                   ) AS vals
              FROM res_users u
             WHERE u.active AND NOT u.share AND u.id IN (
                   SELECT user_id FROM contact UNION SELECT family_user_id FROM contact)
            """
        )

    @api.model
    def _prepare_inquiry(self, vals, company, **more):
        """Who the values of a lead say to be.

        :param company: of ours, whose contacts it may be; empty: only those of all companies
        """
        email = email_normalize(vals.get("email_from") or "", strict=False) or ""
        # A free-mail provider is no company: Odoo then gives the whole address back.
        domain = mail_prepare_for_domain_search(email) or ""
        domain = domain[1:] if domain.startswith("@") else ""
        phone = self._format_inquiry_phone(vals, company)
        shared = self.env["crm.lead.match.shared"]._get_shared()
        return Inquiry(
            email="" if email in shared["email"] else email,
            phone="" if phone in shared["phone"] else phone,
            domain="" if domain in shared["domain"] else domain,
            contact_name=vals.get("contact_name") or "",
            company_name=vals.get("partner_name") or "",
            is_role=bool(email) and is_role_mailbox(email, shared["mailbox"]),
            company_ids=frozenset(company.ids),
            **more,
        )

    @api.model
    def _format_inquiry_phone(self, vals, company):
        """The number as contacts have it: read by the country of the lead, else the company's."""
        if not vals.get("phone"):
            return ""
        country = self.env["res.country"].browse(vals.get("country_id") or ())
        country = country or (company or self.env.company).country_id
        return self._phone_format_number(vals["phone"], country) or ""
