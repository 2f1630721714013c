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
        queries = report._get_fact_queries(report._get_places(), since)
        return SQL(" UNION ALL ").join(
            report._query_fact(facts, columns, tables)
            for facts, (columns, tables) in queries.items()
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
    def _get_fact_queries(self, places, since=None):
        """``{fact or facts: (columns, tables)}``: what the fact says and where it is found.

        ``columns`` must have ``key``, a whole number unique within the fact, and may have any
        column of ``_get_column_types`` (those by the deal are as those by the first touch unless
        it says otherwise), and ``earliest`` and ``latest``: moments as they are stored, of which
        ``date`` and ``deal_date`` are never more than a day before and after, so that a period
        finds its rows by an index. What tells several facts in one go says in ``fact`` which one
        a row is; ``key`` is unique within each of them.
        ``tables`` is what follows FROM.

        :param places: ``Places``, which says what day it is where a row's company is, and what its
            money is worth
        :param since: the first day of interest by ``date`` and by ``deal_date``, where that is
            known; earlier rows may be left out
        """
        return {
            "cost": self._query_costs(places),
            "lead": self._query_leads(places),
            "won": self._query_won(places),
            ("value", "customer"): self._query_deals(places, since),
        }

    @api.model
    def _query_fact(self, facts, columns, tables) -> SQL:
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
        return SQL("(SELECT %s FROM %s)", SQL(", ").join(terms), tables)

    # ------------------------------------------------------------------
    # The facts
    # ------------------------------------------------------------------

    @api.model
    def _query_costs(self, places):
        company = SQL("cost.company_id")
        share = SQL("cost.amount_company / (cost.date_to - cost.date_from + 1)")
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
            "company_id": company,
            "cost_id": SQL("cost.id"),
            "partner_id": SQL("cost.vendor_id"),
            "cost": places.to_currency(share, company),
            "profit": places.to_currency(SQL("- %s", share), company),
        }
        tables = SQL(
            """
            crm_source_cost cost
            -- unnest: the planner expects ten days of it, of a generate_series a thousand
            CROSS JOIN LATERAL unnest(ARRAY(
                SELECT generate_series(0, cost.date_to - cost.date_from))) AS day (number)
            """
        )
        return columns, tables

    @api.model
    def _get_lead_columns(self, places):
        came = places.to_day(SQL("lead.create_date"), SQL("lead.company_id"))
        names = (*UTM, "team_id", "user_id", "company_id")
        return {
            "key": SQL("lead.id"),
            # a day begins up to 14 hours before or after that of UTC
            "earliest": SQL("lead.create_date"),
            "latest": SQL("lead.create_date"),
            "date": came,
            "event_date": came,
            "lead_id": SQL("lead.id"),
            "partner_id": SQL("lead.partner_id"),
            **{name: SQL.identifier("lead", name) for name in names},
        }

    @api.model
    def _get_won_day(self, places) -> SQL:
        moment = SQL("COALESCE(lead.date_closed, lead.create_date)")
        return places.to_day(moment, SQL("lead.company_id"))

    @api.model
    def _query_leads(self, places):
        columns = self._get_lead_columns(places)
        columns |= {
            "leads": SQL("1"),
            "maturity": self._get_maturity(places, columns["date"]),
            "expected_revenue": SQL(
                "CASE WHEN lead.won_status = 'lost' THEN 0 ELSE %s END", self._get_value(places)
            ),
        }
        return columns, SQL("crm_lead lead")

    @api.model
    def _query_won(self, places):
        columns = {
            **self._get_lead_columns(places),
            "event_date": self._get_won_day(places),
            "won": SQL("1"),
        }
        return columns, SQL("crm_lead lead WHERE lead.won_status = 'won'")

    @api.model
    def _get_value(self, places) -> SQL:
        """What a lead is worth, as entered on it."""
        return places.to_currency(SQL("COALESCE(lead.expected_revenue, 0)"), SQL("lead.company_id"))


def by_deal(name):
    """The column that says it by the deal itself."""
    return f"deal_{name}"
