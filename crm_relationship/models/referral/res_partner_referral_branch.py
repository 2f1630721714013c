from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.branches import sum_below

# Clients on one page, of those who were sent by one and the same and of those who sent most.
PAGE = 40


class ResPartner(models.Model):
    """The branches of clients: whom they sent, whom those sent in turn, and what it brought.

    All of it is found by PostgreSQL, whatever their size.
    """

    _inherit = "res.partner"

    def _query_branches(self):
        """What follows WITH RECURSIVE: each client of the branches of these.

        `root_id` is one of these, `top_id` whom it sent itself, on the way to `id`; the root is
        in its branch, too. As nobody was sent by two, nobody is met twice on the way down, but
        for the root. Who was sent is looked up by the people of a client as an array: so it is
        by the index, also where PostgreSQL can't guess how large a branch is.
        """
        return SQL(
            """
            branch(root_id, top_id, id) AS (
                SELECT root.id, NULL::int, root.id FROM unnest(%s::int[]) root(id)
                 UNION ALL
                SELECT branch.root_id, coalesce(branch.top_id, client.id), client.id
                  FROM branch
                  JOIN res_partner client ON client.referrer_id = ANY(%s)
                 WHERE client.commercial_partner_id = client.id
                   AND client.id <> branch.root_id
            )
            """,
            self.ids,
            self._query_people(SQL("branch.id")),
        )

    def _find_referral_branch(self):
        """All clients that these sent, directly or not, and these themselves."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL("WITH RECURSIVE %s SELECT DISTINCT id FROM branch", self._query_branches())
        )
        return self.browse(row[0] for row in rows)

    def _find_in_branch(self, client_id):
        """The client of this id, which is in the branch of this one or may be read anyway."""
        self.env.flush_all()
        client = self.browse(client_id)
        is_in_branch = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE way(id) AS (
                    SELECT %(client)s
                     UNION
                    SELECT person.commercial_partner_id
                      FROM way
                      JOIN res_partner client ON client.id = way.id
                      JOIN res_partner person ON person.id = client.referrer_id
                )
                SELECT FROM way WHERE id = %(root)s
                """,
                client=client.id,
                root=self.id,
            )
        )
        if not is_in_branch:
            client.check_access("read")
        return client

    def _sum_branches(self):
        """What the branches of these clients brought.

        Who sends many is sent by one who sends more: branches lie in each other. So each client
        is read once, and `sum_below` adds up.

        :return: {id: figures as of `_query_sums`}
        """
        self.env.flush_all()
        self._advise_planner()
        members = {row["id"]: row for row in self.env.execute_query_dict(self._query_members())}
        below = sum_below(
            {client: row["by_id"] for client, row in members.items()},
            {client: self._get_brought(row) for client, row in members.items()},
        )
        return {client: self._tell_branch(members[client], *below[client]) for client in self.ids}

    def _get_brought(self, row):
        """Of a client of a branch what is added up: clients, leads, won leads and value."""
        leads, won = row["own_leads"] + row["sent_leads"], row["own_won"] + row["sent_won"]
        return 1, leads, won, row["own_value"]

    def _tell_branch(self, row, clients, leads, won, value):
        """Figures of one client; what it sent itself and is no contact yet is of its branch."""
        return {
            **{name: row[name] for name in ("own_leads", "own_won", "own_value")},
            "clients": int(clients),
            "leads": int(leads) + row["sent_leads"],
            "won": int(won) + row["sent_won"],
            "value": value,
        }

    def _find_referred(self, offset, limit):
        """Figures, as of `_query_sums`, of this client and of those it sent itself.

        First itself, then those who brought most, with what they bought themselves: `limit` of
        them from `offset` on. `total` is how many there are, `person_id` whom of its people
        they name.
        """
        self.env.flush_all()
        self._advise_planner()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT ranked.*, client.referrer_id AS person_id
                  FROM (SELECT sums.*, count(*) OVER () - 1 AS total,
                               row_number() OVER (
                                   ORDER BY id <> %(root)s, value + own_value DESC, id) - 1
                               AS place
                          FROM (%(sums)s) sums) ranked
                  JOIN res_partner client ON client.id = ranked.id
                 WHERE place = 0 OR place > %(offset)s AND place <= %(offset)s + %(limit)s
                 ORDER BY place
                """,
                root=self.id,
                sums=self._query_sums(),
                offset=offset,
                limit=limit,
            )
        )

    def _advise_planner(self):
        """PostgreSQL would compile for longer than it takes."""
        self.env.cr.execute("SET LOCAL jit = off")

    # ---- the statement ----

    def _query_members(self):
        """SELECT of the clients of these branches, each once: `id`, who sent it (`by_id`), its
        own leads, deals and value, and leads it sent that have no contact yet."""
        return SQL(
            """
            WITH RECURSIVE branch(id) AS (
                SELECT unnest(%(ids)s::int[])
                 UNION
                SELECT client.id
                  FROM branch
                  JOIN res_partner client ON client.referrer_id = ANY(%(people)s)
                 WHERE client.commercial_partner_id = client.id
            ), member AS MATERIALIZED (
                SELECT branch.id, client.purchase_value
                  FROM branch JOIN res_partner client ON client.id = branch.id
                 WHERE client.id IN %(readable)s
            ), deal AS (
                SELECT id, is_sent, count(*) AS leads,
                       count(*) FILTER (WHERE won_status = 'won') AS won
                  FROM (%(deals)s) found GROUP BY id, is_sent
            )
            SELECT branch.id, person.commercial_partner_id AS by_id,
                   coalesce(member.purchase_value, 0)::float8 AS own_value,
                   coalesce(own.leads, 0) AS own_leads, coalesce(own.won, 0) AS own_won,
                   coalesce(sent.leads, 0) AS sent_leads, coalesce(sent.won, 0) AS sent_won
              FROM branch
              JOIN res_partner client ON client.id = branch.id
         LEFT JOIN res_partner person ON person.id = client.referrer_id
         LEFT JOIN member ON member.id = branch.id
         LEFT JOIN deal own ON own.id = branch.id AND NOT own.is_sent
         LEFT JOIN deal sent ON sent.id = branch.id AND sent.is_sent
            """,
            ids=self.ids,
            people=self._query_people(SQL("branch.id")),
            readable=self._query_readable(),
            deals=self._query_referral_deals(),
        )

    def _query_sums(self):
        """SELECT of what is known of these clients and of whom they sent themselves, by `id`.

        `own_leads`, `own_won` and `own_value` are theirs; `clients`, `leads`, `won` and `value`
        those of all below them, with leads that were sent, also by themselves, and have no
        contact yet. Of whom the user may not read it only counts that they are there.
        """
        return SQL(
            """
            WITH RECURSIVE %(branches)s,
            member AS MATERIALIZED (
                SELECT branch.*, client.purchase_value
                  FROM branch JOIN res_partner client ON client.id = branch.id
                 WHERE client.id IN %(readable)s
            ),
            entry(root_id, top_id, id, is_sent, clients, leads, won, value) AS (
                SELECT root_id, top_id, id, false, 1, 0, 0, 0 FROM branch
                 UNION ALL
                SELECT root_id, top_id, id, false, 0, 0, 0, purchase_value FROM member
                 UNION ALL
                SELECT root_id, top_id, id, is_sent, 0, 1, (won_status = 'won')::int, 0
                  FROM (%(deals)s) deal
            )
            SELECT node.id,
                   coalesce(sum(leads) FILTER (WHERE is_own), 0) AS own_leads,
                   coalesce(sum(won) FILTER (WHERE is_own), 0) AS own_won,
                   coalesce(sum(value) FILTER (WHERE is_own), 0) AS own_value,
                   coalesce(sum(clients) FILTER (WHERE NOT is_own), 0) AS clients,
                   coalesce(sum(leads) FILTER (WHERE NOT is_own), 0) AS leads,
                   coalesce(sum(won) FILTER (WHERE NOT is_own), 0) AS won,
                   coalesce(sum(value) FILTER (WHERE NOT is_own), 0) AS value
              FROM entry
        CROSS JOIN LATERAL (VALUES (root_id), (top_id)) node(id)
        CROSS JOIN LATERAL (VALUES (entry.id = node.id AND NOT is_sent)) whose(is_own)
             WHERE node.id IS NOT NULL
             GROUP BY node.id
            """,
            branches=self._query_branches(),
            readable=self._query_readable(),
            deals=self._query_referral_deals(),
        )

    def _query_referral_deals(self):
        """SELECT of the leads of each `member` that the user may see.

        Its own, and those that it sent and whose client nobody knows yet (`is_sent`).
        """
        leads = self.env["crm.lead"].with_context(active_test=False)
        return SQL(
            """
            SELECT member.*, lead.won_status, false AS is_sent
              FROM member JOIN crm_lead lead ON lead.partner_id = ANY(%(people)s)
             WHERE lead.id IN %(readable)s
             UNION ALL
            SELECT member.*, lead.won_status, true AS is_sent
              FROM member JOIN crm_lead lead ON lead.referrer_id = ANY(%(people)s)
             WHERE lead.partner_id IS NULL AND lead.id IN %(readable)s
            """,
            people=self._query_people(SQL("member.id")),
            readable=leads._search(Domain.TRUE).subselect(),
        )

    def _query_people(self, client):
        """Array of the ids of the client whose id is `client`, and of all its people."""
        return SQL(
            """ARRAY(SELECT person.id FROM res_partner person
                      WHERE person.commercial_partner_id = %s)""",
            client,
        )

    def _query_readable(self):
        """Subquery of the contacts that the user may read."""
        contacts = self.with_context(active_test=False)
        return contacts._search(Domain.TRUE).subselect()
