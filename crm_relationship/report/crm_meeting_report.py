from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..models.crm_interaction_meeting import MEETING_CHANNELS
from ..models.crm_interaction_outcome import RESULTS


class CrmMeetingReport(models.Model):
    """When clients were last met, and when they will be met next.

    There is no table. In the scope ``person`` a row is one person met or to be met, in the
    scope ``client`` a company with all its people (a private person is a client too). Met: a
    meeting or visit of the history, or a meeting of the calendar that has ended, not cancelled,
    not declined by the guest and not noted as an attempt. To be met: the next meeting of the
    calendar that has not ended, with the guest or, if it has no outside guest, for the guest's
    opportunity.

    Interactions the user may not read are left out; of a colleague's private meeting one sees,
    as in the calendar, that it is.
    """

    _name = "crm.meeting.report"
    _description = "Last and Next Meetings"
    _auto = False
    _rec_name = "partner_id"
    _order = "last_date desc nulls last, id"
    _depends = {
        "crm.interaction": [
            "partner_id",
            "commercial_partner_id",
            "date",
            "user_id",
            "channel",
            "is_attempt",
            "outcome_id",
            "outcome_result",
            "calendar_event_id",
        ],
        "calendar.event": ["active", "start", "stop", "user_id", "opportunity_id"],
        "calendar.attendee": ["event_id", "partner_id", "state"],
        "crm.lead": ["partner_id"],
        "res.partner": ["commercial_partner_id", "company_id", "partner_share", "user_id"],
    }

    scope = fields.Selection(
        [("person", "Person"), ("client", "Client")],
        readonly=True,
        help="A row of a person, or of a client with all its people.",
    )
    partner_id = fields.Many2one("res.partner", "Name", readonly=True)
    commercial_partner_id = fields.Many2one("res.partner", "Client", readonly=True)
    company_id = fields.Many2one("res.company", readonly=True)
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        readonly=True,
        falsy_value_label="Nobody",
        help="Salesperson of the client; without one, who met or will meet them.",
    )

    # Behind us
    last_date = fields.Datetime(
        "Last Met", readonly=True, help="Begin of the last meeting or visit that took place."
    )
    last_user_id = fields.Many2one(
        "res.users", "Met By", readonly=True, help="Who of us held the last meeting."
    )
    last_interaction_id = fields.Many2one(
        "crm.interaction", "Last Meeting", readonly=True, help="The last meeting in the history."
    )
    outcome_id = fields.Many2one(
        "crm.interaction.outcome",
        "Ended",
        readonly=True,
        help="How the last meeting ended, if it was written down.",
    )
    outcome_result = fields.Selection(RESULTS, "Result", readonly=True)

    # Ahead
    next_date = fields.Datetime(
        "Next Appointment",
        readonly=True,
        help="Begin of the next meeting in the calendar. Empty: none is agreed.",
    )
    next_user_id = fields.Many2one(
        "res.users", "Organiser", readonly=True, help="Who of us organises the next meeting."
    )
    next_event_id = fields.Many2one("calendar.event", "Next Meeting", readonly=True)

    @property
    def _table_query(self) -> SQL:
        return SQL(
            "(%s) UNION ALL (%s)",
            self._query_scope("person", SQL("person_id"), 0),
            self._query_scope("client", SQL("client_id"), 1),
        )

    def _query_scope(self, scope, key, number) -> SQL:
        return SQL(
            """
            SELECT partner.id::int8 * 2 + %(number)s AS id,
                   %(scope)s::varchar AS scope,
                   partner.id AS partner_id,
                   partner.commercial_partner_id,
                   partner.company_id,
                   COALESCE(partner.user_id, client.user_id, last.user_id, next.user_id)
                       AS user_id,
                   last.date AS last_date,
                   last.user_id AS last_user_id,
                   interaction.id AS last_interaction_id,
                   interaction.outcome_id,
                   interaction.outcome_result,
                   next.date AS next_date,
                   next.user_id AS next_user_id,
                   next.event_id AS next_event_id
              FROM (SELECT DISTINCT ON (%(key)s) %(key)s AS key_id, *
                      FROM (%(met)s) met
                  ORDER BY %(key)s, date DESC, interaction_id DESC NULLS LAST) last
         FULL JOIN (SELECT DISTINCT ON (%(key)s) %(key)s AS key_id, *
                      FROM (%(planned)s) planned
                  ORDER BY %(key)s, date, event_id) next ON next.key_id = last.key_id
              JOIN res_partner partner ON partner.id = COALESCE(last.key_id, next.key_id)
         LEFT JOIN res_partner client ON client.id = partner.commercial_partner_id
         LEFT JOIN %(interactions)s interaction ON interaction.id = last.interaction_id
            """,
            number=number,
            scope=scope,
            key=key,
            met=self._query_met(),
            planned=self._query_planned(),
            interactions=self._query_interactions(),
        )

    def _query_met(self) -> SQL:
        """Who was met when: from the history, and from the calendar for all guests of a
        meeting and what the history has not taken over yet."""
        return SQL(
            """
            SELECT partner_id AS person_id, commercial_partner_id AS client_id,
                   date, user_id, id AS interaction_id
              FROM %(interactions)s held
             WHERE partner_id IS NOT NULL
         UNION ALL
            SELECT guest.person_id, guest.client_id, guest.start, guest.user_id, noted.id
              FROM (%(guests)s) guest
         LEFT JOIN crm_interaction noted
                   ON noted.calendar_event_id IS NOT NULL
                  AND noted.calendar_event_id = guest.event_id
                  AND noted.commercial_partner_id = guest.client_id
             WHERE guest.stop <= %(now)s AND noted.is_attempt IS NOT TRUE
            """,
            interactions=self._query_interactions(),
            guests=self._query_guests(),
            now=fields.Datetime.now(),
        )

    def _query_planned(self) -> SQL:
        return SQL(
            """
            SELECT person_id, client_id, start AS date, user_id, event_id
              FROM (%s) guest
             WHERE stop > %s
            """,
            self._query_guests(),
            fields.Datetime.now(),
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

    @api.model
    def _search(self, domain, *args, **kwargs):
        # Compiling the query to machine code takes longer than running it.
        self.env.cr.execute("SET LOCAL jit = off")
        return super()._search(domain, *args, **kwargs)

    def action_open_partner(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }
