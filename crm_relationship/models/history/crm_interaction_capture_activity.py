from odoo import api, fields, models
from odoo.tools import SQL

# The meeting `e` that activity `a` stands for, of lead `l`.
MEETING = SQL(
    """
    LEFT JOIN calendar_event e ON e.id = a.calendar_event_id
    LEFT JOIN crm_lead l ON l.id = e.opportunity_id
    """
)
NO_MEETING = SQL(
    "CROSS JOIN (SELECT NULL::int, NULL::timestamp, NULL::float8) e(id, start, duration)"
)


class CrmInteraction(models.Model):
    """Activities in the history: done, and what became of the others."""

    _inherit = "crm.interaction"

    @api.model
    def _query_plain_activities(self, events, documents=None):
        """The same of activities that neither are about a mail nor stand for a meeting.

        Most are such. A query is planned each time: what can't be is left out.
        """
        return self._query_activities(events, documents, is_plain=True)

    @api.model
    def _query_activities(self, events, documents=None, *, is_plain=False):
        """Rows of the done activities in `events` ({activity id: uid of who did it}).

        The moment is now and the person is who marked it done: an activity
        itself keeps a day only, and whom it was planned for. An activity to
        write a mail is that mail, when one was sent on the document within a
        day. One that stands for a meeting is that meeting, unless its guests
        were not entered and nothing else says that the client took part. Of
        documents that not everybody who sells may read, nothing but the fact is
        kept.
        """
        return SQL(
            """
            SELECT least(e.start, %(now)s::timestamp),
                   client.id,
                   client.commercial_partner_id,
                   document.lead_id,
                   done.user_id,
                   document.team_id,
                   coalesce(document.company_id, client.company_id),
                   t.interaction_channel,
                   'out',
                   false,
                   CASE WHEN document.is_open
                        THEN coalesce(nullif(a.summary, ''), document.name) END,
                   coalesce(e.duration, 0),
                   CASE WHEN document.is_open THEN nullif(a.feedback, '') END,
                   false,
                   false,
                   NULL::int,
                   a.id,
                   e.id,
                   a.res_model,
                   a.res_id,
                   'activity:' || a.id,
                   NULL::int,
                   NULL::text
              FROM mail_activity a
              JOIN (VALUES %(events)s) AS done(id, user_id) ON done.id = a.id
              JOIN mail_activity_type t ON t.id = a.activity_type_id
        CROSS JOIN LATERAL (%(documents)s) document
         LEFT JOIN res_partner client ON client.id = document.partner_id
         %(meeting)s
             WHERE t.interaction_channel IS NOT NULL
               AND (e.id IS NULL OR NOT (%(met)s))
               AND (client.id IS NULL OR client.partner_share)
               AND NOT (t.interaction_channel = 'email' AND (%(mailed)s))
            """,
            now=fields.Datetime.now(),
            events=SQL(", ").join(SQL("(%s, %s)", *event) for event in events.items()),
            documents=self._query_documents(documents, SQL("a.res_model"), SQL("a.res_id")),
            meeting=NO_MEETING if is_plain else MEETING,
            met=SQL("FALSE")
            if is_plain
            else SQL("EXISTS (%s)", self.env["calendar.event"]._query_guests()),
            mailed=SQL("FALSE") if is_plain else self._query_mailed(),
        )

    @api.model
    def _query_mailed(self):
        """Condition: the mail that activity `a` was about was written on its document.

        That is by who did it or was to do it, to the client, about the day it was done.
        """
        return SQL(
            """
            EXISTS (SELECT FROM mail_message m
                      JOIN res_users u ON u.partner_id = m.author_id
                           AND u.id IN (done.user_id, a.user_id)
                     WHERE m.model = a.res_model AND m.res_id = a.res_id
                       AND m.message_type IN ('email', 'comment')
                       AND m.date BETWEEN a.date_done - interval '1 day'
                                      AND a.date_done + interval '2 days'
                       AND EXISTS (%s))
            """,
            self._query_reached(),
        )

    @api.model
    def _query_activity_changes(self, events, documents=None):
        """Rows of activities that were put off or called off: nobody was reached.

        :param dict events: {origin key: values that `mail.activity` noted, see
            `_capture_change` there}
        """
        rows = SQL(", ").join(
            SQL(
                "(%s, %s, %s::int, %s, %s, %s, %s, %s, %s::int)",
                key,
                vals["user_id"],
                vals["activity_id"] or None,
                vals["res_model"],
                vals["res_id"],
                vals["channel"],
                vals["subject"] or None,
                vals["summary"],
                vals["outcome_id"] or None,
            )
            for key, vals in events.items()
        )
        return SQL(
            """
            SELECT %(now)s::timestamp,
                   client.id,
                   client.commercial_partner_id,
                   document.lead_id,
                   change.user_id,
                   document.team_id,
                   coalesce(document.company_id, client.company_id),
                   change.channel,
                   'out',
                   true,
                   CASE WHEN document.is_open THEN coalesce(change.subject, document.name) END,
                   0,
                   change.summary,
                   false,
                   false,
                   NULL::int,
                   a.id,
                   NULL::int,
                   change.res_model,
                   change.res_id,
                   change.key,
                   outcome.id,
                   outcome.result
              FROM (VALUES %(rows)s) AS change(
                   key, user_id, activity_id, res_model, res_id, channel, subject, summary,
                   outcome_id)
        CROSS JOIN LATERAL (%(documents)s) document
         LEFT JOIN mail_activity a ON a.id = change.activity_id
         LEFT JOIN res_partner client ON client.id = document.partner_id
         LEFT JOIN crm_interaction_outcome outcome ON outcome.id = change.outcome_id
             WHERE client.id IS NULL OR client.partner_share
            """,
            now=fields.Datetime.now(),
            rows=rows,
            documents=self._query_documents(
                documents, SQL("change.res_model"), SQL("change.res_id")
            ),
        )

    @api.model
    def _query_done_meetings(self, events, documents=None):
        """Rows of the meetings in `events` whose activity was marked done: they took place."""
        return self.env["calendar.event"]._query_held_meetings(
            fields.Datetime.now(), SQL("e.id IN %s", tuple(events))
        )
