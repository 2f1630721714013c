from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL


class ResPartner(models.Model):
    """What is derived on clients, worked out by sets.

    Every method takes commercial entities and is a constant number of
    statements for any number of them; only rows that change are written.
    """

    _inherit = "res.partner"

    def _refresh_relationship(self):
        """Bring all that is derived on these clients up to date."""
        clients = self.filtered("id")
        if not clients:
            return
        self.env.flush_all()
        interactions = self.env["crm.interaction"]
        theirs = SQL("i.commercial_partner_id IN %s", tuple(clients.ids))
        interactions._set_aside_lost(theirs)
        interactions._link_replies(
            "commercial_partner_id", SQL("inquiry.commercial_partner_id IN %s", tuple(clients.ids))
        )
        clients._set_acquisition()
        clients._set_first_won()
        clients._set_purchases()
        clients._date_back_status()
        clients._advance_status()
        interactions._set_clock(theirs)
        interactions._close_follow_ups(theirs)
        clients._refresh_summary()

    def _execute_refresh(self, query):
        rows = self.env.execute_query(query)
        if rows:
            self.invalidate_model()
        return rows

    @api.model
    def _apply_status_changes(self, changes, now):
        """Set statuses on whole families and write the trace.

        :param changes: list of (commercial partner id, old status id or None,
            new status id, reason)
        :param datetime now: moment of the changes, naive UTC
        """
        self._apply_dated_changes([(*change, now) for change in changes])

    @api.model
    def _apply_dated_changes(self, changes):
        """The same for changes that each have their moment as the last value."""
        self._write_statuses(changes)
        self.env["crm.relationship.status.change"]._log_dated(changes)

    @api.model
    def _write_statuses(self, changes):
        """Set the statuses of these dated changes, one for each client, on its family."""
        if not changes:
            return
        rows = SQL(", ").join(
            SQL("(%s, %s, %s::timestamp)", partner_id, status_id, date)
            for partner_id, __, status_id, __, date in changes
        )
        self._execute_refresh(
            SQL(
                """
                UPDATE res_partner p
                   SET relationship_status_id = change.status_id,
                       relationship_status_date = change.date,
                       write_date = %(now)s
                  FROM (VALUES %(rows)s) AS change(partner_id, status_id, date)
                 WHERE p.commercial_partner_id = change.partner_id
                RETURNING p.id
                """,
                rows=rows,
                now=fields.Datetime.now(),
            )
        )

    def _date_back_status(self):
        """Let clients be cold since their first lead or contact, also when it is heard of late.

        The history of the past is built from its end: what is older comes later.
        """
        self._execute_refresh(
            SQL(
                """
                WITH dated AS (
                    UPDATE crm_relationship_status_change c SET date = since.date
                      FROM res_partner client CROSS JOIN LATERAL (%(since)s) since
                     WHERE client.id IN %(ids)s AND c.partner_id = client.id
                       AND c.from_status_id IS NULL AND c.user_id = %(robot)s
                       AND c.to_status_id = %(cold)s AND c.date > since.date
                       AND NOT EXISTS (SELECT FROM crm_relationship_status_change earlier
                                        WHERE earlier.partner_id = client.id
                                          AND earlier.date < c.date)
                    RETURNING c.partner_id, c.date, c.date_to
                )
                UPDATE res_partner p SET relationship_status_date = dated.date
                  FROM dated
                 WHERE p.commercial_partner_id = dated.partner_id AND dated.date_to IS NULL
                RETURNING p.id
                """,
                ids=tuple(self.ids),
                since=self._query_first_contact(),
                robot=SUPERUSER_ID,
                cold=self.env["crm.relationship.status"]._get_by_kind("cold").id or None,
            )
        )

    @api.model
    def _query_first_contact(self, after=None):
        """SELECT of when `client` had its first lead or contact, after a moment if one is given.

        Empty when it had none.
        """
        after = after or SQL("'-infinity'::timestamp")
        return SQL(
            """
            SELECT min(least(fact.date, %(now)s)) AS date FROM (
                   (SELECT i.date FROM crm_interaction i
                     WHERE i.commercial_partner_id = client.id AND i.date > %(after)s
                     ORDER BY i.date LIMIT 1)
                   UNION ALL
                   SELECT l.create_date FROM crm_lead l JOIN res_partner p ON p.id = l.partner_id
                    WHERE p.commercial_partner_id = client.id AND l.create_date > %(after)s
                   ) fact
            """,
            after=after,
            now=fields.Datetime.now(),
        )
