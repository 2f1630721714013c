from odoo import api, models


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

        A rate holds until the next one, so it may reach any cost that ends on or after its day.
        """
        # sudo: who enters rates need not see costs, and rates hold for all companies
        costs = self.env["crm.source.cost"].sudo()
        if not self:
            return costs
        currencies = self.currency_id.ids
        return costs.search(
            [
                ("date_to", ">=", min(self.mapped("name"))),
                "|",
                ("currency_id", "in", currencies),
                ("company_currency_id", "in", currencies),
            ]
        ).filtered(lambda cost: cost.currency_id != cost.company_currency_id)
