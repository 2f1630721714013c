from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL, ormcache

# Kinds of messages that are said to, or by, a client.
MESSAGE_TYPES = frozenset(
    {"email", "comment", "email_outgoing", "sms", "snailmail", "auto_comment", "out_of_office"}
)

# Of these none but the recipient reads, whatever their subtype says.
PRIVATE_TYPES = frozenset({"sms", "snailmail"})
# Anything but mails that came in, of which several addresses of ours may have got one.
SENT_ONCE = MESSAGE_TYPES - {"email"}


class CrmInteraction(models.Model):
    """Mails, SMS and letters in the history."""

    _inherit = "crm.interaction"

    @api.model
    def _get_capture_message_types(self):
        return MESSAGE_TYPES

    @api.model
    def _may_be_contact(self, model, message_type, subtype_id, is_internal):
        """Whether such a message on a document of `model` is worth a look.

        What is said among colleagues is not: a note costs nothing at all.
        """
        return (
            message_type in self._get_capture_message_types()
            and model in self._get_capture_models()
            and (
                message_type in PRIVATE_TYPES
                or not (is_internal or subtype_id in self._get_internal_subtypes())
            )
        )

    @api.model
    @ormcache()
    def _get_internal_subtypes(self):
        """Ids of the subtypes of what only colleagues read, like notes."""
        # sudo: technical; whoever changes one clears the cache
        subtypes = self.env["mail.message.subtype"].sudo()
        return frozenset(subtypes.search([("internal", "=", True)]).ids)

    @api.model
    def _capture_messages(self, message_ids, documents):
        """Note messages; one that a machine answered with is no answer.

        :param dict message_ids: {message id: its type}
        :param documents: names of the models the messages are on
        """
        is_automatic = self.env.context.get("crm_relationship_automatic_reply")
        kind = "automatic_message" if is_automatic else "message"
        self._capture(kind, message_ids, documents)

    @api.model
    def _query_automatic_messages(self, events, documents=None):
        """Rows of what a client's mailbox wrote by itself: history, but nobody waits."""
        return self._query_messages(events, documents, is_automatic=True)

    @api.model
    def _query_messages(self, events, documents=None, *, is_automatic=False):
        """Rows of the mails, SMS and letters in `events` ({message id: its type or anything}).

        What is said on a document is the history of the document's client,
        whoever said it: inbound what somebody outside wrote (not a colleague
        without user, nor our company itself), outbound what reached one of the
        client's people. A note, a message among colleagues or to a vendor is
        neither. A lead without client tells the history of whom we wrote to, or
        of the lead alone. A mail sent by a template, a mailing or the system
        itself is an attempt, and so is what could not be delivered. Of documents
        that not everybody who sells may read, nothing but the fact is kept. A
        mail that came in twice is one row.
        """
        return SQL(
            """
            SELECT %(columns)s
              FROM mail_message m %(parties)s
             WHERE m.id IN %(ids)s AND %(condition)s
             ORDER BY m.id  -- what is said in one second stays in the order in which it was said
            """,
            columns=self._query_message_columns(is_automatic),
            parties=self._query_parties(documents),
            ids=tuple(events),
            condition=self._query_is_contact(events),
        )

    @api.model
    def _query_message_columns(self, is_automatic):
        """`COLUMNS` of message `m`, of what `_query_parties` knows about it."""
        return SQL(
            """
                   least(m.date, %(now)s::timestamp),
                   contact.id,
                   coalesce(client.commercial_partner_id, contact.commercial_partner_id),
                   document.lead_id,
                   coalesce(us.id, document.user_id, client.user_id),
                   document.team_id,
                   coalesce(document.company_id, client.company_id),
                   CASE m.message_type WHEN 'sms' THEN 'sms' WHEN 'snailmail' THEN 'letter'
                        ELSE 'email' END,
                   CASE WHEN inbound.yes THEN 'in' ELSE 'out' END,
                   %(is_automatic)s
                       OR m.message_type IN ('email_outgoing', 'auto_comment', 'out_of_office')
                       OR m.is_internal IS TRUE OR us.id IS NOT DISTINCT FROM %(robot)s
                       OR (NOT inbound.yes AND (%(undelivered)s)),
                   CASE WHEN document.is_open THEN coalesce(nullif(m.subject, ''), document.name)
                        END,
                   0,
                   NULL::text,
                   false,
                   inbound.yes AND NOT %(is_automatic)s,
                   m.id,
                   NULL::int,
                   NULL::int,
                   m.model,
                   m.res_id,
                   'message:' || m.id,
                   NULL::int,
                   NULL::text
            """,
            # The clock of a sender may be wrong: nothing of the history is to come.
            now=fields.Datetime.now(),
            is_automatic=is_automatic,
            undelivered=self._query_undelivered(),
            robot=SUPERUSER_ID,
        )

    @api.model
    def _query_parties(self, documents):
        """Joins of who has to do with message `m`.

        `document` with its `client`, `author` and, when one of us wrote it, the user `us`,
        whether it is `inbound`, whom of the client's people it `reached`, and the `contact`,
        who is the one it is history of.
        """
        return SQL(
            """
        CROSS JOIN LATERAL (%(documents)s) document
         LEFT JOIN res_partner client ON client.id = document.partner_id
         LEFT JOIN res_partner author ON author.id = m.author_id
         LEFT JOIN LATERAL (
                   SELECT u.id FROM res_users u
                    WHERE u.partner_id = m.author_id AND u.share IS NOT TRUE
                    ORDER BY u.active DESC, u.id LIMIT 1
                   ) us ON true
        CROSS JOIN LATERAL (
                   SELECT m.message_type IN ('email', 'comment') AND us.id IS NULL
                          AND (m.author_id IS NULL OR author.partner_share)
                          AND NOT EXISTS (SELECT FROM res_company ours
                                           WHERE ours.partner_id = author.commercial_partner_id)
                          AS yes OFFSET 0  -- worked out once, not wherever it is asked for
                   ) inbound
         LEFT JOIN LATERAL (%(reached)s) reached ON true
        CROSS JOIN LATERAL (
                   SELECT CASE WHEN inbound.yes THEN coalesce(author.id, client.id)
                               ELSE coalesce(reached.id, client.id) END,
                          CASE WHEN inbound.yes THEN author.commercial_partner_id
                               ELSE reached.commercial_partner_id END
                   ) contact(id, commercial_partner_id)
            """,
            documents=self._query_documents(documents, SQL("m.model"), SQL("m.res_id")),
            reached=self._query_reached(),
        )

    @api.model
    def _query_is_contact(self, events):
        """Condition: message `m` is said to, or by, the client, and no note of ours."""
        return SQL(
            """
                   (m.message_type IN ('sms', 'snailmail')
                    OR (m.is_internal IS NOT TRUE
                        AND (m.subtype_id = ANY(%(internal_ids)s)) IS NOT TRUE))
               AND (client.id IS NULL OR client.partner_share)
               AND (inbound.yes OR m.message_type IN ('sms', 'snailmail', 'email_outgoing')
                    OR reached.id IS NOT NULL
                    OR strpos(' ' || translate(lower(concat_ws(' ', m.outgoing_email_to,
                                                               m.incoming_email_to,
                                                               m.incoming_email_cc)),
                                               '<>,;', '    ') || ' ',
                              ' ' || coalesce(client.email_normalized, document.email) || ' ') > 0)
               AND NOT %(came_before)s
            """,
            internal_ids=sorted(self._get_internal_subtypes()),
            came_before=self._query_came_before(events),
        )

    @api.model
    def _query_came_before(self, events):
        """Condition: message `m` is a mail that is in the history, by another address of ours.

        Of what comes together it is the first; of the past the one that is found first.
        """
        if events and SENT_ONCE.issuperset(events.values()):
            return SQL("FALSE")  # a query is planned each time: what can't be is left out
        return SQL(
            """
            EXISTS (
                   SELECT FROM mail_message twin
                    WHERE twin.message_id = CASE WHEN m.message_type = 'email'
                                                 THEN m.message_id END
                      AND twin.message_type = 'email' AND twin.id <> m.id
                      AND (twin.id < m.id AND twin.id IN %(ids)s
                           OR EXISTS (SELECT FROM crm_interaction i WHERE i.message_id = twin.id)))
            """,
            ids=tuple(events),
        )

    @api.model
    def _query_reached(self):
        """SELECT of the person outside that message `m` went to.

        Of `client` it must be one of the family, best the client itself; of a
        lead without client it is anybody.
        """
        return SQL(
            """
            SELECT p.id, p.commercial_partner_id FROM (
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

    @api.model
    def _query_undelivered(self):
        """SELECT of whether message `m` reached nobody outside, as far as is known."""
        return SQL(
            """
            SELECT coalesce(bool_and(
                       n.notification_status IN ('bounce', 'exception', 'canceled')), false)
              FROM mail_notification n LEFT JOIN res_partner p ON p.id = n.res_partner_id
             WHERE n.mail_message_id = m.id AND n.notification_type <> 'inbox'
               AND (p.id IS NULL OR p.partner_share)
            """
        )
