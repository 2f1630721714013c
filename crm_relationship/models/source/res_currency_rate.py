from odoo import api, models
from odoo.fields import Domain


class ResCurrencyRate(models.Model):
    """A rate that is entered late, corrected or deleted reaches the costs of its days."""

    _inherit = "res.currency.rate"

    @api.model_create_multi
    def create(self, vals_list):
        rates = super().create(vals_list)
        rates._find_source_costs()._convert_again()
        return rates

    def write(self, vals):
        # A rate that is moved to another day leaves days and enters others.
        costs = self._find_source_costs()
        result = super().write(vals)
        (costs | self._find_source_costs())._convert_again()
        return result

    def unlink(self):
        costs = self._find_source_costs()
        result = super().unlink()
        costs._convert_again()
        return result

    def _find_source_costs(self):
        """The foreign costs these rates may reach.

        A rate holds until the next one, so it may reach any cost that ends on or after its day;
        the first rate of a currency holds for the days before it too.
        """
        # sudo: who enters rates need not see costs, and rates hold for all companies
        costs = self.env["crm.source.cost"].sudo()
        if not self:
            return costs
        currencies = self.currency_id.ids
        domain = Domain("currency_id", "in", currencies) | Domain(
            "company_currency_id", "in", currencies
        )
        if not self._are_any_first():
            domain &= Domain("date_to", ">=", min(self.mapped("name")))
        return costs.search(domain).filtered(
            lambda cost: cost.currency_id != cost.company_currency_id
        )

    def _are_any_first(self):
        """Whether one of these is the first rate of its currency, for its company or for all."""
        # sudo: rates of other companies count for their costs
        first_days = {
            (currency, company): day
            for currency, company, day in self.sudo()._read_group(
                [("currency_id", "in", self.currency_id.ids)],
                ["currency_id", "company_id"],
                ["name:min"],
            )
        }
        return any(rate.name <= first_days[rate.currency_id, rate.company_id] for rate in self)
