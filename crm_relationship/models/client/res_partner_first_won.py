from odoo import api, fields, models
from odoo.tools import SQL

from .res_partner import PREFETCH_GROUP


class ResPartner(models.Model):
    """The day a client became one: that of the first deal won with any of its people.

    Rules follow it ("a year after the first won deal"), reports count by it. It
    is kept on the commercial entity and worked out from the deals themselves,
    so that one that is opened again does not leave its day behind.
    """

    _inherit = "res.partner"

    first_won_date = fields.Date(
        string="First Deal",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The day on which the client's first deal was won.",
        groups="base.group_user",
        prefetch=PREFETCH_GROUP,
    )

    def _set_first_won(self):
        """Work it out for these clients; only rows that change are written."""
        self._execute_refresh(
            self._query_first_won(SQL("client.commercial_partner_id IN %s", tuple(self.ids)))
        )

    @api.model
    def _set_first_won_of_all(self):
        """Work it out for everybody, after an upgrade."""
        self.env.flush_all()
        self._execute_refresh(self._query_first_won(SQL("true")))

    @api.model
    def _query_first_won(self, condition):
        return SQL(
            """
            -- Worked out once: joined in place it would be, again for each client.
            WITH won AS MATERIALIZED (
                 SELECT client.commercial_partner_id AS id, min(l.date_closed)::date AS day
                   FROM crm_lead l JOIN res_partner client ON client.id = l.partner_id
                  WHERE l.won_status = 'won' AND %(condition)s
                  GROUP BY client.commercial_partner_id
               )
            UPDATE res_partner client SET first_won_date = fresh.day
              FROM (SELECT client.id, won.day
                      FROM res_partner client LEFT JOIN won ON won.id = client.id
                     WHERE %(condition)s AND client.first_won_date IS DISTINCT FROM won.day
                   ) fresh
             -- The condition once more: without it the whole table is read through.
             WHERE client.id = fresh.id AND %(condition)s
            RETURNING client.id
            """,
            condition=condition,
        )
