from odoo import api, models
from odoo.tools import SQL

from .crm_source_report import RATIOS

UTM = ("source_id", "medium_id", "campaign_id")
# What a row says twice: by the first touch, and by the deal's own lead as `deal_...`.
ATTRIBUTED = ("date", *UTM)
# The deal that made a client a customer.
FIRST_WON = """
    SELECT DISTINCT ON (contact.commercial_partner_id)
           contact.commercial_partner_id, deal.id, deal.create_date, deal.date_closed,
           deal.source_id, deal.medium_id, deal.campaign_id,
           deal.team_id, deal.user_id, deal.company_id
      FROM crm_lead deal JOIN res_partner contact ON contact.id = deal.partner_id
     WHERE deal.won_status = 'won'
  ORDER BY contact.commercial_partner_id, COALESCE(deal.date_closed, deal.create_date), deal.id
"""


class CrmSourceReport(models.Model):
    """Where the facts are found: one SELECT for each, all of them a UNION ALL."""

    _inherit = "crm.source.report"

    @property
    def _table_query(self) -> SQL:
        companies = self._query_companies()
        return SQL(" UNION ALL ").join(
            self._query_fact(fact, columns, tables, companies)
            for fact, (columns, tables) in self._get_fact_queries().items()
        )

    @api.model
    def _get_facts(self):
        return [key for key, _label in self._fields["fact"].selection]

    @api.model
    def _get_column_types(self):
        """Columns and their types: every fact has all of them, NULL where it says nothing."""
        dimensions = (*UTM, *map(_by_deal, UTM), "team_id", "user_id", "company_id")
        money = dict.fromkeys(
            ("cost", "expected_revenue", "won_value", "revenue", "profit"), "numeric"
        )
        return {
            **dict.fromkeys(("date", "deal_date", "event_date"), "date"),
            **dict.fromkeys(dimensions, "int4"),
            **dict.fromkeys(("lead_id", "cost_id", "partner_id"), "int4"),
            **dict.fromkeys(("leads", "won", "customers"), "int4"),
            **money,
            **dict.fromkeys((*RATIOS, "maturity"), "float8"),
            "payback": "int4",
        }

    @api.model
    def _get_known_sums(self):
        """Sums that are 0 where there is no fact; without a cost the cost is unknown."""
        counts = {"leads", "won", "customers"}
        return {*counts, "expected_revenue", "won_value", "revenue", "profit"}

    @api.model
    def _get_fact_queries(self):
        """``{fact: (columns, tables)}``: what the fact says and where it is found.

        ``columns`` must have ``key``, a whole number unique within the fact, and may have any
        column of ``_get_column_types`` (those by the deal are as those by the first touch unless
        it says otherwise), and ``latest``: a moment that ``date`` and ``deal_date`` are never more
        than a day after, as it is stored, so that a period finds its rows by an index.
        ``tables`` is what follows FROM; in it, ``%(company)s`` is the rows of the companies
        (``id``, ``rate`` to the currency of the report, ``tz``). Where it has other parameters, it
        is a function that gets these rows and returns SQL.
        """
        return {
            "cost": self._query_costs(),
            "lead": self._query_leads(),
            "won": self._query_won(),
            "value": self._query_values(),
            "customer": self._query_customers(),
        }

    @api.model
    def _query_fact(self, fact, columns, tables, companies) -> SQL:
        columns = {_by_deal(name): columns.get(name) for name in ATTRIBUTED} | columns
        terms = [
            SQL("(%s)::int8 * 16 + %s AS id", columns["key"], self._get_facts().index(fact)),
            SQL("%s::varchar AS fact", fact),
            SQL("%s::int4 AS currency_id", self.env.company.currency_id.id),
            SQL("(%s)::timestamp AS latest", columns.get("latest") or SQL("'infinity'")),
        ]
        for name, sql_type in self._get_column_types().items():
            term = columns.get(name) or SQL("NULL")
            terms.append(SQL("(%s)::%s AS %s", term, SQL(sql_type), SQL.identifier(name)))
        company = SQL("%s AS company (id, rate, tz)", companies)
        source = tables(company) if callable(tables) else SQL(tables, company=company)
        return SQL("(SELECT %s FROM %s)", SQL(", ").join(terms), source)

    @api.model
    def _query_companies(self) -> SQL:
        """Of each company the rate to the currency of the report and the time zone of its days."""
        # sudo: rates and time zones of all companies; which rows are seen, record rules decide
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        rows = [
            SQL("(%s, %s::numeric, %s)", company.id, self._get_rate(company), self._get_tz(company))
            for company in companies.search_fetch([], ["currency_id", "resource_calendar_id"])
        ]
        return SQL("(VALUES %s)", SQL(", ").join(rows))

    @api.model
    def _get_rate(self, company):
        return self.env["res.currency"]._get_conversion_rate(
            company.currency_id, self.env.company.currency_id
        )

    @api.model
    def _get_tz(self, company):
        tz = company.resource_calendar_id.tz
        # PostgreSQL refuses a statement with a zone it does not know.
        known = self.env["crm.relationship.rule"]._get_known_zones()
        return tz if tz in known.split(",") else "UTC"

    @api.model
    def _to_day(self, moment) -> SQL:
        """The day of a UTC moment where the company is."""
        tz = self._get_tz(self.env.company)
        return SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE COALESCE(company.tz, %s))::date", SQL(moment), tz
        )

    @api.model
    def _to_currency(self, amount) -> SQL:
        return SQL("%s * COALESCE(company.rate, 1)", SQL(amount))

    # ------------------------------------------------------------------
    # The facts
    # ------------------------------------------------------------------

    @api.model
    def _query_costs(self):
        share = "cost.amount_company / (cost.date_to - cost.date_from + 1)"
        day = SQL("cost.date_from + day.number")
        columns = {
            # 65,536 days are 179 years; the longest period of a cost is ten
            "key": SQL("cost.id::int8 * 65536 + day.number"),
            "latest": SQL("cost.date_to"),
            "date": day,
            "event_date": day,
            "source_id": SQL("cost.source_id"),
            "medium_id": SQL("cost.medium_id"),
            "campaign_id": SQL("cost.campaign_id"),
            "company_id": SQL("cost.company_id"),
            "cost_id": SQL("cost.id"),
            "partner_id": SQL("cost.vendor_id"),
            "cost": self._to_currency(share),
            "profit": self._to_currency(f"- {share}"),
        }
        tables = """
            crm_source_cost cost
            -- unnest: the planner expects ten days of it, of a generate_series a thousand
            CROSS JOIN LATERAL unnest(ARRAY(
                SELECT generate_series(0, cost.date_to - cost.date_from))) AS day (number)
            LEFT JOIN %(company)s ON company.id = cost.company_id
        """
        return columns, tables

    @api.model
    def _get_lead_columns(self):
        names = (*UTM, "team_id", "user_id", "company_id")
        return {
            "key": SQL("lead.id"),
            # a day begins up to 14 hours before or after that of UTC
            "latest": SQL("lead.create_date"),
            "date": self._to_day("lead.create_date"),
            "event_date": self._to_day("lead.create_date"),
            "lead_id": SQL("lead.id"),
            "partner_id": SQL("lead.partner_id"),
            **{name: SQL.identifier("lead", name) for name in names},
        }

    @api.model
    def _get_deal_columns(self):
        """Columns of what a won deal (``lead``) brought: by the first touch of its client
        (``client``), or by the deal itself while that is not known; and by the deal itself."""
        own = self._get_lead_columns()
        first_touch = {
            name: SQL(
                "CASE WHEN client.acquisition_date IS NULL THEN %s ELSE %s END",
                own[name],
                SQL.identifier("client", f"acquisition_{name}"),
            )
            for name in UTM
        }
        return {
            **own,
            **{_by_deal(name): own[name] for name in ATTRIBUTED},
            **first_touch,
            # LEAST leaves out what is unknown; who came cannot have come after the deal
            "date": SQL("LEAST(client.acquisition_date, %s)", own["date"]),
            "event_date": self._get_won_day(),
        }

    @api.model
    def _get_won_day(self) -> SQL:
        return self._to_day("COALESCE(lead.date_closed, lead.create_date)")

    @api.model
    def _query_leads(self):
        columns = {
            **self._get_lead_columns(),
            "leads": SQL("1"),
            "maturity": self._get_maturity(self._to_day("lead.create_date")),
            "expected_revenue": SQL(
                "CASE WHEN lead.won_status = 'lost' THEN 0 ELSE %s END",
                self._to_currency("COALESCE(lead.expected_revenue, 0)"),
            ),
        }
        return columns, "crm_lead lead LEFT JOIN %(company)s ON company.id = lead.company_id"

    @api.model
    def _query_won(self):
        columns = {
            **self._get_lead_columns(),
            "event_date": self._get_won_day(),
            "won": SQL("1"),
        }
        tables = """
            crm_lead lead LEFT JOIN %(company)s ON company.id = lead.company_id
            WHERE lead.won_status = 'won'
        """
        return columns, tables

    @api.model
    def _query_values(self):
        value = self._to_currency("COALESCE(lead.expected_revenue, 0)")
        columns = {
            **self._get_deal_columns(),
            "won_value": value,
            **self._get_revenue_columns(value),
        }
        tables = """
            crm_lead lead
            LEFT JOIN res_partner contact ON contact.id = lead.partner_id
            LEFT JOIN res_partner client ON client.id = contact.commercial_partner_id
            LEFT JOIN %(company)s ON company.id = lead.company_id
            WHERE lead.won_status = 'won'
        """
        return columns, tables

    @api.model
    def _get_revenue_columns(self, value):
        """Which columns the agreed value of a won deal feeds besides ``won_value``. A bridge
        whose own facts tell the revenue returns none."""
        return {"revenue": value, "profit": value}

    @api.model
    def _query_customers(self):
        """A client is new once, with the first deal that was won; the day and the source are
        those of the first contact, or of that deal while the client's are not known."""
        columns = {
            **self._get_deal_columns(),
            "key": SQL("client.id"),
            "partner_id": SQL("client.id"),
            "customers": SQL("1"),
        }
        return columns, lambda company: SQL(
            """
            (%s) lead
            JOIN res_partner client ON client.id = lead.commercial_partner_id
            LEFT JOIN %s ON company.id = lead.company_id
            """,
            SQL(FIRST_WON),
            company,
        )


def _by_deal(name):
    """The column that says it by the deal itself."""
    return f"deal_{name}"
