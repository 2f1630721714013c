from datetime import timedelta

from odoo import SUPERUSER_ID, api, models
from odoo.tools import SQL

# Over these both sides speak at once.
SPOKEN_CHANNELS = ("phone", "meeting", "visit", "chat")
# A message so shortly before or after one from the other side is part of one talk.
ANSWER_TIME = timedelta(days=30)


class ResPartner(models.Model):
    """The facts that move a client, each as SQL.

    A query sees one client and one step it might take: `state` (`client_id`,
    `status_id`, `since`, what it `bought_…`, and `floor`: a fact up to then does
    not count) and `target`, the status that clients come to. It selects `moment`,
    `number`, `name` and `kind` of the fact: when it happened and what is said of
    it. No row: it has not happened.
    """

    _inherit = "res.partner"

    @api.model
    def _get_move_queries(self):
        """Which fact (`move_on`) is found by which query; a bridge adds its own."""
        return {
            "contact": self._query_move_contact(),
            "talk": self._query_move_talk(),
            "qualified": self._query_move_qualified(),
            "purchase": self._query_move_purchase(),
            "again": self._query_move_again(),
            "silence": self._query_move_silence(),
            "undone": self._query_move_undone(),
        }

    @api.model
    def _query_move_contact(self):
        return SQL(
            """
            SELECT least(since.date, bought.moment) AS moment,
                   0 AS number, NULL::varchar AS name, 'contact' AS kind
              FROM res_partner client
        CROSS JOIN LATERAL (%(contact)s) since
        CROSS JOIN LATERAL (
                   SELECT min(every.moment) AS moment
                     FROM (SELECT unnest(state.bought_moments)
                            UNION ALL
                           -- Bought, and not paid yet.
                           SELECT least(client.purchase_first_date + interval '12 hours', %(now)s)
                            WHERE state.bought_moments IS NULL
                              AND client.purchase_first_date IS NOT NULL) every(moment)
                    WHERE every.moment > state.floor
                   ) bought
             WHERE client.id = state.client_id AND state.status_id IS NULL
               AND (since.date IS NOT NULL OR bought.moment IS NOT NULL)
            """,
            contact=self._query_first_contact(SQL("state.floor")),
            now=self._get_now(),
        )

    @api.model
    def _query_move_talk(self):
        """Both sides have spoken: at once, or one wrote and the other answered."""
        return SQL(
            """
            SELECT talk.moment, 0 AS number, NULL::varchar AS name, 'talk' AS kind
              FROM (SELECT min(side.date) AS moment
                      FROM (SELECT i.date, i.channel IN %(spoken)s AS is_spoken,
                                   max(i.date) FILTER (WHERE i.direction = 'in') OVER so_far
                                   AS heard,
                                   max(i.date) FILTER (WHERE i.direction = 'out') OVER so_far
                                   AS said
                              FROM crm_interaction i
                             WHERE i.commercial_partner_id = state.client_id
                               AND i.is_attempt IS NOT TRUE
                               AND i.date > state.floor - %(answer)s
                            WINDOW so_far AS (ORDER BY i.date, i.id)) side
                     WHERE side.is_spoken AND side.date > state.floor
                        OR side.heard > state.floor
                           AND side.said BETWEEN side.heard - %(answer)s AND side.heard + %(answer)s
                   ) talk
             WHERE talk.moment IS NOT NULL
            """,
            spoken=SPOKEN_CHANNELS,
            answer=ANSWER_TIME,
        )

    @api.model
    def _query_move_qualified(self):
        """A lead became an opportunity, or one of us opened one. What came in by itself as an
        opportunity, because leads are switched off, nobody has judged yet."""
        return SQL(
            """
            (SELECT chance.moment, 0 AS number, chance.name, chance.kind
               FROM (SELECT coalesce(lead.date_conversion, least(lead.create_date, %(now)s))
                            AS moment, lead.name,
                            CASE WHEN lead.date_conversion IS NULL THEN 'opened'
                                 ELSE 'qualified' END AS kind, lead.id
                       FROM crm_lead lead
                       JOIN res_partner p ON p.id = lead.partner_id
                  LEFT JOIN res_users maker ON maker.id = lead.create_uid
                      WHERE p.commercial_partner_id = state.client_id
                        AND lead.type = 'opportunity'
                        AND (lead.date_conversion IS NOT NULL
                             OR maker.id <> %(robot)s AND maker.share IS NOT TRUE)) chance
              WHERE chance.moment > state.floor
              ORDER BY chance.moment, chance.id LIMIT 1)
            """,
            now=self._get_now(),
            robot=SUPERUSER_ID,
        )

    @api.model
    def _query_purchase_lists(self):
        """SELECT of three lists, in their order: moment, kind and name of what `client` bought."""
        return SQL(
            """
            SELECT array_agg(fact.moment ORDER BY fact.moment, fact.name) AS bought_moments,
                   array_agg(fact.kind ORDER BY fact.moment, fact.name) AS bought_kinds,
                   array_agg(fact.name::text ORDER BY fact.moment, fact.name) AS bought_names
              FROM (SELECT least(every.moment, %(now)s)::timestamp AS moment,
                           every.kind::text AS kind, every.name
                      FROM (%(purchases)s) every
                     WHERE every.client_id = client.id AND every.moment IS NOT NULL) fact
            """,
            purchases=self._query_purchases(),
            now=self._get_now(),
        )

    @api.model
    def _query_facts_bought(self):
        """SELECT of the purchases of the client, numbered, with the days since the one before.

        Two invoices of one day are two purchases, but not bought again.
        """
        return SQL(
            """
            SELECT every.moment, every.kind, every.name, every.number::int AS number,
                   extract(epoch FROM every.moment - state.bought_moments[every.number - 1])
                   / 86400 AS gap,
                   every.moment::date > state.bought_moments[every.number - 1]::date
                   AS is_other_day
              FROM unnest(state.bought_moments, state.bought_kinds, state.bought_names)
                   WITH ORDINALITY AS every(moment, kind, name, number)
            """
        )

    @api.model
    def _query_move_purchase(self):
        return SQL(
            """
            (SELECT bought.moment, bought.number, bought.name, bought.kind
               FROM (%(bought)s) bought
              WHERE bought.number >= target.move_purchases AND bought.moment > state.floor
              ORDER BY bought.number LIMIT 1)
            """,
            bought=self._query_facts_bought(),
        )

    @api.model
    def _query_move_again(self):
        return SQL(
            """
            (SELECT bought.moment, bought.number, bought.name, bought.kind
               FROM (%(bought)s) bought JOIN res_partner client ON client.id = state.client_id
              WHERE bought.number >= greatest(target.move_purchases, 2)
                AND bought.moment > state.floor
                AND bought.gap <= %(wait)s AND bought.is_other_day
              ORDER BY bought.number LIMIT 1)
            """,
            bought=self._query_facts_bought(),
            wait=self._query_wait(),
        )

    @api.model
    def _query_move_undone(self):
        """What was bought is taken back, and what is left would not have led here.

        Whom somebody has brought here by hand stays. So does whose purchase is not paid any
        more, as long as it is not given back.
        """
        return SQL(
            """
            SELECT %(now)s::timestamp AS moment, 0 AS number, NULL::varchar AS name,
                   'undone' AS kind
              FROM res_partner client
              JOIN crm_relationship_status own ON own.id = state.status_id
             WHERE client.id = state.client_id AND %(taken_back)s
               AND coalesce(cardinality(state.bought_moments), 0)
                   >= coalesce(client.purchase_count, 0)
               AND NOT EXISTS (
                   SELECT FROM (%(bought)s) bought
                    WHERE CASE own.move_on WHEN 'purchase' THEN bought.number >= own.move_purchases
                          ELSE bought.number >= greatest(own.move_purchases, 2)
                               AND bought.is_other_day
                               -- What led here counts, also when the numbers were changed since.
                               AND (bought.gap <= %(wait)s OR bought.moment = state.since) END)
               AND NOT EXISTS (
                   SELECT FROM crm_relationship_status_change c
                    WHERE c.partner_id = client.id AND c.to_status_id = own.id
                      AND (c.user_id IS DISTINCT FROM %(robot)s OR c.rule_id IS NOT NULL))
            """,
            now=self._get_now(),
            taken_back=self._query_is_taken_back(),
            bought=self._query_facts_bought(),
            wait=self._query_wait(),
            robot=SUPERUSER_ID,
        )

    @api.model
    def _query_move_silence(self):
        """Neither bought nor said anything for as long as the status says."""
        return SQL(
            """
            SELECT silent.until AS moment, silent.days::int AS number, NULL::varchar AS name,
                   CASE WHEN silent.is_own THEN 'rhythm' ELSE 'silence' END AS kind
              FROM (%(silence)s) silent
             WHERE silent.until <= %(now)s
            """,
            silence=self._query_silence(),
            now=self._get_now(),
        )

    @api.model
    def _query_silence(self):
        """SELECT of `until`, `days`, `is_own`: how long the client may be silent yet.

        What somebody set by hand begins anew on that day.
        """
        return SQL(
            """
            SELECT coalesce(greatest(heard.date, client.purchase_last_date::timestamp,
                                     state.bought_moments[cardinality(state.bought_moments)],
                                     nullif(state.floor, '-infinity'::timestamp)),
                            state.since) + %(wait)s * interval '1 day' AS until,
                   %(wait)s AS days,
                   %(is_own)s AS is_own
              FROM res_partner client
         LEFT JOIN LATERAL (
                   SELECT i.date FROM crm_interaction i
                    WHERE i.commercial_partner_id = state.client_id
                      AND i.is_attempt IS NOT TRUE
                      AND (i.direction = 'in' OR i.channel IN %(spoken)s)
                    ORDER BY i.date DESC LIMIT 1
                   ) heard ON true
             WHERE client.id = state.client_id
            """,
            wait=self._query_wait(),
            is_own=self._query_has_rhythm(),
            spoken=SPOKEN_CHANNELS,
        )

    @api.model
    def _query_wait(self):
        """The days of `target` for `client`: those of its own rhythm where it has one."""
        return SQL(
            """CASE WHEN %s THEN ceil(client.purchase_rhythm_days * target.move_factor)
                    ELSE target.move_days END""",
            self._query_has_rhythm(),
        )

    @api.model
    def _query_has_rhythm(self):
        return SQL("(client.purchase_rhythm_days > 0 AND target.move_factor > 0)")
