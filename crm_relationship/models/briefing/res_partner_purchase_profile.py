from odoo import api, fields, models
from odoo.tools import SQL

from ..client.res_partner_purchase import PURCHASE_FIELDS


class ResPartner(models.Model):
    """What a client has bought, as people read it: on the contact and in the briefing."""

    _inherit = "res.partner"

    purchase_rhythm_words = fields.Char(
        string="Usual Rhythm",
        compute="_compute_purchase_rhythm_words",
        compute_sudo=False,
        help="How many days usually lie between two purchases, and how many it is since the last.",
        groups="sales_team.group_sale_salesman",
    )

    @api.depends("purchase_rhythm_days", "purchase_last_date")
    @api.depends_context("lang", "tz")
    def _compute_purchase_rhythm_words(self):
        today = fields.Date.context_today(self)
        self.purchase_rhythm_words = False
        for partner in self.filtered("purchase_rhythm_days"):
            partner.purchase_rhythm_words = self.env._(
                "every %(usual)s days, now %(now)s",
                usual=partner.purchase_rhythm_days,
                now=(today - partner.purchase_last_date).days,
            )

    def action_open_purchases(self):
        """The purchases behind the figures, those of the client's people too."""
        self.ensure_one()
        client = self.commercial_partner_id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Purchases of %s", client.display_name),
            **client._get_purchases_action(),
        }

    def _get_purchases_action(self):
        """Where the purchases are found; a bridge that knows better says so."""
        return {
            "res_model": "crm.lead",
            "views": [(False, "list"), (False, "form")],
            "domain": [
                ("partner_id.commercial_partner_id", "=", self.id),
                ("won_status", "=", "won"),
            ],
            "context": {"active_test": False, "create": False},
        }

    def _get_briefing_sections(self):
        return [*super()._get_briefing_sections(), self._brief_purchases]

    def _brief_purchases(self, family):
        """What they have bought, from the purchases as they are now."""
        self.env.flush_all()
        rows = self.env.execute_query(self._query_briefed_purchases())
        currency = self._get_purchase_company().currency_id
        return {row[0]: {"purchases": self._brief_one_purchases(currency, row[1:])} for row in rows}

    def _query_briefed_purchases(self):
        names = SQL(", ").join(map(SQL.identifier, PURCHASE_FIELDS))
        return SQL(
            """
            SELECT entity.id, %(names)s
              FROM (SELECT id FROM res_partner WHERE id IN %(ids)s) entity
        CROSS JOIN LATERAL (%(bought)s) fresh(%(names)s)
             WHERE fresh.purchase_count IS NOT NULL
            """,
            names=names,
            ids=tuple(self.ids),
            bought=self._query_bought(),
        )

    @api.model
    def _brief_one_purchases(self, currency, figures):
        count, first, last, value, rhythm = figures
        return self._drop_unknown(
            {
                "count": count,
                "first": fields.Date.to_string(first),
                "last": fields.Date.to_string(last),
                "rhythm_days": rhythm,
            }
        ) | {
            "value": float(value or 0),
            "currency_id": currency.id,
            "days_since": (fields.Date.context_today(self) - last).days,
        }
