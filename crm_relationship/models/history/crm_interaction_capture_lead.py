from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

# Which of Odoo's own mediums say over which channel a lead came.
MEDIUM_CHANNELS = {
    "utm.utm_medium_email": "email",
    "utm.utm_medium_phone": "phone",
    "utm.utm_medium_website": "website",
}


class CrmInteraction(models.Model):
    """Leads in the history: with each of them somebody came to us."""

    _inherit = "crm.interaction"

    @api.model
    def _query_lead_history(self, events, documents=None):
        """Rows of leads that were imported or copied: nobody waits for an answer."""
        return self._query_leads(events, documents, is_inquiry=False)

    @api.model
    def _query_leads(self, events, documents=None, *, is_inquiry=True):
        """Rows of the leads in `events` ({lead id: anything}).

        A lead that a visitor made, or one of us for a colleague or for whoever
        takes it, is an inquiry that waits for an answer. What somebody made for
        himself or the system by itself, and what is decided already, is history
        only. A lead that came by mail has no row: the mail is the event.
        """
        return SQL(
            """
            SELECT least(l.create_date, %(now)s::timestamp),
                   client.id,
                   client.commercial_partner_id,
                   l.id,
                   coalesce(l.user_id, client.user_id),
                   l.team_id,
                   coalesce(l.company_id, client.company_id),
                   %(channel)s,
                   'in',
                   NOT waits.yes,
                   l.name,
                   0,
                   NULL::text,
                   false,
                   waits.yes,
                   NULL::int,
                   NULL::int,
                   NULL::int,
                   'crm.lead',
                   l.id,
                   'lead:' || l.id,
                   NULL::int,
                   NULL::text
              FROM crm_lead l
         LEFT JOIN res_partner client ON client.id = l.partner_id
         LEFT JOIN res_users maker ON maker.id = l.create_uid
        CROSS JOIN LATERAL (
                   SELECT %(is_inquiry)s AND l.active AND maker.id IS NOT NULL
                          AND coalesce(l.won_status, 'pending') = 'pending'
                          AND (maker.share
                               OR maker.id <> %(robot)s AND l.user_id IS DISTINCT FROM maker.id)
                          AS yes
                   ) waits
             WHERE l.id IN %(ids)s
               AND (client.id IS NULL OR client.partner_share)
               AND NOT EXISTS (
                   SELECT FROM mail_message m
                     LEFT JOIN res_partner author ON author.id = m.author_id
                    WHERE m.model = 'crm.lead' AND m.res_id = l.id AND m.message_type = 'email'
                      AND m.create_date <= l.create_date
                      AND author.partner_share IS NOT FALSE)
            """,
            now=fields.Datetime.now(),
            ids=tuple(events),
            channel=self._query_lead_channel(),
            is_inquiry=is_inquiry,
            robot=SUPERUSER_ID,
        )

    @api.model
    def _query_lead_channel(self):
        """Over which channel lead `l`, made by the user `maker`, came."""
        get_id = self.env["ir.model.data"]._xmlid_to_res_id
        mediums = {get_id(xmlid): channel for xmlid, channel in MEDIUM_CHANNELS.items()}
        cases = SQL(" ").join(
            SQL("WHEN l.medium_id = %s THEN %s", medium_id or None, channel)
            for medium_id, channel in mediums.items()
        )
        return SQL("CASE %s WHEN maker.share THEN 'website' ELSE 'other' END", cases)
