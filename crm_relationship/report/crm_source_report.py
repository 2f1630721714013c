from odoo import api, fields, models
from odoo.tools import format_date

# What is computed from the sums of whatever rows are grouped: (numerator, denominator).
RATIOS = {
    "cost_per_lead": ("cost", "leads"),
    "acquisition_cost": ("cost", "customers"),
    "conversion": ("won", "leads"),
    "roas": ("revenue", "cost"),
    "roi": ("profit", "cost"),
}
# How many of what a figure rests on. Of fewer than `FEW_CASES` it is marked, since one client
# more or less would move it by five per cent or more.
CASES = {
    "cost_per_lead": "leads",
    "acquisition_cost": "customers",
    "conversion": "leads",
    "roas": "customers",
    "roi": "customers",
    "payback": "customers",
}
FEW_CASES = 20


class CrmSourceReport(models.Model):
    """What a marketing source costs and what it brings, one row per fact.

    There is no table. Each fact is a SELECT over the rows that prove it (``_get_fact_queries``),
    all of them together a UNION ALL, so that a filter reaches the tables below:

    - ``cost``: one day of a ``crm.source.cost``;
    - ``lead``: a lead or opportunity, lost and archived ones included;
    - ``won``: a won deal, counted by the source of the lead;
    - ``value``: the money agreed in that deal;
    - ``customer``: a client with a first won deal.

    Money and new customers belong to a source in two ways, and every row says both:
    ``source_id``, ``medium_id``, ``campaign_id`` and ``date`` by the first touch, where and when
    the client first came; ``deal_source_id`` and so on by the lead of the deal itself. Costs,
    leads and the count of won deals are the same in both, so that every ratio is right in both.

    ``date`` is the cohort, the day the lead or client came, or the day the cost is for: rows of
    one period tell what its leads cost and what *they* have brought up to now. ``event_date``
    is the day the fact itself happened. Days are those of the company's working calendar, so
    that everybody sees the same figures. Money is in the currency of the current company;
    other companies' money is converted at today's rate.

    A bridge adds a fact with ``selection_add``, an entry in ``_get_fact_queries`` and, for a new
    column, its type in ``_get_column_types``. One that knows what was really earned says so in
    ``_get_revenue_columns``.
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
            "create_date",
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
            ("value", "Deal Value"),
            ("customer", "New Customer"),
        ],
        readonly=True,
        help="What the row stands for.",
    )
    date = fields.Date(
        "Came On",
        readonly=True,
        help="The day the lead came, of money and a new customer the client's first contact, of a "
        "cost the day it is for. Filtering a period by it answers: what did the leads and clients "
        "of this period cost, and what have they brought up to now?",
    )
    deal_date = fields.Date(
        "Deal Came On",
        readonly=True,
        help="As 'Came On', but money and new customers count on the day the lead of the deal "
        "came, not on that of the client's first contact. It goes with the deal's own source.",
    )
    event_date = fields.Date(
        "Happened On",
        readonly=True,
        help="The day the fact itself happened: the deal was won, the first deal of the new "
        "customer was won. Of leads and costs the same as 'Came On'.",
    )

    # Dimensions: by the first touch of the client
    source_id = fields.Many2one(
        "utm.source",
        readonly=True,
        falsy_value_label="Unknown source",
        help="Money and new customers count for the source the client first came from, leads and "
        "won deals for that of the lead.",
    )
    medium_id = fields.Many2one("utm.medium", readonly=True, falsy_value_label="No medium")
    campaign_id = fields.Many2one("utm.campaign", readonly=True, falsy_value_label="No campaign")

    source_group_id = fields.Many2one(
        related="source_id.relationship_group_id",
        string="Group of Sources",
        falsy_value_label="No group",
        help="Many sources as one line, e.g. all mailings. Set it on the sources.",
    )

    # By the deal's own source
    deal_source_id = fields.Many2one(
        "utm.source",
        "Deal's Own Source",
        readonly=True,
        falsy_value_label="Unknown source",
        help="Money and new customers count for the source of the deal itself, wherever the "
        "client first came from.",
    )
    deal_medium_id = fields.Many2one(
        "utm.medium", "Deal's Own Medium", readonly=True, falsy_value_label="No medium"
    )
    deal_campaign_id = fields.Many2one(
        "utm.campaign", "Deal's Own Campaign", readonly=True, falsy_value_label="No campaign"
    )

    # By whatever else
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
    lead_id = fields.Many2one(
        "crm.lead", "Lead or Deal", readonly=True, groups="sales_team.group_sale_salesman"
    )
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
    won_value = fields.Monetary(
        "Agreed Value",
        readonly=True,
        help="Expected revenue of the won deals, as entered on them: what was agreed, not what "
        "was invoiced or paid.",
    )
    revenue = fields.Monetary(
        "Won Value",
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
        readonly=True,
        aggregator="avg",
        help="Cost / leads. Empty when no cost was entered or no lead came.",
    )
    acquisition_cost = fields.Monetary(
        "Cost per Customer (CAC)",
        readonly=True,
        aggregator="avg",
        help="Cost / new customers. Empty when no cost was entered or no customer was won.",
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

    # Time
    maturity = fields.Float(
        readonly=True,
        aggregator="avg",
        help="How much of their usual time to be won the leads have had: of the deals won in the "
        "last two years, the share that was won at the age these leads have now, on average over "
        "the leads. At 30% most of what they will bring is still to come. Empty without a lead, "
        "or with fewer than 20 such deals.",
    )
    payback = fields.Integer(
        "Payback (Month)",
        readonly=True,
        aggregator="max",
        help="The month in which the money was back, counted from the month of the first cost: "
        "the first in which all that was earned by then is no less than all that was spent. 1 is "
        "the month of the first cost itself. Empty when it is not back yet, or no cost was "
        "entered.",
    )

    @api.depends("date", "fact", "partner_id", "lead_id", "cost_id")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_display_name(self):
        facts = dict(self._fields["fact"]._description_selection(self.env))
        for row in self:
            # sudo: whether the user may know the name is asked before it is told
            named = row.sudo()._get_named().with_env(self.env)
            name = named.display_name if named.has_access("read") else facts[row.fact]
            row.display_name = f"{format_date(self.env, row.date)} · {name}"

    def _get_named(self):
        """The record the row is called after."""
        return (self.fact != "cost" and self.partner_id) or self._get_origin()

    def action_open_origin(self):
        """Open what the row stands for: the cost, the client or the lead."""
        self.ensure_one()
        origin = self.sudo()._get_origin()  # whether it may be read, its form decides
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
