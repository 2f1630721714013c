from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, date_utils, format_date, formatLang

MAX_YEARS = 10
# What is filled by itself where nothing is said.
FILLED = {"name", "date_to", "currency_id"}


class CrmSourceCost(models.Model):
    """Money spent on a marketing source over a period.

    A cost says what was paid, for which source (if known: medium and campaign too) and over
    which days it worked: a banner that hung all June costs from 1 to 30 June, whenever it was
    paid. It is spread evenly over its days, both ends included, so that any part of the period
    carries its part of the cost (``crm.source.report``). ``amount_company`` is the amount in
    the company's currency at the average of the daily rates of the period.
    """

    _name = "crm.source.cost"
    _description = "Marketing Source Cost"
    _order = "date_from desc, id desc"
    _check_company_auto = True

    name = fields.Char(
        "Description",
        compute="_compute_name",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="What was paid for, e.g. 'Banner at the station'. Filled from source and month.",
    )

    # Where
    source_id = fields.Many2one(
        "utm.source",
        required=True,
        index=True,
        ondelete="restrict",
        help="The source that was paid for: leads with this source share the cost.",
    )
    medium_id = fields.Many2one(
        "utm.medium",
        index="btree_not_null",
        ondelete="restrict",
        help="Only if the cost was for one medium of the source, e.g. Banner or Email.",
    )
    campaign_id = fields.Many2one(
        "utm.campaign",
        index="btree_not_null",
        ondelete="restrict",
        help="Only if the cost was for one campaign.",
    )

    # When
    date_from = fields.Date(
        "From",
        required=True,
        default=lambda self: date_utils.start_of(fields.Date.context_today(self), "month"),
        help="First day on which the money worked, not the day it was paid.",
    )
    date_to = fields.Date(
        "To",
        compute="_compute_date_to",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Last day, included. The amount is spread evenly over all days of the period.",
    )

    # How much
    amount = fields.Monetary(
        required=True,
        currency_field="currency_id",
        help="What was spent over the whole period, as on the bill.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Currency of the bill.",
    )
    amount_company = fields.Monetary(
        "Amount in Company Currency",
        compute="_compute_amount_company",
        store=True,
        currency_field="company_currency_id",
        help="The amount at the average of the daily rates of the period. "
        "Converted again when the cost or a rate of its period changes.",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        help="The company that pays.",
    )
    company_currency_id = fields.Many2one(
        "res.currency", "Company Currency", related="company_id.currency_id", store=True
    )
    vendor_id = fields.Many2one(
        "res.partner",
        index="btree_not_null",
        check_company=True,
        ondelete="restrict",
        help="Who was paid, e.g. the agency.",
    )

    @api.depends("name", "amount", "currency_id")
    @api.depends_context("with_amount", "lang")
    def _compute_display_name(self):
        """With the amount where costs are told apart by it, as in the calendar."""
        if not self.env.context.get("with_amount"):
            return super()._compute_display_name()
        for cost in self:
            amount = formatLang(self.env, cost.amount, currency_obj=cost.currency_id)
            cost.display_name = cost.name and f"{cost.name}: {amount}"

    @api.depends("source_id", "date_from")
    def _compute_name(self):
        for cost in self:
            if cost.name or not (cost.source_id and cost.date_from):
                cost.name = cost.name or ""
                continue
            cost.name = cost._get_name_of_month()

    def _get_name_of_month(self):
        month = format_date(self.env, self.date_from, date_format="MMMM y")
        return f"{self.source_id.name}, {month}"

    @api.depends("date_from")
    def _compute_date_to(self):
        """To the end of the month, until somebody says otherwise."""
        for cost in self:
            if not cost.date_to and cost.date_from:
                cost.date_to = date_utils.end_of(cost.date_from, "month")
            else:
                cost.date_to = cost.date_to

    @api.depends("company_id")
    def _compute_currency_id(self):
        for cost in self:
            cost.currency_id = cost.company_id.currency_id or self.env.company.currency_id

    @api.depends("amount", "currency_id", "company_id.currency_id", "date_from", "date_to")
    def _compute_amount_company(self):
        foreign = self.filtered(
            lambda c: c.date_from and c.date_to and c.currency_id != c.company_id.currency_id
        )
        changes = foreign._get_rate_change_dates()
        for cost in self:
            rate = cost._get_period_rate(changes) if cost in foreign else 1.0
            currency = cost.company_id.currency_id or cost.currency_id
            cost.amount_company = currency.round(cost.amount * rate)

    @api.constrains("amount")
    def _check_amount(self):
        for cost in self:
            if cost.amount < 0:
                raise ValidationError(
                    self.env._(
                        "Amount of '%(cost)s': a cost cannot be negative (%(amount)s). Enter what "
                        "was spent as a positive amount; if money came back, lower that cost.",
                        cost=cost.name,
                        amount=cost.amount,
                    )
                )

    @api.constrains("date_from", "date_to")
    def _check_period(self):
        for cost in self:
            if cost.date_to < cost.date_from:
                raise ValidationError(
                    self.env._(
                        "To of '%(cost)s': the period ends (%(to)s) before it begins (%(start)s). "
                        "Set 'To' to the last day of the period, or correct 'From'.",
                        cost=cost.name,
                        to=format_date(self.env, cost.date_to),
                        start=format_date(self.env, cost.date_from),
                    )
                )
            if cost.date_to >= date_utils.add(cost.date_from, years=MAX_YEARS):
                raise ValidationError(
                    self.env._(
                        "To of '%(cost)s': the period is longer than %(years)s years (until "
                        "%(to)s). Check the year, or enter one cost for each year.",
                        cost=cost.name,
                        years=MAX_YEARS,
                        to=format_date(self.env, cost.date_to),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        # An empty cell of a file is not a choice: what is filled by itself is filled.
        return super().create(
            [
                {name: value for name, value in vals.items() if value or name not in FILLED}
                for vals in vals_list
            ]
        )

    def _convert_again(self):
        """Rates of these costs have changed."""
        self.env.add_to_compute(self._fields["amount_company"], self)

    def _get_rate_change_dates(self):
        """Days inside the periods of these costs on which an exchange rate begins."""
        if not self:
            return []
        rates = self.env["res.currency.rate"].search_fetch(
            [
                ("currency_id", "in", (self.currency_id | self.company_id.currency_id).ids),
                ("company_id", "in", [False, *self.company_id.root_id.ids]),
                ("name", ">", min(self.mapped("date_from"))),
                ("name", "<=", max(self.mapped("date_to"))),
            ],
            ["name"],
        )
        return sorted(set(rates.mapped("name")))

    def _get_period_rate(self, change_dates):
        """Average of the daily rates: each day's part is converted at that day's rate."""
        self.ensure_one()
        end = max(self.date_to, self.date_from) + timedelta(days=1)
        starts = [self.date_from, *(day for day in change_dates if self.date_from < day < end)]
        total = 0.0
        for start, stop in zip(starts, [*starts[1:], end], strict=True):
            rate = self.env["res.currency"]._get_conversion_rate(
                self.currency_id, self.company_id.currency_id, self.company_id, start
            )
            total += rate * (stop - start).days
        return total / (end - self.date_from).days

    @api.model
    def _get_cost_per_lead(self, source_ids, company=None):
        """What one lead of each source has cost so far: the cost of the source up to today,
        divided by the leads it has brought up to now (archived and lost ones included; those
        without company too).

        Raw figures: the caller sees to it that only ``group_money`` reads them.

        :param source_ids: ids of ``utm.source``
        :param company: the company that pays and whose leads count, default the current one
        :return: ``{source_id: cost in the currency of the company}``, without the sources that
            have no cost entered up to today or no lead
        """
        source_ids = tuple({source_id for source_id in source_ids if source_id})
        if not source_ids:
            return {}
        self.flush_model(["source_id", "date_from", "date_to", "amount_company", "company_id"])
        self.env["crm.lead"].flush_model(["source_id", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT spent.source_id, (spent.cost / NULLIF(came.leads, 0))::float8
                  FROM (SELECT source_id,
                               SUM(amount_company * (LEAST(date_to, %(today)s) - date_from + 1)
                                   / (date_to - date_from + 1)) AS cost
                          FROM crm_source_cost
                         WHERE source_id IN %(source_ids)s
                           AND company_id = %(company_id)s
                           AND date_from <= %(today)s
                      GROUP BY source_id) spent
            CROSS JOIN LATERAL (
                        SELECT COUNT(*) AS leads
                          FROM crm_lead
                         WHERE source_id = spent.source_id
                           AND (company_id = %(company_id)s OR company_id IS NULL)) came
                """,
                source_ids=source_ids,
                company_id=(company or self.env.company).id,
                today=fields.Date.context_today(self),
            )
        )
        return {source_id: cost for source_id, cost in rows if cost is not None}
