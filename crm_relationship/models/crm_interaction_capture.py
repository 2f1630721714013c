from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

PENDING = "crm_relationship.capture"

# What a capture query selects, in the order of the columns it fills.
COLUMNS = (
    "date",
    "partner_id",
    "commercial_partner_id",
    "lead_id",
    "user_id",
    "team_id",
    "company_id",
    "channel",
    "direction",
    "is_attempt",
    "subject",
    "duration",
    "summary",
    "is_private",
    "needs_reply",
    "message_id",
    "activity_id",
    "calendar_event_id",
    "res_model",
    "res_id",
    "origin_key",
)


class CrmInteraction(models.Model):
    """How the history fills itself.

    What happens in a transaction is only noted, by id. Before the commit each
    kind of event becomes rows with one statement, however many there were:
    `INSERT ... SELECT ... ON CONFLICT DO NOTHING`, which also queues the clients
    for refresh. Nothing of a client, lead or message is updated.
    """

    _inherit = "crm.interaction"

    @api.model
    def _get_capture_queries(self):
        """Kinds of events: kind -> method that returns the SQL of its rows.

        Each method takes the noted ids and returns a SELECT of `COLUMNS`.
        """
        return {
            "message": self._query_messages,
            "activity": self._query_activities,
            "meeting": self._query_done_meetings,
        }

    @api.model
    def _capture(self, kind, ids):
        """Note that events of a `kind` happened; they are written before the commit."""
        pending = self.env.cr.precommit.data.setdefault(PENDING, {})
        if not pending:
            # sudo: the history is kept whoever acts, also a client on the portal
            self.env.cr.precommit.add(self.sudo()._flush_captured)
        pending.setdefault(kind, {}).update(dict.fromkeys(ids, self.env.uid))

    @api.model
    def _flush_captured(self):
        """Write what was noted in this transaction."""
        pending = self.env.cr.precommit.data.pop(PENDING, {})
        queries = self._get_capture_queries()
        for kind, events in pending.items():
            self._insert_captured(queries[kind](events))

    @api.model
    def _insert_captured(self, query):
        """Append the rows that `query` selects, each event once.

        :param SQL query: SELECT of `COLUMNS`
        :return: ids of the new rows
        """
        now = fields.Datetime.now()
        rows = self.env.execute_query(
            SQL(
                """
                WITH captured AS (
                    INSERT INTO crm_interaction (
                        %(columns)s, create_uid, create_date, write_uid, write_date)
                    SELECT event.*, %(uid)s, %(now)s, %(uid)s, %(now)s FROM (%(query)s) AS event
                    ON CONFLICT (origin_key) DO NOTHING
                    RETURNING id, commercial_partner_id
                ), queued AS (
                    INSERT INTO crm_relationship_refresh (partner_id)
                    SELECT DISTINCT commercial_partner_id FROM captured
                    WHERE commercial_partner_id IS NOT NULL
                )
                SELECT id FROM captured
                """,
                columns=SQL(", ").join(map(SQL.identifier, COLUMNS)),
                query=query,
                uid=self.env.uid,
                now=now,
            )
        )
        if rows:
            self.invalidate_model()
        return [row[0] for row in rows]

    # ---- messages ----

    @api.model
    def _get_capture_models(self):
        """Models whose mails are history: documents that belong to one client."""
        return {"crm.lead", "res.partner"}

    @api.model
    def _get_capture_message_types(self):
        return {"email", "comment", "email_outgoing", "sms"}

    @api.model
    def _may_be_contact(self, model, message_type):
        """Whether a message of this type on a document of `model` is worth a look."""
        return (
            model in self._get_capture_models()
            and message_type in self._get_capture_message_types()
        )

    @api.model
    def _query_messages(self, events):
        """Rows of the mails and SMS in `events` ({message id: uid}).

        What is said on a document is the history of the document's client,
        whoever said it: inbound what somebody outside wrote, outbound what
        reached one of the client's people. A note, a message among colleagues
        or to a vendor is neither. A document without client tells the history
        of whom we wrote to, or of the lead alone. A mail sent by a template, a
        mailing or the system itself is an attempt.
        """
        return SQL(
            """
            SELECT least(m.date, %(now)s::timestamp),
                   contact.id,
                   coalesce(client.commercial_partner_id, contact.commercial_partner_id),
                   l.id,
                   coalesce(us.id, l.user_id, client.user_id),
                   l.team_id,
                   coalesce(l.company_id, client.company_id),
                   CASE m.message_type WHEN 'sms' THEN 'sms' ELSE 'email' END,
                   CASE WHEN inbound.yes THEN 'in' ELSE 'out' END,
                   m.message_type = 'email_outgoing' OR m.is_internal IS TRUE
                       OR us.id IS NOT DISTINCT FROM %(robot)s,
                   coalesce(nullif(m.subject, ''), l.name),
                   0,
                   NULL::text,
                   false,
                   inbound.yes,
                   m.id,
                   NULL::int,
                   NULL::int,
                   m.model,
                   m.res_id,
                   'message:' || m.id
              FROM mail_message m
         LEFT JOIN mail_message_subtype subtype ON subtype.id = m.subtype_id
         LEFT JOIN crm_lead l ON m.model = 'crm.lead' AND l.id = m.res_id
         LEFT JOIN res_partner client ON client.id = CASE
                   WHEN m.model = 'res.partner' THEN m.res_id ELSE l.partner_id END
         LEFT JOIN res_partner author ON author.id = m.author_id
         LEFT JOIN LATERAL (
                   SELECT u.id FROM res_users u
                    WHERE u.partner_id = m.author_id AND u.share IS NOT TRUE
                    ORDER BY u.active DESC, u.id LIMIT 1
                   ) us ON true
        CROSS JOIN LATERAL (
                   SELECT m.message_type IN ('email', 'comment') AND us.id IS NULL
                          AND (m.author_id IS NULL OR author.partner_share) AS yes
                   ) inbound
         LEFT JOIN LATERAL (%(reached)s) reached ON true
         LEFT JOIN res_partner contact ON contact.id = CASE
                   WHEN inbound.yes THEN coalesce(m.author_id, client.id)
                   ELSE coalesce(reached.id, client.id) END
             WHERE m.id IN %(ids)s
               AND (m.message_type = 'sms'
                    OR (subtype.internal IS NOT TRUE AND m.is_internal IS NOT TRUE))
               AND (m.model = 'res.partner' OR l.id IS NOT NULL)
               AND (client.id IS NULL OR client.partner_share)
               AND (inbound.yes OR m.message_type IN ('sms', 'email_outgoing')
                    OR reached.id IS NOT NULL
                    OR strpos(m.outgoing_email_to,
                              coalesce(client.email_normalized, l.email_normalized)) > 0)
            """,
            # The clock of a sender may be wrong: nothing of the history is to come.
            now=fields.Datetime.now(),
            ids=tuple(events),
            reached=self._query_reached(),
            robot=SUPERUSER_ID,
        )

    @api.model
    def _query_reached(self):
        """SELECT of the person outside that message `m` went to.

        Of `client` it must be one of the family, best the client itself; of a
        lead without client it is anybody.
        """
        return SQL(
            """
            SELECT p.id FROM (
                   SELECT res_partner_id FROM mail_message_res_partner_rel
                    WHERE mail_message_id = m.id
                   UNION ALL
                   SELECT res_partner_id FROM mail_notification WHERE mail_message_id = m.id
                   ) recipient(partner_id)
              JOIN res_partner p ON p.id = recipient.partner_id AND p.partner_share
             WHERE client.id IS NULL
                OR p.commercial_partner_id = client.commercial_partner_id
             ORDER BY p.id IS NOT DISTINCT FROM client.id DESC, p.id LIMIT 1
            """
        )

    # ---- activities ----

    @api.model
    def _query_activities(self, events):
        """Rows of the done activities in `events` ({activity id: uid of who did it}).

        The moment is now and the person is who marked it done: an activity
        itself keeps a day only, and whom it was planned for.
        """
        return SQL(
            """
            SELECT %(now)s::timestamp,
                   client.id,
                   client.commercial_partner_id,
                   l.id,
                   done.user_id,
                   l.team_id,
                   coalesce(l.company_id, client.company_id),
                   t.interaction_channel,
                   'out',
                   false,
                   coalesce(nullif(a.summary, ''), l.name),
                   0,
                   nullif(a.feedback, ''),
                   false,
                   false,
                   NULL::int,
                   a.id,
                   NULL::int,
                   a.res_model,
                   a.res_id,
                   'activity:' || a.id
              FROM mail_activity a
              JOIN (VALUES %(events)s) AS done(id, user_id) ON done.id = a.id
              JOIN mail_activity_type t ON t.id = a.activity_type_id
         LEFT JOIN crm_lead l ON a.res_model = 'crm.lead' AND l.id = a.res_id
         LEFT JOIN res_partner client ON client.id = CASE
                   WHEN a.res_model = 'res.partner' THEN a.res_id ELSE l.partner_id END
             WHERE t.interaction_channel IS NOT NULL
               AND a.calendar_event_id IS NULL
               AND (l.id IS NOT NULL OR client.id IS NOT NULL)
               AND (client.id IS NULL OR client.partner_share)
            """,
            now=fields.Datetime.now(),
            events=SQL(", ").join(SQL("(%s, %s)", *event) for event in events.items()),
        )

    @api.model
    def _query_done_meetings(self, events):
        """Rows of the meetings in `events` whose activity was marked done: they took place."""
        return self.env["calendar.event"]._query_held_meetings(
            fields.Datetime.now(), SQL("e.id IN %s", tuple(events))
        )
