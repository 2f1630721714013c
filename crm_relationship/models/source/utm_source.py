from odoo import Command, api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, ormcache


class UtmSource(models.Model):
    """A source with what hangs on it, and the source it has become.

    A source that was merged into another is archived and stands for that one from then on:
    whoever comes with its name in a link, a file or a list gets the other.
    """

    _inherit = "utm.source"

    active = fields.Boolean(
        default=True,
        help="Untick to hide the source from lists. Leads and costs keep it.",
    )
    relationship_group_id = fields.Many2one(
        "crm.source.group",
        "Group",
        index="btree_not_null",
        ondelete="set null",
        help="Sources of one group are one line in the report Sources, e.g. all mailings.",
    )
    relationship_merged_id = fields.Many2one(
        "utm.source",
        "Is Now",
        copy=False,
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The source this one was merged into. Who comes by the old name comes from it.",
    )
    relationship_lead_count = fields.Integer(
        "Leads",
        compute="_compute_relationship_counts",
        help="Leads and opportunities of all companies that bear this source, archived ones too.",
    )
    relationship_client_count = fields.Integer(
        "Clients",
        compute="_compute_relationship_counts",
        help="Clients of all companies who first came from this source.",
    )
    relationship_cost = fields.Monetary(
        "Cost",
        compute="_compute_relationship_cost",
        currency_field="relationship_currency_id",
        groups="crm_relationship.group_money",
        help="All costs entered for this source in the companies you work in, in the currency of "
        "the current one.",
    )
    relationship_has_cost = fields.Boolean(
        "Cost Known",
        compute="_compute_relationship_cost",
        groups="crm_relationship.group_money",
    )
    relationship_currency_id = fields.Many2one(
        "res.currency",
        "Currency",
        compute="_compute_relationship_cost",
        groups="crm_relationship.group_money",
    )

    def _compute_relationship_counts(self):
        # sudo: bare numbers of all companies; merging a source moves the rows of all of them
        leads, clients = (
            self.env[model].sudo().with_context(active_test=False)
            for model in ("crm.lead", "res.partner")
        )
        domain = [("source_id", "in", self.ids)]
        lead_counts = dict(leads._read_group(domain, ["source_id"], ["__count"]))
        domain = [("acquisition_source_id", "in", self.ids)]
        client_counts = dict(clients._read_group(domain, ["acquisition_source_id"], ["__count"]))
        for source in self:
            origin = source._origin.sudo()
            source.relationship_lead_count = lead_counts.get(origin, 0)
            source.relationship_client_count = client_counts.get(origin, 0)

    @api.depends_context("company", "allowed_company_ids")
    def _compute_relationship_cost(self):
        currency = self.env.company.currency_id
        totals = {}
        for source, company, amount in self.env["crm.source.cost"]._read_group(
            [("source_id", "in", self.ids)], ["source_id", "company_id"], ["amount_company:sum"]
        ):
            today = fields.Date.context_today(self)
            totals[source.id] = totals.get(source.id, 0.0) + company.currency_id._convert(
                amount, currency, self.env.company, today
            )
        for source in self:
            source.relationship_cost = totals.get(source._origin.id, 0.0)
            source.relationship_has_cost = source._origin.id in totals
            source.relationship_currency_id = currency

    @api.model
    def _search_display_name(self, operator, value):
        """Who looks for a source by a name it no longer has finds the one it is now."""
        domain = super()._search_display_name(operator, value)
        if operator in Domain.NEGATIVE_OPERATORS or not value:
            return domain
        # sudo: only to see what became of the name
        merged = self.sudo().with_context(active_test=False)
        found = merged.search(
            domain & Domain("active", "=", False) & Domain("relationship_merged_id", "!=", False)
        )
        return domain | Domain("id", "in", found.relationship_merged_id.ids)

    @api.model
    def name_create(self, name):
        """A name that was merged is no new source."""
        # sudo: only to see what became of the name
        merged = self.sudo().search(
            [
                ("active", "=", False),
                ("relationship_merged_id", "!=", False),
                ("name", "=ilike", name.strip()),
            ],
            limit=1,
        )
        if merged:
            source = merged.relationship_merged_id.sudo(self.env.su)
            return source.id, source.display_name
        return super().name_create(name)

    @api.model
    @ormcache()
    def _get_merged_sources(self):
        """``{id of a merged source: id of the one it is now}``, read once."""
        self.flush_model(["active", "relationship_merged_id"])
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT id, relationship_merged_id FROM utm_source
                     WHERE relationship_merged_id IS NOT NULL AND active IS NOT TRUE
                    """
                )
            )
        )

    def _get_weights(self):
        """Of each source how much it is the one to stay: part of an app first, then most leads."""
        # sudo: which sources apps bring along is no secret, the table of external ids is
        data = self.env["ir.model.data"].sudo()
        of_apps = set(
            data.search(
                [
                    ("model", "=", "utm.source"),
                    ("res_id", "in", self.ids),
                    ("module", "not like", "\\_\\_%"),
                ]
            ).mapped("res_id")
        )
        return {
            source.id: (
                int(source.id in of_apps),
                source.relationship_lead_count + source.relationship_client_count,
            )
            for source in self
        }

    def _sort_by_weight(self):
        weights = self._get_weights()
        return self.sorted(lambda source: (*(-w for w in weights[source.id]), source.id))

    def action_same(self):
        """Somebody says that these sources are the same."""
        merge = self.env["crm.source.merge"].create({"source_ids": [Command.set(self.ids)]})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Same Sources"),
            "res_model": "crm.source.merge",
            "res_id": merge.id,
            "views": [(False, "form")],
        }


class UtmMixin(models.AbstractModel):
    _inherit = "utm.mixin"

    def _find_or_create_record(self, model_name, name):
        record = super()._find_or_create_record(model_name, name)
        if model_name == "utm.source":
            merged = self.env["utm.source"]._get_merged_sources()
            return record.browse(merged.get(record.id, record.id))
        return record

    @api.model
    def _get_unique_names(self, model_name, names):
        # The name of an archived source is taken too.
        if model_name == "utm.source":
            self = self.with_context(active_test=False)
        return super()._get_unique_names(model_name, names)
