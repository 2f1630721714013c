from odoo import fields, models
from odoo.tools import SQL

from ..models.complaint.crm_complaint import CANCELLED, OPEN_STATES, PRIORITIES, RESOLVED, STATES
from .aggregates import get_aggregate

COMPLAINT_COLUMNS = (
    *("id", "name", "partner_id", "commercial_partner_id", "lead_id", "user_id", "company_id"),
    *("state", "active", "priority", "cause_id", "date_open", "date_acknowledged"),
    *("date_deadline", "date_resolved", "date_client_told", "amends_cost"),
)
# Sums and what is computed from them: (numerator, denominators that are added up).
RATIOS = {
    "within_promise": ("in_time", ("in_time", "missed")),
    "repeat_rate": ("repeats", ("complaints",)),
}
# What is computed from all rows of a group: (column, fraction).
PERCENTILES = {
    "median_acknowledge_hours": ("acknowledge_hours", 0.5),
    "p90_acknowledge_hours": ("acknowledge_hours", 0.9),
    "median_resolve_days": ("resolve_days", 0.5),
    "p90_resolve_days": ("resolve_days", 0.9),
}


class CrmComplaintReport(models.Model):
    """How complaints are dealt with: a row is a complaint, open ones included.

    There is no table. Cancelled complaints were none and are left out. Who reads
    which complaints, their access rules decide. Those still open are not left
    out: past their day they are a miss, and their time so far has a measure of
    its own. A bridge adds what it knows of the client by `_get_columns`.
    """

    _name = "crm.complaint.report"
    _description = "Complaints Dealt With"
    _auto = False
    _rec_name = "complaint_id"
    _order = "date desc, id desc"
    _depends = {"crm.complaint": [*COMPLAINT_COLUMNS[1:]]}

    complaint_id = fields.Many2one("crm.complaint", readonly=True)
    name = fields.Char("What Is Wrong", readonly=True)
    date = fields.Datetime("Complained On", readonly=True, help="A period is about these moments.")
    date_deadline = fields.Date("Promised For", readonly=True)
    date_resolved = fields.Datetime("Resolved On", readonly=True)
    partner_id = fields.Many2one("res.partner", "Contact", readonly=True)
    commercial_partner_id = fields.Many2one(
        "res.partner", "Client", readonly=True, falsy_value_label="No client"
    )
    lead_id = fields.Many2one("crm.lead", "Lead or Deal", readonly=True)
    user_id = fields.Many2one("res.users", "Responsible", readonly=True, falsy_value_label="Nobody")
    company_id = fields.Many2one("res.company", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    cause_id = fields.Many2one(
        "crm.complaint.cause", readonly=True, falsy_value_label="No cause yet"
    )
    state = fields.Selection(STATES, readonly=True)
    priority = fields.Selection(PRIORITIES, readonly=True)

    # Sums
    complaints = fields.Integer(readonly=True, help="All but those that were cancelled.")
    resolved = fields.Integer(readonly=True, help="Complaints that are over.")
    still_open = fields.Integer(readonly=True, help="Complaints that are not over yet.")
    unacknowledged = fields.Integer(
        "Not Acknowledged",
        readonly=True,
        help="Complaints that none of us has answered, also those that are over.",
    )
    in_time = fields.Integer(
        "Kept", readonly=True, help="Resolved on the promised day at the latest."
    )
    missed = fields.Integer(
        "Not Kept",
        readonly=True,
        help="Resolved after the promised day, or still open and that day is over.",
    )
    repeats = fields.Integer(
        "Repeated",
        readonly=True,
        help="The client had complained of the same cause within the year before.",
    )
    amends_cost = fields.Monetary(
        "Cost",
        readonly=True,
        aggregator="sum",
        groups="crm_relationship.group_money",
        help="What remedies and amends cost us, in the currency of the company at today's rate.",
    )

    # Of one complaint
    acknowledge_hours = fields.Float(
        "Average Until Acknowledged (hours)",
        readonly=True,
        aggregator="avg",
        help="Hours by the clock from the complaint to our first answer; of several their mean.",
    )
    resolve_days = fields.Float(
        "Average Until Resolved (days)",
        readonly=True,
        aggregator="avg",
        help="Days by the clock from the complaint to its end; of several their mean. Of those "
        "still open see the days so far.",
    )
    open_days = fields.Float(
        "Longest Open So Far (days)",
        readonly=True,
        aggregator="max",
        help="Of complaints still open: days by the clock up to now; of several the most.",
    )

    # Of all rows of a group
    median_acknowledge_hours = fields.Float(
        "Median Until Acknowledged (hours)",
        readonly=True,
        aggregator="avg",
        help="Half of the complaints we answered were answered within so many hours.",
    )
    p90_acknowledge_hours = fields.Float(
        "90% Acknowledged Within (hours)",
        readonly=True,
        aggregator="avg",
        help="Nine of ten complaints we answered were answered within so many hours.",
    )
    median_resolve_days = fields.Float(
        "Median Until Resolved (days)",
        readonly=True,
        aggregator="avg",
        help="Half of the complaints that are over were resolved within so many days.",
    )
    p90_resolve_days = fields.Float(
        "90% Resolved Within (days)",
        readonly=True,
        aggregator="avg",
        help="Nine of ten complaints that are over were resolved within so many days.",
    )
    within_promise = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Kept / (kept + not kept). An open complaint counts as not kept as soon as its day "
        "is over; until then it is left out.",
    )
    repeat_rate = fields.Float(
        "Repeated Share", readonly=True, aggregator="avg", help="Repeated / complaints."
    )

    @property
    def _table_query(self) -> SQL:
        complaints = self.env["crm.complaint"].with_context(active_test=False)
        query = complaints._search([("state", "!=", CANCELLED)])
        return SQL(
            """
            SELECT c.id, c.id AS complaint_id, %(columns)s
              FROM %(complaints)s c
              JOIN %(companies)s company(id, rate, tz) ON company.id = c.company_id
        CROSS JOIN LATERAL (
                   SELECT c.state = %(resolved)s AS over, c.state IN %(open)s AS is_open,
                          timezone(company.tz, timezone('UTC', coalesce(
                              CASE WHEN c.state = %(resolved)s THEN c.date_resolved END,
                              %(now)s::timestamp)))::date AS day
                   ) fact
            """,
            columns=SQL(", ").join(
                SQL("%s AS %s", term, SQL.identifier(name))
                for name, term in self._get_columns().items()
            ),
            complaints=query.subselect(
                *(complaints._field_to_sql(query.table, name, query) for name in COMPLAINT_COLUMNS)
            ),
            companies=self._query_companies(),
            resolved=RESOLVED,
            open=OPEN_STATES,
            now=fields.Datetime.now(),
        )

    def _query_companies(self) -> SQL:
        """Of each company the rate to the currency of the report and the clock of its days."""
        # sudo: rates and time zones; which rows are seen, record rules decide
        companies = self.env["res.company"].sudo().search_fetch([], ["currency_id"])
        rates = self.env["res.currency"]
        rows = [
            SQL(
                "(%s, %s::numeric, %s)",
                company.id,
                rates._get_conversion_rate(company.currency_id, self.env.company.currency_id),
                company.resource_calendar_id.tz or "UTC",
            )
            for company in companies
        ]
        return SQL("(VALUES %s)", SQL(", ").join(rows))

    def _get_columns(self):
        """Columns of complaint `c`, with what is true of it (`fact`) and of its `company`."""
        kept = SQL("c.date_deadline IS NOT NULL AND fact.day <= c.date_deadline")
        missed = SQL("c.date_deadline IS NOT NULL AND fact.day > c.date_deadline")
        same = (
            *("name", "partner_id", "commercial_partner_id", "lead_id", "user_id", "company_id"),
            *("cause_id", "state", "priority", "date_deadline", "date_resolved"),
        )
        return {
            **{name: SQL.identifier("c", name) for name in same},
            "date": SQL("c.date_open"),
            "currency_id": SQL("%s::int4", self.env.company.currency_id.id),
            "complaints": SQL("1"),
            "resolved": SQL("fact.over::int"),
            "still_open": SQL("fact.is_open::int"),
            "unacknowledged": SQL("(c.date_acknowledged IS NULL)::int"),
            "in_time": SQL("(fact.over AND %s)::int", kept),
            "missed": SQL("(%s)::int", missed),
            "repeats": SQL("%s::int", self.env["crm.complaint"]._query_repeated("c")),
            "amends_cost": SQL("c.amends_cost * company.rate"),
            "acknowledge_hours": self._query_hours("c.date_acknowledged"),
            "resolve_days": SQL(
                "CASE WHEN fact.over THEN %s / 24 END", self._query_hours("c.date_resolved")
            ),
            "open_days": SQL(
                "CASE WHEN fact.is_open THEN"
                " extract(epoch FROM %s::timestamp - c.date_open) / 86400 END",
                fields.Datetime.now(),
            ),
            **dict.fromkeys((*RATIOS, *PERCENTILES), SQL("NULL::float8")),
        }

    def _query_hours(self, moment) -> SQL:
        return SQL("extract(epoch FROM %s - c.date_open)::float8 / 3600", SQL(moment))

    def _read_group_select(self, aggregate_spec, query) -> SQL:
        own = get_aggregate(self, aggregate_spec, query, RATIOS, PERCENTILES)
        return own or super()._read_group_select(aggregate_spec, query)

    def action_open_complaint(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.complaint",
            "res_id": self.complaint_id.id,
            "views": [(False, "form")],
        }
