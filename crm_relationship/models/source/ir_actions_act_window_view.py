from odoo import fields, models

from .ir_ui_view import SOURCE_OVERVIEW


class IrActionsActWindowView(models.Model):
    _inherit = "ir.actions.act_window.view"

    view_mode = fields.Selection(
        selection_add=[(SOURCE_OVERVIEW, "Overview")], ondelete={SOURCE_OVERVIEW: "cascade"}
    )
