from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import retry_on_collision

PENDING = "crm_relationship.refresh"
# Small, so that nobody who saves one of these clients waits long.
BATCH_SIZE = 200


class CrmRelationshipRefresh(models.Model):
    """Clients whose derived facts are to be worked out anew.

    Posting a mail or winning a deal only appends a row here, in the same
    statement as the history; nothing of the client itself is touched, so that
    two mails of one client never collide. A scheduled action takes the rows in
    batches and refreshes their clients by sets. A row is deleted in the
    transaction that does its work: killed half way, nothing is lost.

    `partner_id` is a plain number: a row must never hold a lock on a client,
    and a client that is gone needs no refresh.
    """

    _name = "crm.relationship.refresh"
    _description = "Client to Refresh"
    _log_access = False
    _rec_name = "partner_id"

    partner_id = fields.Integer(required=True, index=True)

    @api.model
    def _push(self, partner_ids):
        """Queue clients, given by the id of any of their contacts."""
        if partner_ids:
            self._push_query(SQL("SELECT unnest(%s::int[])", list(partner_ids)))

    @api.model
    def _push_before_commit(self, partner_ids):
        """Queue clients with one statement for the whole transaction, however often it is asked."""
        if not partner_ids:
            return
        pending = self.env.cr.precommit.data.setdefault(PENDING, set())
        if not pending:
            self.env.cr.precommit.add(self._push_pending)
        pending.update(partner_ids)

    @api.model
    def _push_pending(self):
        self._push(self.env.cr.precommit.data.pop(PENDING, ()))

    @api.model
    def _push_query(self, query):
        """Queue the clients whose ids the SQL `query` selects."""
        # Of very many their numbers are not fetched.
        self.env.cr.execute(SQL("INSERT INTO crm_relationship_refresh (partner_id) %s", query))

    @api.model
    def _cron_refresh(self):
        """Refresh the queued clients, batch by batch, until none is left."""
        retry_on_collision(self.env.cr, self._refresh_queued)

    @api.model
    def _refresh_queued(self):
        cron = self.env["ir.cron"]
        self.env["crm.important.date"]._refresh_next_dates()
        self.env["crm.interaction"]._link_replies_of_strangers()
        self.env["crm.interaction"]._set_clock_of_fresh()
        while partner_ids := self._pop():
            self.env["res.partner"].browse(partner_ids)._refresh_relationship()
            if not cron._commit_progress(len(partner_ids), remaining=self._count()):
                break

    @api.model
    def _count(self):
        return self.search_count([], limit=BATCH_SIZE * 500)

    @api.model
    def _pop(self, limit=BATCH_SIZE):
        """Take the clients of up to `limit` rows off the queue, with all other rows they have.

        While the past is built a client has as many rows as it has talks.

        :return: ids of the commercial entities to refresh; 0 stands for clients
            that are gone, so that the list is empty only when the queue is
        """
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH next AS (
                    SELECT partner_id FROM crm_relationship_refresh
                    ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
                ), taken AS (
                    DELETE FROM crm_relationship_refresh WHERE id = ANY(ARRAY(
                        SELECT row.id FROM crm_relationship_refresh row
                        WHERE row.partner_id IN (SELECT partner_id FROM next)
                        FOR UPDATE SKIP LOCKED))
                    RETURNING partner_id
                )
                SELECT DISTINCT coalesce(
                       (SELECT p.commercial_partner_id FROM res_partner p WHERE p.id = partner_id),
                       0)
                FROM (SELECT DISTINCT partner_id FROM taken) each
                """,
                limit,
            )
        )
        return [row[0] for row in rows]
