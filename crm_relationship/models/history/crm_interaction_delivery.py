import logging

from odoo import SUPERUSER_ID, api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

PENDING = "crm_relationship.delivery"


class CrmInteraction(models.Model):
    """What we have said may turn out to have reached nobody.

    A mail bounces, an SMS can't be delivered, often after the row was written:
    then it is an attempt, and who was thought to be answered waits again. Sent
    once more with success, it is a contact.
    """

    _inherit = "crm.interaction"

    @api.model
    def _note_delivery(self, message_ids, *, is_failed):
        """Note messages whose delivery failed, or succeeded after it had failed.

        Odoo says of each mail that it has failed before it sends it. What is
        set right in the same transaction is forgotten here, so that an ordinary
        mail costs nothing.
        """
        data = self.env.cr.precommit.data
        if is_failed:
            self._look_up_captured()
        if PENDING not in data:
            data[PENDING] = {}
            # sudo: the history is corrected whoever sends the mail queue
            self.env.cr.precommit.add(self.sudo()._flush_delivery)
        for message_id in message_ids:
            if is_failed:
                data[PENDING].setdefault(message_id, "failed")
            elif data[PENDING].pop(message_id, None) != "failed":
                data[PENDING][message_id] = "retried"

    @api.model
    def _flush_delivery(self):
        """Correct the rows of the noted messages.

        The commit is that of the mail queue: were it to fail because somebody writes on
        one of these rows, what was sent would be sent again.
        """
        pending = self.env.cr.precommit.data.pop(PENDING, {})
        if not pending:
            return
        try:
            with self.env.cr.savepoint():
                self._correct_delivery(tuple(pending))
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            self.env.invalidate_all(flush=False)
            _logger.info("Delivery of messages %s is not in the history: it is busy", list(pending))

    @api.model
    def _correct_delivery(self, message_ids):
        rows = self.env.execute_query(self._query_delivery(message_ids))
        for undelivered in (True, False):
            changed = self.browse(
                row_id for row_id, is_attempt in rows if is_attempt is undelivered
            )
            if changed:
                changed.write({"is_attempt": undelivered})
                changed.flush_recordset()

    @api.model
    def _query_delivery(self, message_ids):
        """SELECT of (row, whether it is an attempt) where the history says otherwise.

        Only what one of us wrote by hand: bulk and automatic mail is an attempt
        however it was delivered. An outcome that somebody gave is not touched.
        """
        return SQL(
            """
            SELECT i.id, (%(undelivered)s) AS is_attempt
              FROM crm_interaction i
              JOIN mail_message m ON m.id = i.message_id
             WHERE m.id IN %(ids)s
               AND i.direction = 'out' AND i.outcome_id IS NULL
               AND %(by_hand)s
               AND (%(undelivered)s) IS DISTINCT FROM coalesce(i.is_attempt, false)
            """,
            undelivered=self._query_undelivered(),
            ids=message_ids,
            by_hand=self._query_by_hand(),
        )

    @api.model
    def _query_by_hand(self):
        """Condition: one of us wrote message `m` to somebody, no template nor the system."""
        return SQL(
            """
            m.message_type IN ('comment', 'email', 'sms', 'snailmail')
            AND m.is_internal IS NOT TRUE
            AND m.author_id IS DISTINCT FROM
                (SELECT robot.partner_id FROM res_users robot WHERE robot.id = %s)
            """,
            SUPERUSER_ID,
        )
