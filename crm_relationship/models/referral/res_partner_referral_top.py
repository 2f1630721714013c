from collections import Counter

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...engine.branches import sum_below
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
        found = self._find_top_referrers()
        page = dict(found[offset : offset + limit])
        clients = self.browse(page)
        branches = clients._sum_branches()
        return {
            "rows": [
                client._prepare_top_row(page[client.id], branches[client.id]) for client in clients
            ],
            "total": len(found),
            "currency_id": self._get_purchase_company().currency_id.id,
        }

    def _find_top_referrers(self):
        """Clients that sent others, and how many they sent themselves: list of (id, number), by
        what their branches brought.

        Only of whom the user may read it counts what they brought; the way up leads over others.
        """
        rows = self._find_sent()
        readable = {row["id"]: int(row["is_readable"]) for row in rows}
        readable |= {row["by_id"]: int(row["is_by_readable"]) for row in rows}
        own = dict.fromkeys(readable, (0, 0))
        own |= {row["id"]: (row["is_readable"], row["value"]) for row in rows}
        below = sum_below({row["id"]: row["by_id"] for row in rows}, own)
        direct = Counter(row["by_id"] for row in rows if row["is_readable"])
        found = [client for client, (count, __) in below.items() if count and readable[client]]
        found.sort(key=lambda client: (-below[client][1], -direct[client], client))
        return [(client, direct[client]) for client in found]

    def _find_sent(self):
        """Dicts of all clients whom somebody sent: by whom, what they brought, may one read it."""
        self.env.flush_all()
        self._advise_planner()
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT client.id, person.commercial_partner_id AS by_id,
                       (client.id IN %(readable)s)::int AS is_readable,
                       (person.commercial_partner_id IN %(readable)s)::int AS is_by_readable,
                       CASE WHEN client.id IN %(readable)s
                            THEN coalesce(client.purchase_value, 0)::float8 ELSE 0 END AS value
                  FROM res_partner client
                  JOIN res_partner person ON person.id = client.referrer_id
                 WHERE client.commercial_partner_id = client.id
                   AND client.id <> person.commercial_partner_id
                """,
                readable=self._query_readable(),
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
