from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import retry_on_collision

# How long after its end a meeting may still be entered and get into the history.
LOOK_BACK_DAYS = 30
BATCH_SIZE = 1000


class CalendarEvent(models.Model):
    _inherit = "calendar.event"

    @api.model
    def _cron_capture_meetings(self):
        """Write the meetings that took place into the history of their clients."""
        retry_on_collision(self.env.cr, self._capture_meetings)

    @api.model
    def _capture_meetings(self):
        interactions = self.env["crm.interaction"]
        now = fields.Datetime.now()
        since = fields.Datetime.subtract(now, days=LOOK_BACK_DAYS)
        query = self._query_held_meetings(
            now, SQL("e.stop BETWEEN %s AND %s", since, now), limit=BATCH_SIZE
        )
        while captured := interactions._insert_captured(query):
            if not self.env["ir.cron"]._commit_progress(len(captured), remaining=0):
                break

    @api.model
    def _query_held_meetings(self, now, condition, *, limit=None, is_again=False):
        """SELECT of history rows of meetings that took place.

        A meeting took place when it was not cancelled (archived) and not every
        outside guest declined. It is one row for each client that took part, or
        for the lead it belongs to. None that is in the history already.

        :param datetime now: naive UTC
        :param SQL condition: which meetings `e`
        :param int limit: at most so many meetings, for a caller who asks again until none is left
        :param bool is_again: also of meetings that are in the history
        """
        self.flush_model()
        held = self._query_held(condition, limit=limit, is_again=is_again)
        return SQL(
            """
            SELECT %(columns)s
              FROM (%(held)s) e
         LEFT JOIN crm_lead l ON l.id = e.opportunity_id
         LEFT JOIN res_users_settings setting ON setting.user_id = e.user_id
        CROSS JOIN LATERAL (
                   SELECT coalesce(e.privacy, setting.calendar_default_privacy, 'public')
                          = 'private'
                   ) secret(yes)
        CROSS JOIN LATERAL (
                   SELECT DISTINCT ON (guest.commercial_partner_id)
                          guest.id, guest.commercial_partner_id, guest.company_id, guest.user_id
                     FROM (%(guests)s) guest
                    ORDER BY guest.commercial_partner_id, guest.is_lead, guest.id
                   ) client
            """,
            columns=self._query_meeting_columns(now),
            held=held,
            guests=self._query_guests(),
        )

    @api.model
    def _query_meeting_columns(self, now):
        """Columns of the history row of meeting `e` of lead `l` with `client`."""
        return SQL(
            """
                   least(e.start, %(now)s::timestamp),
                   client.id,
                   client.commercial_partner_id,
                   l.id,
                   coalesce(e.user_id, (%(host)s), l.user_id, client.user_id),
                   l.team_id,
                   coalesce(l.company_id, client.company_id),
                   'meeting',
                   'out',
                   false,
                   CASE WHEN NOT secret.yes THEN e.name END,
                   coalesce(e.duration, 0),
                   NULL::text,
                   secret.yes,
                   false,
                   NULL::int,
                   NULL::int,
                   e.id,
                   CASE WHEN l.id IS NULL THEN 'res.partner' ELSE 'crm.lead' END,
                   coalesce(l.id, client.id),
                   'event:' || e.id || ':' || coalesce(client.commercial_partner_id, 0),
                   NULL::int,
                   NULL::text
            """,
            now=now,
            host=self._query_host(),
        )

    @api.model
    def _query_host(self):
        """SELECT of who of us took part in meeting `e`: asked where it has no organiser."""
        return SQL(
            """
            SELECT u.id FROM calendar_attendee a
              JOIN res_users u ON u.partner_id = a.partner_id AND u.active AND u.share IS NOT TRUE
             WHERE a.event_id = e.id AND a.state IS DISTINCT FROM 'declined'
             ORDER BY a.id LIMIT 1
            """
        )

    @api.model
    def _query_held(self, condition, *, limit, is_again):
        """SELECT of the meetings `e` that took place with somebody outside."""
        return SQL(
            """
            SELECT e.* FROM calendar_event e
              LEFT JOIN crm_lead l ON l.id = e.opportunity_id
             WHERE e.active AND %(condition)s
               AND (%(is_again)s
                    OR NOT EXISTS (SELECT FROM crm_interaction i
                                    WHERE i.calendar_event_id = e.id))
               AND EXISTS (%(guests)s)
             ORDER BY e.id LIMIT %(limit)s
            """,
            condition=condition,
            is_again=is_again,
            guests=self._query_guests(),
            limit=limit,
        )

    @api.model
    def _query_guests(self):
        """SELECT of the outsiders of meeting `e` with lead `l` who did not decline."""
        return SQL(
            """
            SELECT p.id, p.commercial_partner_id, p.company_id, p.user_id, 0 AS is_lead
              FROM calendar_attendee a
              JOIN res_partner p ON p.id = a.partner_id AND p.partner_share
             WHERE a.event_id = e.id AND a.state IS DISTINCT FROM 'declined'
            UNION ALL
            SELECT p.id, p.commercial_partner_id, p.company_id, p.user_id, 1
              FROM (SELECT l.partner_id WHERE l.id IS NOT NULL) lead(partner_id)
              LEFT JOIN res_partner p ON p.id = lead.partner_id
             WHERE NOT EXISTS (
                   SELECT FROM calendar_attendee a
                     JOIN res_partner g ON g.id = a.partner_id AND g.partner_share
                    WHERE a.event_id = e.id)
            """
        )
