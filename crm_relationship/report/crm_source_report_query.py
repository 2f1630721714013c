from odoo import api, models
from odoo.tools import SQL

from .crm_source_report import RATIOS

UTM = ("source_id", "medium_id", "campaign_id")
# What a row says twice: by the first touch, and by the deal's own lead as `deal_...`.
ATTRIBUTED = ("date", *UTM)


class CrmSourceReport(models.Model):
    """Where the facts are found: one SELECT for each, all of them a UNION ALL."""

    _inherit = "crm.source.report"

    @property
    def _table_query(self) -> SQL:
        context = dict(self.env.context)
        since = context.pop("source_report_since", None)
        asked = set(context.pop("source_report_facts", None) or self._get_facts())
        # What the environment without these two has read once need not be read again.
        report = self.with_env(self.env(context=context))
        companies = report._query_companies()
        return SQL(" UNION ALL ").join(
            report._query_fact(facts, columns, tables, companies)
            for facts, (columns, tables) in report._get_fact_queries(since).items()
            if asked.intersection([facts] if isinstance(facts, str) else facts)
        )

    @api.model
    def _get_facts(self):
        return [key for key, _label in self._fields["fact"].selection]

    @api.model
    def _get_column_types(self):
        """Columns and their types: every fact has all of them, NULL where it says nothing."""
        dimensions = (*UTM, *map(by_deal, UTM), "team_id", "user_id", "company_id")
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
    def _get_fact_queries(self, since=None):
        """``{fact or facts: (columns, tables)}``: what the fact says and where it is found.

        ``columns`` must have ``key``, a whole number unique within the fact, and may have any
        column of ``_get_column_types`` (those by the deal are as those by the first touch unless
        it says otherwise), and ``earliest`` and ``latest``: moments as they are stored, of which
        ``date`` and ``deal_date`` are never more than a day before and after, so that a period
        finds its rows by an index. What tells several facts in one go says in ``fact`` which one
        a row is; ``key`` is unique within each of them.
        ``tables`` is what follows FROM; in it, ``%(company)s`` is the rows of the companies
        (``id``, ``rate`` to the currency of the report, ``tz``). Where it has other parameters, it
        is a function that gets these rows and returns SQL.

        :param since: the first day of interest by ``date`` and by ``deal_date``, where that is
            known; earlier rows may be left out
        """
        return {
            "cost": self._query_costs(),
            "lead": self._query_leads(),
            "won": self._query_won(),
            ("value", "customer"): self._query_deals(since),
        }

    @api.model
    def _query_fact(self, facts, columns, tables, companies) -> SQL:
        columns = {by_deal(name): columns.get(name) for name in ATTRIBUTED} | columns
        fact = columns.get("fact") or SQL("%s", facts)
        number = SQL("array_position(%s::varchar[], (%s)::varchar) - 1", self._get_facts(), fact)
        if isinstance(facts, str):
            number = SQL("%s", self._get_facts().index(facts))
        terms = [
            SQL("(%s)::int8 * 16 + %s AS id", columns["key"], number),
            SQL("(%s)::varchar AS fact", fact),
            SQL("%s::int4 AS currency_id", self.env.company.currency_id.id),
            SQL("(%s)::timestamp AS earliest", columns.get("earliest") or SQL("'-infinity'")),
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
            "earliest": SQL("cost.date_from"),
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
            "earliest": SQL("lead.create_date"),
            "latest": SQL("lead.create_date"),
            "date": self._to_day("lead.create_date"),
            "event_date": self._to_day("lead.create_date"),
            "lead_id": SQL("lead.id"),
            "partner_id": SQL("lead.partner_id"),
            **{name: SQL.identifier("lead", name) for name in names},
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


def by_deal(name):
    """The column that says it by the deal itself."""
    return f"deal_{name}"
