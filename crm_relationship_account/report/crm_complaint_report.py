from odoo import fields, models
from odoo.tools import SQL

from odoo.addons.crm_relationship.models.complaint.crm_complaint import RESOLVED
from odoo.addons.crm_relationship.report.aggregates import get_ratio

from ..models.account_move_goods import SALE_TYPES

# So long before the complaint and after its end the client's invoices are looked at.
DAYS = 180
REVENUE = """
    (SELECT COALESCE(SUM(move.amount_untaxed_signed), 0) * company.rate
       FROM res_partner buyer JOIN account_move move ON move.partner_id = buyer.id
      WHERE buyer.commercial_partner_id = c.commercial_partner_id
        AND move.company_id = c.company_id
        AND move.state = 'posted' AND move.move_type IN %(types)s
        AND move.invoice_date >= %(first)s AND move.invoice_date < %(last)s)
"""


class CrmComplaintReport(models.Model):
    """What the client bought before a complaint, and what after it was resolved.

    Compared are 180 days before the day of the complaint with 180 days from the day after it was
    resolved. Both are told of complaints only of which the second half is over, so that the two
    sums of any group are about the same complaints.
    """

    _inherit = "crm.complaint.report"
    _depends = {
        "account.move": [
            "state",
            "move_type",
            "partner_id",
            "company_id",
            "invoice_date",
            "amount_untaxed_signed",
        ],
        "res.partner": ["commercial_partner_id"],
    }

    revenue_before = fields.Monetary(
        "Invoiced Before",
        readonly=True,
        aggregator="sum",
        help="Untaxed amount of the client's invoices minus refunds in the 180 days before the "
        "complaint. Only of complaints resolved more than 180 days ago, as 'Invoiced After'.",
    )
    revenue_after = fields.Monetary(
        "Invoiced After",
        readonly=True,
        aggregator="sum",
        help="Untaxed amount of the client's invoices minus refunds in the 180 days after the day "
        "on which the complaint was resolved. Empty until they are over.",
    )
    revenue_kept = fields.Float(
        "Kept Buying",
        readonly=True,
        aggregator="avg",
        help="Invoiced after / invoiced before. 100%: the clients bought as much as before. A "
        "client who complained more than once counts once for each complaint.",
    )

    def _get_columns(self):
        opened = self._query_day(SQL("c.date_open"))
        resolved = self._query_day(SQL("c.date_resolved"))
        today = self._query_day(SQL("%s::timestamp", fields.Datetime.now()))
        is_over = SQL(
            "c.state = %s AND c.commercial_partner_id IS NOT NULL AND %s + %s < %s",
            RESOLVED,
            resolved,
            DAYS,
            today,
        )
        before = self._query_revenue(SQL("%s - %s", opened, DAYS), opened)
        after = self._query_revenue(SQL("%s + 1", resolved), SQL("%s + %s", resolved, DAYS + 1))
        return {
            **super()._get_columns(),
            "revenue_before": SQL("CASE WHEN %s THEN %s END", is_over, before),
            "revenue_after": SQL("CASE WHEN %s THEN %s END", is_over, after),
            "revenue_kept": SQL("NULL::float8"),
        }

    def _query_day(self, moment) -> SQL:
        """The day of a moment where the company is."""
        return SQL("timezone(company.tz, timezone('UTC', %s))::date", moment)

    def _query_revenue(self, first, last) -> SQL:
        """What was invoiced from the first day on and before the last."""
        return SQL(REVENUE, first=first, last=last, types=SALE_TYPES)

    def _read_group_select(self, aggregate_spec, query) -> SQL:
        if aggregate_spec.partition(":")[0] != "revenue_kept":
            return super()._read_group_select(aggregate_spec, query)
        after, before = (
            self._read_group_select(f"{name}:sum", query)
            for name in ("revenue_after", "revenue_before")
        )
        return get_ratio(after, before)
