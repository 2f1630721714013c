from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import retry_on_collision
from ..client.res_partner import PREFETCH_GROUP

# Clients that one transaction of the scheduled action looks at.
BATCH_SIZE = 1000


class ResPartner(models.Model):
    """Time alone moves clients too: silence lasts, a status is kept no longer.

    `relationship_check_date` is a day by which nothing of the kind can happen
    yet; a scheduled action looks at those whose day has come, and finds them by
    its index. The day is not put off with every contact, so that a contact costs
    no write.
    """

    _inherit = "res.partner"

    relationship_check_date = fields.Date(
        string="Status Looked at Again On",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="On this day at the latest it is looked whether the status moves by itself, "
        "because nothing was heard for too long or because it is kept no longer.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )

    @api.model
    def _query_check_day(self, is_complete):
        """SELECT of `day`, by which time cannot have moved `client`, now in the state `s`.

        `is_new` says whether it is to be written: a day that is too early stays,
        for it costs a look, and putting it off a write.
        """
        known = SQL("client.relationship_check_date")
        return SQL(
            """
            SELECT next.day,
                   next.day < coalesce(%(known)s, 'infinity'::date)
                   OR %(known)s <= %(today)s AND next.day IS DISTINCT FROM %(known)s AS is_new
              FROM (SELECT CASE WHEN count(*) > 0 THEN greatest(min(arm.day), %(later)s) END AS day
                      FROM (%(days)s) arm) next
            """,
            known=known,
            today=fields.Date.today(),
            later=fields.Date.add(fields.Date.today(), days=1),
            days=self._query_check_days(is_complete),
        )

    @api.model
    def _query_check_days(self, is_complete):
        """SELECT of the days on which time may move a client that is in the state `s`."""
        if not is_complete:
            return SQL("SELECT %s AS day WHERE s.client_id IS NOT NULL", fields.Date.today())
        return SQL(
            """
            SELECT s.unlocked::date AS day WHERE s.is_locked
         UNION ALL
            SELECT (greatest(silent.until, s.since, s.unlocked) + interval '1 day')::date
              FROM target
        CROSS JOIN LATERAL (%(state)s) state
        CROSS JOIN LATERAL (%(silence)s) silent
             WHERE target.fact = 'silence' AND target.from_id = s.status_id
               AND NOT s.is_locked AND silent.until > %(now)s
            """,
            state=self._query_state(),
            silence=self._query_silence(),
            now=self._get_now(),
        )

    @api.model
    def _cron_move_status(self):
        """Look at all clients whose day has come, batch by batch.

        Before, clients who wait for the word of a manager are counted.
        """
        statuses = self.env["crm.relationship.status"]
        retry_on_collision(self.env.cr, statuses._settle_held)
        retry_on_collision(self.env.cr, self._move_due)

    @api.model
    def _move_due(self):
        cron = self.env["ir.cron"]
        while clients := self._claim_due():
            clients._advance_status()._refresh_summary()
            if not cron._commit_progress(len(clients), remaining=self._count_due()):
                break

    @api.model
    def _claim_due(self):
        """The next clients to look at, which no other worker holds."""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id FROM res_partner WHERE relationship_check_date <= %s
                 ORDER BY relationship_check_date, id LIMIT %s
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                fields.Date.today(),
                BATCH_SIZE,
            )
        )
        return self.browse(row[0] for row in rows)

    @api.model
    def _count_due(self):
        return self.with_context(active_test=False).search_count(
            [("relationship_check_date", "<=", fields.Date.today())]
        )
