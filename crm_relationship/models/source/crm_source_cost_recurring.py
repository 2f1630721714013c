from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import date_utils, format_date

# In the context: these rows are the next months of costs that are being continued.
CONTINUING = "crm_source_cost_continuing"
SHORTEST_MONTH, LONGEST_MONTH = 28, 31


class CrmSourceCost(models.Model):
    """Costs of every month, until further notice.

    Each month is a row of its own, so that the report, the cost of a lead and the pivot need to
    know nothing of it, and the past stays as it was. The newest row of such a series bears the
    mark ``recurring``; on the day after its last one it hands it on to the next month
    (``_continue``), which takes over what it says. So changing the newest row changes what follows,
    and the row of any other month changes that month alone.
    """

    _inherit = "crm.source.cost"

    recurring = fields.Boolean(
        "Every Month",
        copy=False,
        help="The same amount every month until further notice. Each month becomes a cost of its "
        "own on its first day; months already over are entered at once.",
    )
    recurring_until = fields.Date(
        "Until",
        copy=False,
        help="Last day of a cost of every month; the last month counts in proportion to its days. "
        "Empty: until further notice.",
    )
    recurring_id = fields.Many2one(
        "crm.source.cost",
        "First Month",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The cost of every month that this one continues.",
    )

    @api.depends("recurring")
    def _compute_date_to(self):
        monthly = self.filtered(lambda cost: cost.recurring and cost.date_from)
        for cost in monthly:
            cost.date_to = cost._get_end_of_month(cost.date_from.day)
        return super(CrmSourceCost, self - monthly)._compute_date_to()

    @api.constrains("recurring", "recurring_until", "date_from", "date_to")
    def _check_recurring(self):
        for cost in self.filtered("recurring"):
            days = (cost.date_to - cost.date_from).days + 1
            if not SHORTEST_MONTH <= days <= LONGEST_MONTH:
                raise ValidationError(
                    self.env._(
                        "To of '%(cost)s': a cost of every month covers one month, not %(days)s "
                        "days. Correct 'To', or untick 'Every Month'.",
                        cost=cost.name,
                        days=days,
                    )
                )
            if cost.recurring_until and cost.recurring_until < cost.date_from:
                raise ValidationError(
                    self.env._(
                        "Until of '%(cost)s' lies before this month begins (%(start)s). Delete the "
                        "months after it, or choose a later day.",
                        cost=cost.name,
                        start=format_date(self.env, cost.date_from),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        costs = super().create(vals_list)
        costs._continue()
        return costs

    def write(self, vals):
        result = super().write(vals)
        if vals.get("recurring") or "recurring_until" in vals:
            self._continue()
        return result

    def action_open_series(self):
        """All months of this cost."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_source_cost_action"
        )
        action["domain"] = [("id", "in", self._get_series().ids)]
        return action

    def _get_series(self):
        """This cost with all months of it, oldest first."""
        first = self.recurring_id or self
        return self.search(
            ["|", ("id", "in", first.ids), ("recurring_id", "in", first.ids)], order="date_from, id"
        )

    def _continue(self):
        """Enter the months that have begun, all costs at once, one month after the other."""
        today = fields.Date.context_today(self)
        if self.env.context.get(CONTINUING):
            return
        self._end()
        running = self.filtered(lambda cost: cost.recurring and cost.date_to < today)
        while running:
            vals_list = [cost._prepare_next_month_vals() for cost in running]
            running.recurring = False
            running = self.with_context(**{CONTINUING: True}).create(vals_list)
            running._end()
            running = running.filtered(lambda cost: cost.recurring and cost.date_to < today)

    def _end(self):
        """Costs whose last day has been entered end on it, their last month in proportion."""
        for cost in self:
            last = cost.recurring_until
            if cost.recurring and last and last <= cost.date_to:
                days, of_days = ((day - cost.date_from).days + 1 for day in (last, cost.date_to))
                share = cost.currency_id.round(cost.amount * days / of_days)
                cost.write({"recurring": False, "date_to": last, "amount": share})

    def _prepare_next_month_vals(self):
        """Values of the month after this one."""
        start = self.date_to + timedelta(days=1)
        first = self.recurring_id or self
        return {
            "name": False if self.name == self._get_name_of_month() else self.name,
            "source_id": self.source_id.id,
            "medium_id": self.medium_id.id,
            "campaign_id": self.campaign_id.id,
            "vendor_id": self.vendor_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "amount": self.amount,
            "date_from": start,
            "date_to": self._get_end_of_month(first.date_from.day, start),
            "recurring": True,
            "recurring_until": self.recurring_until,
            "recurring_id": first.id,
            # Two expenses of every month are two in every month.
            "duplicates_checked": self.duplicates_checked,
        }

    def _get_end_of_month(self, day, start=None):
        """Last day of the month that begins on `start`, of a series that begins on day `day`."""
        following = date_utils.add(start or self.date_from, months=1)
        last = date_utils.end_of(following, "month")
        return following.replace(day=min(day, last.day)) - timedelta(days=1)

    @api.model
    def _cron_continue(self):
        """Enter the months that have begun, of all companies."""
        self.search([("recurring", "=", True)])._continue()
