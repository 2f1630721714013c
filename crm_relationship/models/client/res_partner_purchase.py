from odoo import api, fields, models
from odoo.tools import SQL

from .res_partner import PREFETCH_GROUP

PURCHASE_FIELDS = (
    "purchase_count",
    "purchase_first_date",
    "purchase_last_date",
    "purchase_value",
    "purchase_rhythm_days",
)


class ResPartner(models.Model):
    """What a client has bought: how often, since when, for how much, in which rhythm.

    A purchase is a won deal with any of the client's people; a bridge that
    knows better says so in `_query_purchases`. All figures are kept on the
    commercial entity and worked out from the purchases themselves, so that what
    is opened again, given back or merged leaves nothing behind.
    """

    _inherit = "res.partner"

    purchase_count = fields.Integer(
        string="Number of Purchases",
        copy=False,
        readonly=True,
        help="How often the client has bought: deals won, or with Invoicing the invoices that "
        "were not given back.",
        groups="sales_team.group_sale_salesman",
        prefetch=PREFETCH_GROUP,
    )
    purchase_first_date = fields.Date(
        string="First Bought On",
        copy=False,
        readonly=True,
        help="The day on which the client bought for the first time.",
        groups="sales_team.group_sale_salesman",
        prefetch=PREFETCH_GROUP,
    )
    purchase_last_date = fields.Date(
        string="Last Bought On",
        copy=False,
        readonly=True,
        help="The day on which the client bought for the last time.",
        groups="sales_team.group_sale_salesman",
        prefetch=PREFETCH_GROUP,
    )
    purchase_value = fields.Monetary(
        string="Bought in All",
        currency_field="purchase_currency_id",
        copy=False,
        readonly=True,
        help="What all purchases were worth, net of what was given back, in the currency of "
        "the first company at the rates of their days.",
        groups="sales_team.group_sale_salesman",
        prefetch=PREFETCH_GROUP,
    )
    purchase_currency_id = fields.Many2one(
        "res.currency",
        string="Currency of Purchases",
        compute="_compute_purchase_currency_id",
        groups="sales_team.group_sale_salesman",
    )
    purchase_rhythm_days = fields.Integer(
        string="Buys Every (days)",
        copy=False,
        readonly=True,
        help="How many days usually lie between two purchases: the middle one of all gaps "
        "between days of purchase. 0 while there are fewer than three such days.",
        groups="sales_team.group_sale_salesman",
        prefetch=PREFETCH_GROUP,
    )

    def _compute_purchase_currency_id(self):
        self.purchase_currency_id = self._get_purchase_company().currency_id

    @api.model
    def _get_purchase_company(self):
        """The company in whose currency purchases of all companies are summed up."""
        # sudo: its currency is no secret, whichever companies the user works for
        companies = self.env["res.company"].sudo()
        # looked up in memory: `_get_main_company` asks the database at every call
        main_id = self.env["ir.model.data"]._xmlid_to_res_id("base.main_company")
        return companies.browse(main_id) if main_id else companies._get_main_company()

    def _set_purchases(self):
        """Work it out for these clients; only rows that change are written."""
        if not self:
            return
        names = [SQL.identifier(name) for name in PURCHASE_FIELDS]
        self._execute_refresh(
            SQL(
                """
                UPDATE res_partner client SET %(set)s
                  FROM res_partner entity CROSS JOIN LATERAL (%(bought)s) fresh(%(names)s)
                 WHERE entity.id IN %(ids)s AND client.id = entity.id
                   AND (%(stored)s) IS DISTINCT FROM (%(fresh)s)
                RETURNING client.id
                """,
                ids=tuple(self.ids),
                names=SQL(", ").join(names),
                set=SQL(", ").join(SQL("%s = fresh.%s", name, name) for name in names),
                stored=SQL(", ").join(SQL("client.%s", name) for name in names),
                fresh=SQL(", ").join(SQL("fresh.%s", name) for name in names),
                bought=self._query_bought(),
            )
        )

    @api.model
    def _query_bought(self):
        """SELECT of the one row of figures of client `entity`, in the order of the fields.

        What was given back without saying of which purchase lowers the value,
        and is no purchase. Who never bought has no figures, and is never written.
        """
        return SQL(
            """
              WITH purchase AS (
                   SELECT day, amount FROM (%(purchases)s) every
                    WHERE every.client_id = entity.id
                 ), gap AS (
                   SELECT day - lag(day) OVER (ORDER BY day) AS days
                     FROM (SELECT DISTINCT day FROM purchase WHERE amount >= 0) bought
                 )
            SELECT nullif(count(*) FILTER (WHERE amount >= 0), 0)::int,
                   min(day) FILTER (WHERE amount >= 0),
                   max(day) FILTER (WHERE amount >= 0),
                   round(sum(amount), %(decimals)s),
                   (SELECT CASE WHEN count(days) > 1 THEN
                           round(percentile_cont(0.5) WITHIN GROUP (ORDER BY days))::int END
                      FROM gap)
              FROM purchase
            """,
            purchases=self._query_purchases(),
            decimals=self._get_purchase_company().currency_id.decimal_places,
        )

    @api.model
    def _query_purchases(self):
        """SELECT of `client_id, day, amount, moment, kind, name`: one row for each purchase.

        `client_id` is the commercial entity, `day` that of the company that sold,
        `amount` in the currency of the first company, and negative for what was
        given back apart from a purchase. `moment` (UTC) is when the purchase became
        a fact for the status of the client, NULL as long as it is none; `kind` and
        `name` say which it was. To be read with a condition on `client_id`.
        """
        zone = self.env["crm.relationship.rule"]._query_known_zone(SQL("calendar.tz"))
        return SQL(
            """
            SELECT buyer.commercial_partner_id AS client_id,
                   won.moment::date AS day,
                   coalesce(deal.expected_revenue, 0) * %(rate)s AS amount,
                   coalesce(deal.date_closed, deal.create_date) AS moment,
                   'deal' AS kind, deal.name
              FROM crm_lead deal
              JOIN res_partner buyer ON buyer.id = deal.partner_id
              JOIN res_company company ON company.id = coalesce(deal.company_id, %(company)s)
         LEFT JOIN resource_calendar calendar ON calendar.id = company.resource_calendar_id
        CROSS JOIN LATERAL (
                   SELECT timezone(coalesce(%(zone)s, 'UTC'), timezone('UTC',
                          coalesce(deal.date_closed, deal.create_date))) AS moment
                   ) won
             WHERE deal.won_status = 'won'
            """,
            company=self._get_purchase_company().id,
            rate=self._query_purchase_rate(SQL("company.currency_id"), SQL("won.moment::date")),
            zone=zone,
        )

    @api.model
    def _query_purchase_rate(self, currency, day):
        """By what an amount in `currency` is multiplied to be in that of the first company."""
        company = self._get_purchase_company()
        main = SQL("%s", company.currency_id.id)
        return SQL(
            "CASE WHEN %(currency)s = %(main)s THEN 1 ELSE %(to_rate)s / %(from_rate)s END",
            currency=currency,
            main=main,
            to_rate=self._query_rate_of_day(company, main, day),
            from_rate=self._query_rate_of_day(company, currency, day),
        )

    @api.model
    def _query_rate_of_day(self, company, currency, day):
        """The rate as Odoo finds it: the last one by that day, else the first there is."""
        return SQL(
            """
            coalesce((SELECT rate.rate FROM res_currency_rate rate
                       WHERE rate.currency_id = %(currency)s
                         AND (rate.company_id IS NULL OR rate.company_id = %(company)s)
                       ORDER BY rate.name <= %(day)s DESC, rate.company_id,
                                CASE WHEN rate.name <= %(day)s THEN rate.name END DESC, rate.name
                       LIMIT 1), 1)
            """,
            currency=currency,
            company=company.root_id.id,
            day=day,
        )
