from odoo import SUPERUSER_ID, api, fields, models
from odoo.tools import SQL

from ..client.crm_relationship_status import AWAY_KINDS

# Facts that are none any more when all that was bought is taken back.
BOUGHT_FACTS = ("purchase", "again")


class ResPartner(models.Model):
    """Where clients are before they move, and who is no client at all."""

    _inherit = "res.partner"

    @api.model
    def _query_states(self, condition):
        """SELECT of where each `client` is, of all for whom `condition` holds.

        `since` when, `is_hand` whether somebody has decided it (`is_emptied`: that it
        is no client), `unlocked` when the status was kept to the last, `previous_id`
        what was before silence or loss, or what somebody or no purchase had made of it.
        """
        return SQL(
            """
            SELECT client.id AS client_id,
                   client.relationship_status_id AS status_id,
                   client.relationship_status_date AS since,
                   coalesce(last.is_hand, true) AS is_hand,
                   coalesce(last.is_emptied, false) AS is_emptied,
                   timezone('UTC', timezone(
                       %(zone)s, (client.relationship_status_locked_until + 1)::timestamp
                   )) AS unlocked,
                   CASE WHEN current.kind IN %(away)s THEN last.known_id
                        WHEN current.move_on IN %(bought_facts)s THEN last.unbought_id
                        END AS previous_id,
                   coalesce(client.relationship_status_locked_until >= %(today)s, false)
                   AS is_locked,
                   bought.*
              FROM res_partner client
         LEFT JOIN crm_relationship_status current ON current.id = client.relationship_status_id
        CROSS JOIN LATERAL (%(last)s) last
        CROSS JOIN LATERAL (%(bought)s) bought
             WHERE %(condition)s
               AND client.partner_share
               AND client.id = client.commercial_partner_id
               AND NOT EXISTS (SELECT FROM res_company c WHERE c.partner_id = client.id)
               AND NOT (client.relationship_status_id IS NULL AND %(no_client)s)
            """,
            condition=condition,
            last=self._query_last_change(),
            zone=self._get_status_zone(),
            bought_facts=BOUGHT_FACTS,
            bought=self._query_purchase_lists(),
            away=AWAY_KINDS,
            today=self._get_status_day(fields.Datetime.now()),
            no_client=self._query_is_no_client(),
        )

    @api.model
    def _query_last_change(self):
        """SELECT of who has decided the status of `client`, and of what it was before."""
        return SQL(
            """
            SELECT (array_agg(c.user_id IS DISTINCT FROM %(robot)s OR c.rule_id IS NOT NULL
                              ORDER BY c.date DESC, c.id DESC)
                       FILTER (WHERE c.date_to IS NULL))[1] AS is_hand,
                   -- Who only left a company has a reason.
                   (array_agg(c.to_status_id IS NULL AND c.reason IS NULL
                              ORDER BY c.date DESC, c.id DESC)
                       FILTER (WHERE c.date_to IS NULL))[1] AS is_emptied,
                   (array_agg(was.id ORDER BY c.date DESC, c.id DESC)
                       FILTER (WHERE was.active AND was.kind NOT IN %(away)s)
                   )[1] AS known_id,
                   (array_agg(was.id ORDER BY c.date DESC, c.id DESC)
                       FILTER (WHERE was.active AND was.kind NOT IN %(away)s
                               AND was.id <> client.relationship_status_id
                               AND (coalesce(was.move_on, '') NOT IN %(bought_facts)s
                                    OR c.user_id IS DISTINCT FROM %(robot)s
                                    OR c.rule_id IS NOT NULL))
                   )[1] AS unbought_id
              FROM crm_relationship_status_change c
         LEFT JOIN crm_relationship_status was ON was.id = c.to_status_id
             WHERE c.partner_id = client.id
            """,
            robot=SUPERUSER_ID,
            away=AWAY_KINDS,
            bought_facts=BOUGHT_FACTS,
        )

    @api.model
    def _query_is_no_client(self):
        """Condition: `client` is no client whatever it says, for example a vendor."""
        return SQL("false")

    @api.model
    def _query_is_taken_back(self):
        """Condition: a purchase of `client` that led to its status `own` may be none now."""
        return SQL(
            """
            EXISTS (SELECT FROM crm_lead deal JOIN res_partner buyer ON buyer.id = deal.partner_id
                     WHERE buyer.commercial_partner_id = client.id)
            """
        )

    @api.model
    def _get_now(self):
        return fields.Datetime.now()

    @api.model
    def _get_status_day(self, now):
        """The day by which a status is kept or kept no longer: that of the company."""
        there = self.with_context(tz=self._get_status_zone())
        return fields.Datetime.context_timestamp(there, now).date()

    @api.model
    def _get_status_zone(self):
        return self.env["crm.source.report"]._get_tz(self._get_purchase_company())
