from odoo import api, fields, models
from odoo.tools import SQL

# Fewer clients than fifths cannot be told apart by fifths.
FIFTHS = 5
HIGH, LOW = 4, 2
SEGMENTS = [
    ("best", "Best"),
    ("faithful", "Faithful"),
    ("new", "New"),
    ("slipping", "Slipping Away"),
    ("lost", "Long Gone"),
    ("other", "In Between"),
]


class CrmPurchaseReport(models.Model):
    """What each client has bought, and how that compares with all other clients (RFM).

    There is no table: a row is a client with at least one purchase, read from the facts kept on
    it, so that a row is as fresh as they are and days are counted to today. Each of three scores
    is 1 plus the number of whole fifths of all clients that the client outdoes

    - R, recency: by the day of the last purchase;
    - F, frequency: by the number of purchases;
    - M, money: by what all purchases were worth.

    Who is alike has the same score. With fewer than five clients there are none. All clients are
    compared, whichever of them the reader may see.
    """

    _name = "crm.purchase.report"
    _description = "Purchases of Clients"
    _auto = False
    _rec_name = "partner_id"
    _order = "value desc, id"
    _depends = {
        "res.partner": [
            "purchase_count",
            "purchase_first_date",
            "purchase_last_date",
            "purchase_value",
            "purchase_rhythm_days",
            "relationship_status_id",
            "user_id",
            "company_id",
            "active",
        ]
    }

    partner_id = fields.Many2one("res.partner", "Client", readonly=True)
    user_id = fields.Many2one("res.users", "Salesperson", readonly=True, falsy_value_label="Nobody")
    status_id = fields.Many2one(
        "crm.relationship.status", readonly=True, falsy_value_label="No status"
    )
    company_id = fields.Many2one("res.company", readonly=True, falsy_value_label="No company")
    currency_id = fields.Many2one("res.currency", readonly=True)

    first_date = fields.Date("First Bought On", readonly=True)
    last_date = fields.Date("Last Bought On", readonly=True)
    clients = fields.Integer(readonly=True, help="Clients who have bought.")
    purchases = fields.Integer(
        readonly=True, help="Posted invoices and receipts that were not given back."
    )
    value = fields.Monetary(
        "Bought in All",
        readonly=True,
        aggregator="sum",
        help="What all purchases were worth, untaxed and net of refunds, in the currency of the "
        "first company at the rates of their days.",
    )
    days_since = fields.Integer(
        readonly=True,
        aggregator="avg",
        help="Days from the last purchase to today; of several clients their mean.",
    )
    rhythm_days = fields.Integer(
        "Buys Every (days)",
        readonly=True,
        aggregator="avg",
        help="How many days usually lie between two purchases; of several clients their mean. "
        "Empty with fewer than three days of purchase.",
    )
    days_late = fields.Integer(
        "Days Past Rhythm",
        readonly=True,
        aggregator=None,
        help="By how many days the last purchase is longer ago than is usual for this client.",
    )

    # Compared with all other clients
    recency = fields.Integer(
        "R",
        readonly=True,
        aggregator="avg",
        help="Recency, 1 to 5: 5 are those whose last purchase is more recent than that of four "
        "fifths of all clients. Of several clients the mean.",
    )
    frequency = fields.Integer(
        "F",
        readonly=True,
        aggregator="avg",
        help="Frequency, 1 to 5: 5 are those who bought more often than four fifths of all "
        "clients. Of several clients the mean.",
    )
    monetary = fields.Integer(
        "M",
        readonly=True,
        aggregator="avg",
        help="Money, 1 to 5: 5 are those whose purchases were worth more than those of four "
        "fifths of all clients. Of several clients the mean.",
    )
    score = fields.Char(
        "RFM",
        readonly=True,
        help="The three scores side by side: 555 bought most recently, most often and for most.",
    )
    segment = fields.Selection(
        SEGMENTS,
        readonly=True,
        help="Best: all three scores 4 or 5. Slipping away: bought often or for much (4 or 5), but "
        "not lately (R 1 or 2). Faithful: bought often (F 4 or 5). New: bought lately (R 4 or 5), "
        "not often (F 1 or 2). Long gone: not lately, not often. In between: the others.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT bought.*, recency::text || frequency || monetary AS score, %(segment)s AS segment
              FROM (SELECT client.id, client.id AS partner_id, client.user_id, client.company_id,
                           client.relationship_status_id AS status_id,
                           %(currency)s::int4 AS currency_id,
                           client.purchase_first_date AS first_date,
                           client.purchase_last_date AS last_date,
                           1 AS clients,
                           client.purchase_count AS purchases,
                           client.purchase_value AS value,
                           %(today)s - client.purchase_last_date AS days_since,
                           NULLIF(client.purchase_rhythm_days, 0) AS rhythm_days,
                           NULLIF(GREATEST(0, %(today)s - client.purchase_last_date
                                  - NULLIF(client.purchase_rhythm_days, 0)), 0) AS days_late,
                           %(recency)s AS recency, %(frequency)s AS frequency,
                           %(monetary)s AS monetary
                      FROM res_partner client
                     WHERE client.purchase_count > 0 AND client.active) bought
            """,
            currency=self.env["res.partner"]._get_purchase_company().currency_id.id,
            today=SQL("%s::date", fields.Date.context_today(self)),
            segment=self._query_segment(),
            recency=self._query_score("client.purchase_last_date"),
            frequency=self._query_score("client.purchase_count"),
            monetary=self._query_score("client.purchase_value"),
        )

    @api.model
    def _query_score(self, fact) -> SQL:
        """1 plus the number of whole fifths of all clients that a client outdoes by this fact."""
        return SQL(
            """
            CASE WHEN count(*) OVER () >= %(fifths)s
                 THEN (1 + (rank() OVER (ORDER BY %(fact)s) - 1) * %(fifths)s
                       / count(*) OVER ())::int END
            """,
            fact=SQL(fact),
            fifths=FIFTHS,
        )

    @api.model
    def _query_segment(self) -> SQL:
        return SQL(
            """
            CASE WHEN recency IS NULL THEN NULL
                 WHEN LEAST(recency, frequency, monetary) >= %(high)s THEN 'best'
                 WHEN recency <= %(low)s AND GREATEST(frequency, monetary) >= %(high)s
                      THEN 'slipping'
                 WHEN frequency >= %(high)s THEN 'faithful'
                 WHEN recency >= %(high)s AND frequency <= %(low)s THEN 'new'
                 WHEN GREATEST(recency, frequency) <= %(low)s THEN 'lost'
                 ELSE 'other' END
            """,
            high=HIGH,
            low=LOW,
        )

    @api.model
    def _query_segment_of(self, recency, frequency, monetary) -> SQL:
        """SELECT of the segment of these three scores."""
        return SQL(
            "SELECT %s FROM (VALUES (%s, %s, %s)) AS score (recency, frequency, monetary)",
            self._query_segment(),
            *(recency, frequency, monetary),
        )

    def action_open_client(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [(False, "form")],
        }

    def action_open_clients(self):
        """The selected clients as contacts: to write to them, plan or hand over."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Clients"),
            "res_model": "res.partner",
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.partner_id.ids)],
        }
