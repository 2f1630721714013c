from odoo import fields, models


class UtmSource(models.Model):
    _inherit = "utm.source"

    relationship_group_id = fields.Many2one(
        "crm.source.group",
        "Group",
        index="btree_not_null",
        ondelete="set null",
        help="Sources of one group are one line in the report Sources, e.g. all mailings.",
    )
