from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, date_utils, format_date

# What is computed from the sums of whatever rows are grouped: (numerator, denominator).
RATIOS = {
    "cost_per_lead": ("cost", "leads"),
    "acquisition_cost": ("cost", "customers"),
    "conversion": ("won", "leads"),
    "roas": ("revenue", "cost"),
    "roi": ("profit", "cost"),
}
# Context key of the first day asked for, from the domain to the query.
SINCE = "crm_source_report_since"
# Sums that are empty, not 0, where nothing was entered: sorted last in both directions.
SORTED_LAST = {"cost", *RATIOS}


class CrmSourceReport(models.Model):
    """What a marketing source costs and what it brings, one row per fact.

    There is no table. Each fact is a SELECT over the rows that prove it (``_get_fact_queries``),
    all of them together a UNION ALL, so that a filter reaches the tables below:

    - ``cost``: one day of a ``crm.source.cost``;
    - ``lead``: a lead or opportunity, lost and archived ones included;
    - ``won``: a won deal, again by the source of the lead;
    - ``customer``: a client with a first won deal, by the source the client first came from.

    ``date`` is the cohort, the day the lead or client came, or the day the cost is for: rows of
    one period tell what its leads cost and what *they* have brought up to now. ``event_date``
    is the day the fact itself happened. Days are those of the company's working calendar, so
    that everybody sees the same figures. Money is in the currency of the current company;
    other companies' money is converted at today's rate.

    A bridge adds a fact with ``selection_add``, an entry in ``_get_fact_queries`` and, for a new
    column, its type in ``_get_column_types``.
    """

    _name = "crm.source.report"
    _description = "Source Report"
    _auto = False
    _order = "date desc, id desc"
    _depends = {
        "crm.lead": [
            "source_id",
            "medium_id",
            "campaign_id",
            "team_id",
            "user_id",
            "company_id",
            "partner_id",
            "won_status",
            "expected_revenue",
            "date_closed",
        ],
        "crm.source.cost": [
            "source_id",
            "medium_id",
            "campaign_id",
            "company_id",
            "date_from",
            "date_to",
            "amount_company",
        ],
        "res.partner": [
            "commercial_partner_id",
            "acquisition_date",
            "acquisition_source_id",
            "acquisition_medium_id",
            "acquisition_campaign_id",
        ],
    }

    fact = fields.Selection(
        [
            ("cost", "Cost"),
            ("lead", "Lead"),
            ("won", "Won Deal"),
            ("customer", "New Customer"),
        ],
        readonly=True,
        help="What the row stands for.",
    )
    date = fields.Date(
        "Came On",
        readonly=True,
        help="The day the lead came, of a customer the first contact, of a cost the day it is "
        "for. Filtering a period by it answers: what did the leads of this period cost, and what "
        "have they brought up to now?",
    )
    event_date = fields.Date(
        "Happened On",
        readonly=True,
        help="The day the fact itself happened: the deal was won, the first deal of the new "
        "customer was won. Of leads and costs the same as 'Came On'.",
    )

    # Dimensions
    source_id = fields.Many2one("utm.source", readonly=True, falsy_value_label="Unknown source")
    medium_id = fields.Many2one("utm.medium", readonly=True, falsy_value_label="No medium")
    campaign_id = fields.Many2one("utm.campaign", readonly=True, falsy_value_label="No campaign")
    team_id = fields.Many2one(
        "crm.team",
        "Sales Team",
        readonly=True,
        falsy_value_label="No team",
        help="Team of the lead. A cost belongs to a source, not to a team: by team there are no "
        "costs and no returns.",
    )
    user_id = fields.Many2one(
        "res.users",
        "Salesperson",
        readonly=True,
        falsy_value_label="Nobody",
        help="Salesperson of the lead. Costs belong to no salesperson.",
    )
    company_id = fields.Many2one("res.company", readonly=True, falsy_value_label="No company")

    # The rows behind
    lead_id = fields.Many2one("crm.lead", "Lead or Deal", readonly=True)
    cost_id = fields.Many2one("crm.source.cost", "Cost Entry", readonly=True)
    partner_id = fields.Many2one("res.partner", "Client", readonly=True)

    # Sums
    leads = fields.Integer(
        readonly=True, help="Leads and opportunities that came, lost and archived ones included."
    )
    won = fields.Integer("Won Deals", readonly=True, help="Deals won by now, of these leads.")
    customers = fields.Integer(
        "New Customers",
        readonly=True,
        help="Clients with at least one won deal, each counted once, on the day and for the "
        "source they first came from.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True)
    cost = fields.Monetary(
        readonly=True,
        help="What was entered as cost of the source, spread evenly over the days of its period.",
    )
    expected_revenue = fields.Monetary(
        readonly=True, help="Expected revenue of these leads as entered on them, lost ones not."
    )
    revenue = fields.Monetary(
        "Won Deals' Value",
        readonly=True,
        help="Expected revenue of the won deals, as entered on them: what was agreed, not what "
        "was paid.",
    )
    profit = fields.Monetary(
        "Value minus Cost",
        readonly=True,
        help="Value of the won deals minus the cost of the source. The cost of the goods sold "
        "is not known here.",
    )

    # Ratios
    cost_per_lead = fields.Monetary(
        readonly=True, aggregator="avg", help="Cost / leads. Empty without a cost or a lead."
    )
    acquisition_cost = fields.Monetary(
        "Cost per Customer (CAC)",
        readonly=True,
        aggregator="avg",
        help="Cost / new customers. Empty without a cost or a new customer.",
    )
    conversion = fields.Float(
        readonly=True, aggregator="avg", help="Won deals / leads. Empty without a lead."
    )
    roas = fields.Float(
        "ROAS",
        readonly=True,
        aggregator="avg",
        help="Return on ad spend: value of the won deals / cost. 3.0 means that each unit of "
        "money spent brought deals worth three. Empty when no cost was entered.",
    )
    roi = fields.Float(
        "ROI",
        readonly=True,
        aggregator="avg",
        help="Return on investment: (value of the won deals - cost) / cost. 0% gets the money "
        "back, -100% lost all of it. Empty when no cost was entered.",
    )

    @api.depends("date", "fact", "partner_id", "lead_id", "cost_id")
    def _compute_display_name(self):
        # sudo: whoever may read the row may read whom it is about
        for row, known in zip(self, self.sudo(), strict=True):
            client = known.partner_id if known.fact != "cost" else known.cost_id
            name = (client or known._get_origin()).display_name
            row.display_name = f"{format_date(self.env, known.date)} · {name}"

    # ------------------------------------------------------------------
    # The query
    # ------------------------------------------------------------------

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
        many2one = dict.fromkeys(
            ("source_id", "medium_id", "campaign_id", "team_id", "user_id", "company_id"), "int4"
        )
        money = dict.fromkeys(("cost", "expected_revenue", "revenue", "profit"), "numeric")
        return {
            "date": "date",
            "event_date": "date",
            **many2one,
            **dict.fromkeys(("lead_id", "cost_id", "partner_id"), "int4"),
            **dict.fromkeys(("leads", "won", "customers"), "int4"),
            **money,
            **dict.fromkeys(RATIOS, "float8"),
        }

    @api.model
    def _get_known_sums(self):
        """Sums that are 0 where there is no fact; without a cost the cost is unknown."""
        return {"leads", "won", "customers", "expected_revenue", "revenue", "profit"}

    @api.model
    def _get_fact_queries(self):
        """``{fact: (columns, tables)}``: what the fact says and where it is found.

        ``columns`` must have ``key``, a whole number unique within the fact, and may have any
        column of ``_get_column_types``. ``tables`` is what follows FROM; in it,
        ``%(company)s`` is the rows of the companies (``id``, ``rate`` to the currency of the
        report, ``tz``), and the conditions of ``_get_bounds`` narrow the tables ``lead``,
        ``cost`` and ``contact`` to the period asked for.
        """
        return {
            "cost": self._query_costs(),
            "lead": self._query_leads(),
            "won": self._query_won(),
            "customer": self._query_customers(),
        }

    @api.model
    def _query_fact(self, fact, columns, tables, companies) -> SQL:
        terms = [
            SQL("(%s)::int8 * 16 + %s AS id", columns["key"], self._get_facts().index(fact)),
            SQL("%s::varchar AS fact", fact),
            SQL("%s::int4 AS currency_id", self.env.company.currency_id.id),
        ]
        for name, sql_type in self._get_column_types().items():
            term = columns.get(name) or SQL("NULL")
            terms.append(SQL("(%s)::%s AS %s", term, SQL(sql_type), SQL.identifier(name)))
        company = SQL("%s AS company (id, rate, tz)", companies)
        return SQL(
            "(SELECT %s FROM %s)",
            SQL(", ").join(terms),
            SQL(tables, company=company, **self._get_bounds()),
        )

    @api.model
    def _get_bounds(self):
        """Conditions on the columns of the tables that a period in the domain implies, so that
        indexes serve it. The period itself is still checked: a day may begin up to 14 hours
        before or after the UTC one."""
        since = self.env.context.get(SINCE)
        if not since:
            return dict.fromkeys(("leads_since", "costs_since", "clients_since"), SQL("TRUE"))
        leads_since = SQL("lead.create_date >= %s", date_utils.subtract(since, days=1))
        return {
            "leads_since": leads_since,
            "costs_since": SQL("cost.date_to >= %s", since),
            # who became a customer in the period, came in it with a lead
            "clients_since": SQL(
                """contact.commercial_partner_id IN (
                    SELECT person.commercial_partner_id
                      FROM crm_lead lead JOIN res_partner person ON person.id = lead.partner_id
                     WHERE lead.won_status = 'won' AND %s)""",
                leads_since,
            ),
        }

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
        return company.resource_calendar_id.tz or "UTC"

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
            WHERE %(costs_since)s
        """
        return columns, tables

    @api.model
    def _get_lead_columns(self):
        names = ("source_id", "medium_id", "campaign_id", "team_id", "user_id", "company_id")
        return {
            "key": SQL("lead.id"),
            "date": self._to_day("lead.create_date"),
            "event_date": self._to_day("lead.create_date"),
            "lead_id": SQL("lead.id"),
            "partner_id": SQL("lead.partner_id"),
            **{name: SQL.identifier("lead", name) for name in names},
        }

    @api.model
    def _query_leads(self):
        columns = {
            **self._get_lead_columns(),
            "leads": SQL("1"),
            "expected_revenue": SQL(
                "CASE WHEN lead.won_status = 'lost' THEN 0 ELSE %s END",
                self._to_currency("COALESCE(lead.expected_revenue, 0)"),
            ),
        }
        tables = """
            crm_lead lead LEFT JOIN %(company)s ON company.id = lead.company_id
            WHERE %(leads_since)s
        """
        return columns, tables

    @api.model
    def _query_won(self):
        value = self._to_currency("COALESCE(lead.expected_revenue, 0)")
        columns = {
            **self._get_lead_columns(),
            "event_date": self._to_day("COALESCE(lead.date_closed, lead.create_date)"),
            "won": SQL("1"),
            "revenue": value,
            "profit": value,
        }
        tables = """
            crm_lead lead LEFT JOIN %(company)s ON company.id = lead.company_id
            WHERE lead.won_status = 'won' AND %(leads_since)s
        """
        return columns, tables

    @api.model
    def _query_customers(self):
        """A client is new once, with the first deal that was won; the day and the source are
        those of the first contact, or of that deal while the client's are not known."""

        def first_touch(name):
            return SQL(
                "CASE WHEN client.acquisition_date IS NULL THEN %s ELSE %s END",
                SQL.identifier("lead", name),
                SQL.identifier("client", f"acquisition_{name}"),
            )

        columns = {
            **self._get_lead_columns(),
            "key": SQL("client.id"),
            # LEAST leaves out what is unknown; who came cannot have come after the deal
            "date": SQL("LEAST(client.acquisition_date, %s)", self._to_day("lead.create_date")),
            "event_date": self._to_day("COALESCE(lead.date_closed, lead.create_date)"),
            "source_id": first_touch("source_id"),
            "medium_id": first_touch("medium_id"),
            "campaign_id": first_touch("campaign_id"),
            "partner_id": SQL("client.id"),
            "customers": SQL("1"),
        }
        tables = """
            (SELECT DISTINCT ON (contact.commercial_partner_id)
                    contact.commercial_partner_id, deal.id, deal.create_date, deal.date_closed,
                    deal.source_id, deal.medium_id, deal.campaign_id,
                    deal.team_id, deal.user_id, deal.company_id
               FROM crm_lead deal JOIN res_partner contact ON contact.id = deal.partner_id
              WHERE deal.won_status = 'won' AND %(clients_since)s
           ORDER BY contact.commercial_partner_id,
                    COALESCE(deal.date_closed, deal.create_date), deal.id) lead
            JOIN res_partner client ON client.id = lead.commercial_partner_id
            LEFT JOIN %(company)s ON company.id = lead.company_id
            WHERE %(leads_since)s
        """
        return columns, tables

    # ------------------------------------------------------------------
    # Ratios at any grouping
    # ------------------------------------------------------------------

    @api.model
    def _search(self, domain, *args, **kwargs):
        # Compiling the query to machine code takes longer than running it.
        self.env.cr.execute("SET LOCAL jit = off")
        model = self.with_context(**{SINCE: self._get_since(domain)})
        return super(CrmSourceReport, model)._search(domain, *args, **kwargs)

    @api.model
    def _get_since(self, domain):
        """The first day all rows of the domain must have, if it is plain to see."""
        terms = list(Domain(domain).optimize_full(self))
        if "|" in terms or "!" in terms:
            return None
        days = [
            value
            for name, operator, value in (term for term in terms if term != "&")
            if name == "date" and operator in (">", ">=") and value
        ]
        return max(days, default=None)

    def _read_group_select(self, aggregate_spec, query) -> SQL:
        fname, _colon, function = aggregate_spec.partition(":")
        if fname in RATIOS:
            self._check_field_access(self._fields[fname], "read")
            numerator, denominator = (
                self._read_group_select(f"{name}:sum", query) for name in RATIOS[fname]
            )
            return SQL("%s::float8 / NULLIF(%s, 0)::float8", numerator, denominator)
        aggregate = super()._read_group_select(aggregate_spec, query)
        if function in ("sum", "sum_currency") and fname in self._get_known_sums():
            return SQL("COALESCE(%s, 0)", aggregate)
        return aggregate

    def _read_group_orderby(self, order, groupby_terms, query) -> SQL:
        if list(groupby_terms) == ["fact"]:  # as it goes: cost, lead, won deal, customer
            return SQL("array_position(%s, %s)", self._get_facts(), groupby_terms["fact"])
        return super()._read_group_orderby(self._sort_unknown_last(order), groupby_terms, query)

    @api.model
    def _sort_unknown_last(self, order):
        """Where there is no cost there is no return: such groups follow the ranked ones, the
        most profitable first."""
        if not order:
            return order
        parts = [part.strip() for part in order.split(",")]
        names = [part.split(":")[0].split(" ")[0] for part in parts]
        ranked = [
            f"{part} NULLS LAST" if name in SORTED_LAST and "nulls" not in part.lower() else part
            for name, part in zip(names, parts, strict=True)
        ]
        if names[0] in RATIOS and "profit" not in names:
            ranked.insert(1, "profit:sum DESC")
        return ", ".join(ranked)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open_origin(self):
        """Open what the row stands for: the cost, the client or the lead."""
        self.ensure_one()
        origin = self._get_origin()
        return {
            "type": "ir.actions.act_window",
            "res_model": origin._name,
            "res_id": origin.id,
            "views": [(False, "form")],
        }

    def _get_origin(self):
        if self.fact == "customer":
            return self.partner_id
        return self.cost_id or self.lead_id
