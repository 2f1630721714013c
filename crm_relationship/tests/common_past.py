from odoo.tools import SQL

from odoo.addons.mail.tests.common import MailCommon

from .common import RelationshipCommon

# What a row of the history says, whoever wrote it and when.
FACTS = (
    "origin_key",
    "date",
    "partner_id",
    "commercial_partner_id",
    "lead_id",
    "user_id",
    "channel",
    "direction",
    "is_attempt",
    "subject",
    "summary",
    "duration",
    "needs_reply",
    "message_id",
    "activity_id",
    "calendar_event_id",
)


class PastCommon(MailCommon, RelationshipCommon):
    """A past that happened before the addon was there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.backfill = cls.env["crm.interaction.backfill"]

    def _forget(self):
        """As if the addon had not been there until now."""
        self._end_transaction()
        for table in (
            "crm_interaction",
            "crm_relationship_refresh",
            "crm_relationship_status_change",
        ):
            self.env.execute_query(SQL("DELETE FROM %s RETURNING id", SQL.identifier(table)))
        self.env.execute_query(
            SQL(
                """
                UPDATE res_partner SET relationship_status_id = NULL,
                       relationship_status_date = NULL, acquisition_date = NULL
                 WHERE commercial_partner_id IN %s RETURNING id
                """,
                (self.oak.id, self.lumen.id),
            )
        )
        self.env.invalidate_all()

    def _build(self, batches=None):
        """Build the past as the scheduled action does, at most so many batches."""
        count = 0
        while (batches is None or count < batches) and (job := self.backfill._claim()):
            job._build_batch()
            count += 1
        self.env.flush_all()
        self.env.invalidate_all()
        return count

    def _job(self, kind):
        return self.backfill.search([("kind", "=", kind)])

    def _write_in(self, record, sender, subject, date):
        """A mail that a client wrote on a document."""
        return record.message_post(
            body="What is the price?",
            subject=subject,
            date=date,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=sender.id,
            email_from=sender.email_formatted,
        )

    def _write_out(self, record, recipient, subject, date):
        """A mail of ours to a client."""
        with self.mock_mail_gateway():
            return record.with_user(self.ben).message_post(
                body="890 each.",
                subject=subject,
                date=date,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                partner_ids=recipient.ids,
            )

    def _facts(self):
        """The history of our clients, as a set of what its rows say."""
        rows = self.interactions.search(
            [("commercial_partner_id", "in", (self.oak + self.lumen).ids)]
        )
        return {tuple(row[name] for name in FACTS) for row in rows}
