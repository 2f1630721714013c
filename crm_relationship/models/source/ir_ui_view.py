from odoo import fields, models

SOURCE_OVERVIEW = "source_overview"


class IrUiView(models.Model):
    """The screen Sources is a view of its report, so that search, periods, favorites and the way
    to list and pivot are those of any other screen."""

    _inherit = "ir.ui.view"

    type = fields.Selection(
        selection_add=[(SOURCE_OVERVIEW, "Overview")], ondelete={SOURCE_OVERVIEW: "cascade"}
    )

    def _get_view_info(self):
        return {SOURCE_OVERVIEW: {"icon": "fa fa-align-left"}} | super()._get_view_info()
