from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.history.crm_interaction_meeting import MEETING_CHANNELS
from .crm_meeting_report import SCOPES

# Context keys of what is asked for, from the domain to the query: a period, a SELECT of contacts.
CONTACTS = "crm_meeting_report_contacts"
MET_SINCE = "crm_meeting_report_since"
PLANNED_UNTIL = "crm_meeting_report_until"

NEXT = SQL("next.date, next.user_id, next.event_id")


class CrmMeetingReport(models.Model):
    """Where the meetings are found.

    Each scope is two SELECTs: who will be met, and who was met and will not be; so that a
    question about the next meetings starts from these few and looks up the last one of each. Of
    a period or of contacts asked for it is one, of these only.
    """

    _inherit = "crm.meeting.report"

    @property
    def _table_query(self) -> SQL:
        if self.env.context.get(CONTACTS):
            parts = (self._query_contacts,)
        elif self.env.context.get(MET_SINCE):
            parts = (self._query_met_recently,)
        else:
            parts = (self._query_to_be_met, self._query_only_met)
        return SQL(" UNION ALL ").join(
            SQL("(%s)", self._query_rows(scope, *part(SQL.identifier(f"{scope}_id"))))
            for scope in SCOPES
            for part in parts
        )

    def _query_to_be_met(self, key):
        """Who will be met, and what is known of the last time."""
        tables = SQL(
            "(%s) next LEFT JOIN LATERAL (%s) last ON TRUE",
            self._query_next(key),
            self._query_last_of(key, SQL("next.%s", key)),
        )
        return tables, SQL("next.%s", key), SQL("TRUE"), NEXT

    def _query_contacts(self, key):
        """The contacts asked for, as far as they were met or will be met."""
        contact = SQL("contact.id")
        tables = SQL(
            """
            (%(contacts)s) contact
            LEFT JOIN LATERAL (%(last)s) last ON TRUE
            LEFT JOIN LATERAL (%(next)s) next ON TRUE
            """,
            contacts=self.env.context[CONTACTS],
            last=self._query_last_of(key, contact),
            next=self._query_next_of(key, contact),
        )
        condition = SQL("last.%(key)s IS NOT NULL OR next.%(key)s IS NOT NULL", key=key)
        return tables, contact, condition, NEXT

    def _query_only_met(self, key):
        """Who was met, and will not be met again as far as the calendar knows."""
        tables = SQL("(%s) last", self._query_last(key))
        condition = SQL(
            "NOT EXISTS (SELECT FROM (%(planned)s) planned WHERE planned.%(key)s = last.%(key)s)",
            planned=self._query_planned(),
            key=key,
        )
        nothing = SQL("NULL::timestamp, NULL::int4, NULL::int4")
        return tables, SQL("last.%s", key), condition, nothing

    def _query_met_recently(self, key):
        """Who was met in the period asked for, whether they will be met again or not."""
        tables = SQL(
            "(%(last)s) last LEFT JOIN (%(next)s) next ON next.%(key)s = last.%(key)s",
            last=self._query_last(key),
            next=self._query_next(key),
            key=key,
        )
        return (
            tables,
            SQL("last.%s", key),
            SQL("TRUE"),
            NEXT,
        )

    def _query_rows(self, scope, tables, key, condition, planned) -> SQL:
        """The rows of `tables`, which know the last meeting as ``last``, of the contacts `key`;
        `planned` are begin, organiser and id of the next one."""
        return SQL(
            """
            SELECT meeting.partner_id::int8 * %(scopes)s + %(number)s AS id,
                   %(scope)s::varchar AS scope,
                   meeting.partner_id,
                   partner.commercial_partner_id,
                   partner.company_id,
                   COALESCE(partner.user_id, client.user_id, last_user_id, next_user_id) AS user_id,
                   last_date,
                   last_user_id,
                   interaction.id AS last_interaction_id,
                   interaction.outcome_id,
                   interaction.outcome_result,
                   next_date,
                   next_user_id,
                   next_event_id
              FROM (SELECT %(key)s, last.date, last.user_id, last.interaction_id, %(planned)s
                      FROM %(tables)s
                     WHERE %(condition)s) AS meeting (
                   partner_id, last_date, last_user_id, interaction_id,
                   next_date, next_user_id, next_event_id)
              JOIN res_partner partner ON partner.id = meeting.partner_id
         LEFT JOIN res_partner client ON client.id = partner.commercial_partner_id
         LEFT JOIN %(interactions)s interaction ON interaction.id = meeting.interaction_id
            """,
            scopes=len(SCOPES),
            number=SCOPES.index(scope),
            scope=scope,
            key=key,
            planned=planned,
            tables=tables,
            condition=condition,
            interactions=self._query_interactions(),
        )

    def _query_last(self, key) -> SQL:
        return SQL(
            """
            SELECT DISTINCT ON (%(key)s) *
              FROM (%(met)s) met
          ORDER BY %(key)s, date DESC, interaction_id DESC NULLS LAST
            """,
            key=key,
            met=self._query_met(),
        )

    def _query_last_of(self, key, contact) -> SQL:
        return SQL(
            """
            SELECT *
              FROM (%(met)s) met
             WHERE met.%(key)s = %(contact)s
          ORDER BY date DESC, interaction_id DESC NULLS LAST
             LIMIT 1
            """,
            met=self._query_met(),
            key=key,
            contact=contact,
        )

    def _query_next(self, key) -> SQL:
        return SQL(
            "SELECT DISTINCT ON (%(key)s) * FROM (%(planned)s) planned "
            "ORDER BY %(key)s, date, event_id",
            key=key,
            planned=self._query_planned(),
        )

    def _query_next_of(self, key, contact) -> SQL:
        return SQL(
            """
            SELECT *
              FROM (%(planned)s) planned
             WHERE planned.%(key)s = %(contact)s
          ORDER BY date, event_id
             LIMIT 1
            """,
            planned=self._query_planned(),
            key=key,
            contact=contact,
        )

    def _query_met(self) -> SQL:
        """Who was met when: from the history, and from the calendar for all guests of a
        meeting and what the history has not taken over yet."""
        since = self.env.context.get(MET_SINCE)
        return SQL(
            """
            SELECT partner_id AS person_id, commercial_partner_id AS client_id,
                   date, user_id, id AS interaction_id
              FROM %(interactions)s held
             WHERE partner_id IS NOT NULL AND %(held_since)s
         UNION ALL
            SELECT guest.person_id, guest.client_id, guest.start, guest.user_id, noted.id
              FROM (%(guests)s) guest
         LEFT JOIN crm_interaction noted
                   ON noted.calendar_event_id IS NOT NULL
                  AND noted.calendar_event_id = guest.event_id
                  AND noted.commercial_partner_id = guest.client_id
             WHERE guest.stop <= %(now)s AND noted.is_attempt IS NOT TRUE AND %(guest_since)s
            """,
            interactions=self._query_interactions(),
            held_since=SQL("date >= %s", since) if since else SQL("TRUE"),
            guests=self._query_guests(),
            guest_since=SQL("guest.start >= %s", since) if since else SQL("TRUE"),
            now=fields.Datetime.now(),
        )

    def _query_planned(self) -> SQL:
        until = self.env.context.get(PLANNED_UNTIL)
        return SQL(
            """
            SELECT person_id, client_id, start AS date, user_id, event_id
              FROM (%(guests)s) guest
             WHERE stop > %(now)s AND %(until)s
            """,
            guests=self._query_guests(),
            now=fields.Datetime.now(),
            until=SQL("start <= %s", until) if until else SQL("TRUE"),
        )

    def _query_interactions(self) -> SQL:
        """Meetings of the history the user may read."""
        domain = Domain("channel", "in", MEETING_CHANNELS) & Domain("is_attempt", "=", False)
        interactions = self.env["crm.interaction"]
        columns = (
            *("id", "partner_id", "commercial_partner_id", "date", "user_id"),
            *("outcome_id", "outcome_result"),
        )
        query = interactions._search(domain)
        return query.subselect(
            *(interactions._field_to_sql(query.table, name, query) for name in columns)
        )

    def _query_guests(self) -> SQL:
        """Outside guests of meetings that are not cancelled, who did not decline; of a meeting
        without outside guest the client of its opportunity.

        No access rule: everybody inside reads all meetings, and Odoo keeps what is private to
        itself where the meeting is shown.
        """
        return SQL(
            """
            SELECT guest.id AS person_id, guest.commercial_partner_id AS client_id,
                   event.start, event.stop, event.user_id, event.id AS event_id
              FROM calendar_event event
              JOIN calendar_attendee attendee ON attendee.event_id = event.id
              JOIN res_partner guest ON guest.id = attendee.partner_id AND guest.partner_share
             WHERE event.active AND attendee.state IS DISTINCT FROM 'declined'
         UNION ALL
            SELECT guest.id, guest.commercial_partner_id,
                   event.start, event.stop, event.user_id, event.id
              FROM calendar_event event
              JOIN crm_lead lead ON lead.id = event.opportunity_id
              JOIN res_partner guest ON guest.id = lead.partner_id
             WHERE event.active AND event.opportunity_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM calendar_attendee attendee
                                 JOIN res_partner outside ON outside.id = attendee.partner_id
                                WHERE attendee.event_id = event.id AND outside.partner_share)
            """
        )
