from odoo import api, fields, models


class CrmSourceMergeMove(models.Model):
    """The ledger of a merge: which row of which table had which source before.

    Kept until the day is over, so that the merge can be undone. A table without ``id`` (the two
    columns of a many2many) is known by its other column.
    """

    _name = "crm.source.merge.move"
    _description = "Row Moved by Merging Sources"
    _log_access = False

    merge_id = fields.Many2one(
        "crm.source.merge", required=True, index=True, ondelete="cascade", readonly=True
    )
    table_name = fields.Char(required=True, readonly=True)
    column_name = fields.Char(required=True, readonly=True)
    row_id = fields.Integer("Moved Row", required=True, readonly=True)
    source_id = fields.Many2one(
        "utm.source",
        "Source Before",
        required=True,
        index=True,
        ondelete="cascade",
        readonly=True,
    )

    @api.autovacuum
    def _gc_moves(self):
        """What can no longer be undone need not be known."""
        over = self.env["crm.source.merge"].search([("undo_until", "<", fields.Datetime.now())])
        self.search([("merge_id", "in", over.ids)]).unlink()
