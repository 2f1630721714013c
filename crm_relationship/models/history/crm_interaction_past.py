from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from .crm_interaction_capture import COLUMNS

# An inquiry of the past that is older waits no more: nobody would answer it now.
WAITING_DAYS = 30
# What rows of the past bear more than those of today.
PAST_COLUMNS = ("id", "reply_id", "response_hours", "response_alert")


class CrmInteraction(models.Model):
    """What is different about rows of the past (see `crm_interaction_backfill.py`).

    They come from the queries that capture events live. Those say "now" of what
    has no time of its own, and that every inquiry waits: both are corrected here.
    """

    _inherit = "crm.interaction"

    @api.model
    def _insert_past(self, query):
        """Append rows of the past; inquiries that were answered get their answer.

        They are signed by nobody: to look up the user for each of them twice, as the foreign
        keys do, takes a tenth of the time.

        :param SQL query: SELECT of `COLUMNS`
        :return: ids of the new rows
        """
        return self._insert_captured(
            self._query_past(query), (*COLUMNS, *PAST_COLUMNS), is_signed=False
        )

    @api.model
    def _query_past(self, query):
        """SELECT of the rows of `query`, with what was known of inquiries later on.

        Only those wait who still do: who asked in the last month on a deal that
        is still open. An older inquiry enters as one that needs a reply only if
        it got one, here or in what is in the history already: response times of
        the past count, and nobody is called about a mail of years ago. It is
        linked to its answer at once, and nobody is alarmed about it, for which
        `id` is drawn here. Of a stranger the refresh links the answer.
        """
        return SQL(
            """
            WITH event AS MATERIALIZED (
                SELECT nextval('crm_interaction_id_seq') AS id,
                       coalesce(event.commercial_partner_id, -event.lead_id) AS owner,
                       event.direction = 'out' AND event.is_attempt IS NOT TRUE AS answers,
                       event.*
                  FROM %(events)s
                 WHERE NOT EXISTS (SELECT FROM crm_interaction known
                                    WHERE known.origin_key = event.origin_key)
                   AND NOT EXISTS (SELECT FROM crm_interaction_deleted gone
                                    WHERE gone.origin_key = event.origin_key)
            ), followed AS (%(followed)s)
            SELECT %(columns)s,
                   event.id,
                   reply.answer[2]::int,
                   (reply.answer[1] - extract(epoch FROM event.date)) / 3600,
                   CASE WHEN needed.yes AND reply.answer IS NULL THEN 'past' END
              FROM followed event
         LEFT JOIN LATERAL (%(known_answer)s) known ON true
        CROSS JOIN LATERAL (
                   SELECT CASE WHEN event.needs_reply AND event.commercial_partner_id IS NOT NULL
                               THEN least(event.answer, known.answer) END
                   ) reply(answer)
        CROSS JOIN LATERAL (
                   SELECT event.needs_reply AND (
                          reply.answer IS NOT NULL OR event.answer IS NOT NULL
                          OR event.date >= %(since)s AND NOT EXISTS (
                             SELECT FROM crm_lead deal
                              WHERE deal.id = event.lead_id
                                AND (deal.active AND deal.won_status = 'pending') IS NOT TRUE)
                          OR event.commercial_partner_id IS NULL AND EXISTS (
                             SELECT FROM crm_interaction reply
                              WHERE reply.lead_id = event.lead_id AND %(answers)s))
                   ) needed(yes)
            """,
            events=self._query_as_table(query, "event"),
            columns=self._get_columns(needs_reply=SQL("coalesce(needed.yes, false)")),
            followed=self._query_followed(),
            known_answer=self._query_known_answer(),
            answers=self._query_answers_to("event"),
            since=fields.Datetime.subtract(fields.Datetime.now(), days=WAITING_DAYS),
        )

    @api.model
    def _query_followed(self):
        """SELECT of each `event` with moment and id of the first answer to it in the batch.

        What `_query_answers_to` says, found by sorting the batch: an answer comes at or after
        it, and is of the same company where both are of one.
        """
        return SQL(
            """
            SELECT event.*,
                   CASE WHEN company_id IS NULL THEN min(answering) OVER of_client
                        ELSE least(min(answering) OVER of_company,
                                   min(answering) FILTER (WHERE company_id IS NULL)
                                                  OVER of_client)
                   END AS answer
              FROM (SELECT event.*,
                           CASE WHEN answers AND owner IS NOT NULL
                                THEN ARRAY[extract(epoch FROM date), id] END AS answering
                      FROM event) AS event
            WINDOW of_client AS (PARTITION BY owner ORDER BY date DESC),
                   of_company AS (PARTITION BY owner, company_id ORDER BY date DESC)
            """
        )

    @api.model
    def _query_known_answer(self):
        """SELECT of moment and id of the first answer to `event` that is there already.

        Of what is no inquiry nothing is looked up.
        """
        return SQL(
            """
            SELECT ARRAY[extract(epoch FROM reply.date), reply.id] AS answer
              FROM crm_interaction reply
             WHERE event.needs_reply
               AND reply.commercial_partner_id = event.commercial_partner_id AND %s
             ORDER BY reply.date, reply.id LIMIT 1
            """,
            self._query_answers_to("event"),
        )

    @api.model
    def _query_past_activities(self, events):
        """Rows of activities that were done long ago.

        An activity keeps the day it was done and not who did it. Odoo writes a
        message into the document at that moment, in the name of who did it: the
        one of that type nearest to when the activity was last written. Where it
        is gone, the moment is when the activity was last written if that was on
        the day, else noon, and the person is who wrote it last, else whom it was
        planned for. A person is one of ours, never the system. An activity to
        write a mail is that mail, when the person sent one within a day before.
        """
        return SQL(
            """
            SELECT %(columns)s
              FROM (%(query)s) AS event(%(names)s)
              JOIN mail_activity origin ON origin.id = event.activity_id
         LEFT JOIN LATERAL (
                   SELECT m.date, m.author_id FROM mail_message m
                    WHERE m.model = origin.res_model AND m.res_id = origin.res_id
                      AND m.mail_activity_type_id = origin.activity_type_id
                      AND m.message_type = 'notification'
                      AND m.date >= origin.date_done - 1 AND m.date < origin.date_done + 2
                    ORDER BY abs(extract(epoch FROM m.date - origin.write_date)), m.id LIMIT 1
                   ) told ON true
        CROSS JOIN LATERAL (
                   SELECT coalesce(
                          told.date,
                          CASE WHEN origin.write_date::date = origin.date_done
                               THEN origin.write_date END,
                          origin.date_done + interval '12 hours'),
                          coalesce(
                          (SELECT u.id FROM res_users u
                            WHERE u.partner_id = told.author_id AND u.share IS NOT TRUE
                            ORDER BY u.active DESC, u.id LIMIT 1),
                          nullif(origin.write_uid, %(robot)s),
                          origin.user_id)
                   ) past(date, user_id)
         LEFT JOIN res_partner client ON client.id = event.partner_id
             WHERE NOT (event.channel = 'email' AND EXISTS (
                   SELECT FROM mail_message m JOIN res_users u ON u.partner_id = m.author_id
                    WHERE m.model = origin.res_model AND m.res_id = origin.res_id
                      AND u.id = past.user_id AND m.message_type IN ('email', 'comment')
                      AND m.date BETWEEN past.date - interval '1 day' AND past.date
                      AND EXISTS (%(reached)s)))
            """,
            query=self._query_activities(events),
            names=SQL(", ").join(map(SQL.identifier, COLUMNS)),
            columns=self._get_columns(date=SQL("past.date"), user_id=SQL("past.user_id")),
            reached=self._query_reached(),
            robot=SUPERUSER_ID,
        )

    @api.model
    def _query_past_leads(self, events):
        """Rows of leads that came long ago.

        Only what a visitor made is an inquiry: whether one of us typed a lead in
        for a colleague or imported a list of them, nothing tells any more.
        """
        return SQL(
            """
            SELECT %(columns)s
              FROM (%(query)s) AS event(%(names)s)
              JOIN crm_lead origin ON origin.id = event.lead_id
         LEFT JOIN res_users maker ON maker.id = origin.create_uid
            """,
            query=self._query_leads(events),
            names=SQL(", ").join(map(SQL.identifier, COLUMNS)),
            columns=self._get_columns(
                is_attempt=SQL("event.is_attempt OR maker.share IS NOT TRUE"),
                needs_reply=SQL("event.needs_reply AND maker.share"),
            ),
        )

    @api.model
    def _get_columns(self, **corrected):
        """The columns of `event`, some of them corrected."""
        return SQL(", ").join(
            corrected.get(column) or SQL.identifier("event", column) for column in COLUMNS
        )
