from odoo import models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        """Monday is offered to who manages, or leads a team."""
        hidden = super()._load_menus_blacklist()
        menu = self.env.ref("crm_relationship.crm_monday_menu", raise_if_not_found=False)
        is_salesperson = self.env.user.has_group("sales_team.group_sale_salesman")
        # The menus are those of all companies of the user, whichever are ticked at the moment.
        companies = self.env.user.company_ids.ids
        monday = self.env["crm.monday"].with_context(allowed_company_ids=companies)
        if menu and not (is_salesperson and monday._may_look()):
            hidden.append(menu.id)
        return hidden
