from odoo import api, fields, models


class CrmSourceGroup(models.Model):
    """Sources that are looked at as one line: all mailings, all fairs, all banners.

    Odoo makes a source of its own for every mailing. A group does not change them: each keeps
    its leads and its costs, and the report "Sources" can add them up. A source without a group
    is a line of its own.
    """

    _name = "crm.source.group"
    _description = "Group of Sources"
    _order = "name, id"

    name = fields.Char(
        "Group",
        required=True,
        help="What the sources have in common, e.g. 'Mailings' or 'Fairs'.",
    )
    source_ids = fields.One2many(
        "utm.source",
        "relationship_group_id",
        string="Sources",
        help="The sources that are one line in the report. A source is in one group at most.",
    )
    source_count = fields.Integer(
        "Number of Sources",
        compute="_compute_source_count",
        help="How many sources this group adds up.",
    )

    _unique_name = models.Constraint(
        "UNIQUE(name)", "There is a group of this name. Add the sources to it."
    )

    @api.depends("source_ids")
    def _compute_source_count(self):
        counts = dict(
            self.env["utm.source"]._read_group(
                [("relationship_group_id", "in", self.ids)], ["relationship_group_id"], ["__count"]
            )
        )
        for group in self:
            group.source_count = counts.get(group._origin, 0)
