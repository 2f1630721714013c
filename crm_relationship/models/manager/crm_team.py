from odoo import api, models

# Who leads which team says to whom Monday is offered.
LEADERS = {"user_id", "active", "company_id"}


class CrmTeam(models.Model):
    _inherit = "crm.team"

    @api.model_create_multi
    def create(self, vals_list):
        teams = super().create(vals_list)
        self._forget_menus()
        return teams

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & LEADERS:
            self._forget_menus()
        return result

    def unlink(self):
        result = super().unlink()
        self._forget_menus()
        return result

    @api.model
    def _forget_menus(self):
        """The menus of a user are kept in memory: a new leader finds Monday at once."""
        self.env.registry.clear_cache()
