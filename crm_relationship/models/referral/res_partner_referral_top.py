from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from .res_partner_referral_branch import PAGE


class ResPartner(models.Model):
    """Who has sent us most: the first lines of the screen of referrals."""

    _inherit = "res.partner"

    @api.model
    def get_top_referrers(self, offset=0, limit=PAGE):
        """Clients that have sent others, those whose branches brought most first.

        Rows as those of `get_referral_tree`, with `direct`: how many they sent themselves.

        :rtype: dict with `rows`, `total` (how many there are) and `currency_id`
        """
        if not (self.env.su or self.env.user.has_group("sales_team.group_sale_salesman")):
            raise AccessError(self.env._("Referrals are for salespeople."))
        found = self._find_top_referrers(offset, limit)
        clients = self.browse(row["id"] for row in found)
        branches = clients._sum_branches()
        return {
            "rows": [
                client._prepare_top_row(row["direct"], branches[client.id])
                for row, client in zip(found, clients, strict=True)
            ],
            "total": found[0]["total"] if found else 0,
            "currency_id": self._get_purchase_company().currency_id.id,
        }

    def _find_top_referrers(self, offset, limit):
        """Dicts of referrers and how many they sent themselves, by what their branches brought.

        From each client that somebody sent the way goes up to all who have a part in it.
        """
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                """
                WITH RECURSIVE sent(id, by_id, value) AS (
                    SELECT client.id, person.commercial_partner_id, client.purchase_value
                      FROM res_partner client
                      JOIN res_partner person ON person.id = client.referrer_id
                     WHERE client.commercial_partner_id = client.id
                ), way(id, by_id, value, path) AS (
                    SELECT id, by_id, value, ARRAY[id, by_id] FROM sent WHERE id <> by_id
                     UNION ALL
                    SELECT way.id, sent.by_id, way.value, way.path || sent.by_id
                      FROM way JOIN sent ON sent.id = way.by_id
                     WHERE sent.by_id <> ALL(way.path)
                )
                SELECT by_id AS id, count(*) FILTER (WHERE cardinality(path) = 2) AS direct,
                       coalesce(sum(value), 0) AS value, count(*) OVER () AS total
                  FROM way WHERE id IN %(readable)s AND by_id IN %(readable)s
                 GROUP BY by_id
                 ORDER BY value DESC, direct DESC, by_id LIMIT %(limit)s OFFSET %(offset)s
                """,
                readable=self._query_readable(),
                limit=limit,
                offset=offset,
            )
        )

    def _prepare_top_row(self, direct, figures):
        return {
            "id": self.id,
            "parent_id": None,
            "depth": 0,
            "is_hidden": False,
            "name": self.display_name,
            "through": "",
            "value": figures["own_value"],
            "direct": direct,
            "branch": self._prepare_branch(figures),
        }
