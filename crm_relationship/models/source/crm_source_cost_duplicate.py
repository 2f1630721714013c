from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CrmSourceCost(models.Model):
    """Costs that may have been entered twice are pointed out, never refused.

    Two costs look like one when they are for the same source, medium and campaign of a company
    and share a day, unless they were paid to different vendors. Both may be right, the banner
    and its printing: then somebody says so on either, and both are left in peace.
    """

    _inherit = "crm.source.cost"

    duplicate_ids = fields.Many2many(
        "crm.source.cost",
        compute="_compute_duplicate_ids",
        string="Possible Duplicates",
        help="Costs of the same source, medium and campaign whose period overlaps, unless they "
        "were paid to another vendor.",
    )
    has_duplicates = fields.Boolean(
        "May Be Entered Twice",
        compute="_compute_duplicate_ids",
        search="_search_has_duplicates",
        help="Another cost of the same source, medium and campaign overlaps with this one.",
    )
    duplicates_checked = fields.Boolean(
        "No Duplicate",
        copy=False,
        help="Somebody has looked: this cost and those that overlap with it are all right. Untick "
        "it to have them pointed out again.",
    )

    @api.depends(
        "source_id",
        "medium_id",
        "campaign_id",
        "company_id",
        "vendor_id",
        "date_from",
        "date_to",
        "duplicates_checked",
    )
    def _compute_duplicate_ids(self):
        duplicates = self._get_duplicates()
        for cost in self:
            cost.duplicate_ids = duplicates.get(cost, False)
            cost.has_duplicates = cost in duplicates

    def _search_has_duplicates(self, operator, value):
        if operator != "in":
            return NotImplemented

        def to_sql(model, alias, query):
            return SQL(
                "EXISTS (SELECT FROM crm_source_cost other WHERE %s AND %s IS NOT TRUE)",
                self._query_overlap(alias),
                SQL.identifier(alias, "duplicates_checked"),
            )

        self.flush_model()
        return Domain.custom(to_sql=to_sql)

    def _get_duplicates(self):
        """Of these costs, saved or not, the saved ones that may be the same expense.

        :return: ``{cost: costs}``, only for costs that have any
        """
        rows = [
            SQL("(%s)", SQL(", ").join(SQL("%s", value) for value in cost._get_overlap_values(key)))
            for key, cost in enumerate(self)
            if cost.source_id and cost.date_from and cost.date_to and not cost.duplicates_checked
        ]
        if not rows:
            return {}
        self.flush_model()
        found = self.env.execute_query(
            SQL(
                """
                SELECT mine.key, array_agg(other.id ORDER BY other.date_from, other.id)
                  FROM (VALUES %(rows)s) given (key, id, source_id, medium_id, campaign_id,
                                                company_id, vendor_id, date_from, date_to)
            CROSS JOIN LATERAL (
                       SELECT key, id::int, source_id::int, medium_id::int, campaign_id::int,
                              company_id::int, vendor_id::int, date_from::date, date_to::date
                       ) mine
                  JOIN crm_source_cost other ON %(overlap)s
              GROUP BY mine.key
                """,
                rows=SQL(", ").join(rows),
                overlap=self._query_overlap("mine"),
            )
        )
        return {self[key]: self.browse(ids) for key, ids in found}

    def _get_overlap_values(self, key):
        return (
            key,
            self._origin.id or None,
            self.source_id._origin.id,
            self.medium_id._origin.id or None,
            self.campaign_id._origin.id or None,
            self.company_id._origin.id or None,
            self.vendor_id._origin.id or None,
            self.date_from,
            self.date_to,
        )

    @api.model
    def _query_overlap(self, alias):
        """Condition that the row `other` may be the same expense as the row `alias`."""
        return SQL(
            """
            other.source_id = %(mine)s.source_id
            AND other.company_id = %(mine)s.company_id
            AND other.medium_id IS NOT DISTINCT FROM %(mine)s.medium_id
            AND other.campaign_id IS NOT DISTINCT FROM %(mine)s.campaign_id
            AND other.date_from <= %(mine)s.date_to AND other.date_to >= %(mine)s.date_from
            AND (other.vendor_id = %(mine)s.vendor_id) IS NOT FALSE
            AND other.id IS DISTINCT FROM %(mine)s.id
            AND other.duplicates_checked IS NOT TRUE
            """,
            mine=SQL.identifier(alias),
        )

    def action_confirm_duplicates(self):
        """These costs and those that overlap with them are all right."""
        self.filtered("has_duplicates").duplicates_checked = True
