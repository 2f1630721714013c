import psycopg2

from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger
from odoo.tools.sql import table_columns

# What tells of merges is no part of them.
OWN_TABLES = ("crm_source_merge", "crm_source_merge_move")
# Rows of which there may be only one for each source: {table: what else makes them the same}.
ONE_FOR_EACH = {"link_tracker": ("url", "campaign_id", "medium_id", "label")}


class CrmSourceMerge(models.Model):
    """How sources are merged by sets, and how that is undone."""

    _inherit = "crm.source.merge"

    def _merge(self):
        """Make the other sources the one that stays, with all that refers to them."""
        self.ensure_one()
        self._check_proposed()
        self.env["crm.source.merge"].check_access("write")
        sources = self._lock_sources()
        owned = self._get_owned(sources - self.target_id)
        moved = sources - self.target_id - owned
        if moved:
            self.env.flush_all()
            for table, column, key in self._get_references():
                self._move(table, column, key, moved)
            self.env.invalidate_all()
            moved.write({"active": False, "relationship_merged_id": self.target_id.id})
            self.env.registry.clear_cache()
        self.write(
            {
                "state": "merged",
                "date": fields.Datetime.now(),
                "user_id": self.env.uid,
                "undo_until": self._get_end_of_day(),
                "source_ids": [Command.set(sources.ids)],
                "key": self.key,
                **self._group(owned),
            }
        )

    def _lock_sources(self):
        """The sources to merge, held for this transaction; what others merged meanwhile is out."""
        ids = tuple(self.source_ids.ids)
        self.env["utm.source"].flush_model(["active"])
        held = self.env.execute_query(
            SQL(
                "SELECT id FROM utm_source WHERE id IN %s AND active ORDER BY id FOR UPDATE",
                ids or (0,),
            )
        )
        sources = self.env["utm.source"].browse(source_id for (source_id,) in held)
        if self.target_id not in sources or len(sources) < 2:
            raise UserError(
                self.env._(
                    "Same Sources of '%s': there must be at least two that are not merged yet, the "
                    "one that stays among them. Choose them again.",
                    self.target_id.name or "",
                )
            )
        return sources

    @api.model
    def _get_owned(self, sources):
        """Of these the ones that belong to one record alone, as each mailing has its own.

        Such a source bears the record's name and cannot be another's.
        """
        owned = self.env["utm.source"]
        mixin = self.env.registry["utm.source.mixin"]
        for name, model in self.env.registry.items():
            if issubclass(model, mixin) and model is not mixin and not model._abstract:
                # sudo: what belongs to a mailing is not to be taken from it, whoever merges
                records = self.env[name].sudo().with_context(active_test=False)
                owned |= records.search([("source_id", "in", sources.ids)]).source_id
        return sources & owned.sudo(self.env.su)

    def _group(self, owned):
        """Put sources that cannot be merged and the one that stays into one group."""
        if not owned:
            return {}
        target = self.target_id
        group = target.relationship_group_id
        if not group:
            groups = self.env["crm.source.group"]
            group = groups.search([("name", "=", target.name)]) or groups.create(
                {"name": target.name}
            )
        joining = (owned | target).filtered(lambda source: not source.relationship_group_id)
        joining.relationship_group_id = group
        return {"group_id": group.id, "grouped_ids": [Command.set(joining.ids)]}

    @api.model
    def _get_references(self):
        """``(table, column, column that tells the rows apart)`` of all that refers to sources."""
        own = {
            *OWN_TABLES,
            *(self._fields[name].relation for name in ("source_ids", "grouped_ids")),
        }
        references = []
        wizard = self.env["base.partner.merge.automatic.wizard"]
        for table, column in wizard._get_fk_on("utm_source"):
            columns = table_columns(self.env.cr, table)
            others = [name for name in columns if name != column]
            key = "id" if "id" in columns else others[0] if len(others) == 1 else None
            if table not in own and key:
                references.append((table, column, key))
        return sorted(references)

    def _move(self, table, column, key, moved):
        """Let the rows of one column refer to the source that stays, and note what they had.

        A row that there is already (the same link in a many2many, the same link tracker) keeps the
        old source, which is no longer seen and stands for the one that stays.
        """
        alike = ONE_FOR_EACH.get(table, () if key == "id" else (key,))
        query = SQL(
            """
            WITH moving AS (
                SELECT %(key)s AS row_id, %(column)s AS source_id FROM %(table)s
                 WHERE %(column)s IN %(moved)s %(unless_there)s
            ), done AS (
                UPDATE %(table)s SET %(column)s = %(target)s
                  FROM moving
                 WHERE %(table)s.%(key)s = moving.row_id
                   AND %(table)s.%(column)s = moving.source_id
            )
            INSERT INTO crm_source_merge_move
                        (merge_id, table_name, column_name, row_id, source_id)
            SELECT %(merge)s, %(table_name)s, %(column_name)s, row_id, source_id FROM moving
            RETURNING id
            """,
            key=SQL.identifier(key),
            column=SQL.identifier(column),
            table=SQL.identifier(table),
            table_name=table,
            column_name=column,
            moved=tuple(moved.ids),
            target=self.target_id.id,
            merge=self.id,
            unless_there=self._query_unless_there(table, column, alike) if alike else SQL(),
        )
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint(flush=False):
                self.env.execute_query(query)
        except psycopg2.errors.UniqueViolation as error:
            raise UserError(
                self.env._(
                    "'%(name)s' and another of these sources are both used by the same record "
                    "(%(table)s), which may use one source only once. Take it out there first.",
                    name=self.target_id.name,
                    table=table,
                )
            ) from error

    def _query_unless_there(self, table, column, alike):
        """Of several rows that say the same only one becomes that of the source that stays."""
        same = SQL(" AND ").join(
            # What is empty is the same whether it is NULL or no text.
            SQL(
                "coalesce(twin.%(name)s::text, '') = coalesce(%(row)s::text, '')",
                name=name,
                row=row,
            )
            for name, row in ((SQL.identifier(name), SQL.identifier(table, name)) for name in alike)
        )
        return SQL(
            """
            AND NOT EXISTS (
                SELECT FROM %(table)s twin
                 WHERE %(same)s
                   AND (twin.%(column)s = %(target)s
                        OR twin.%(column)s IN %(sources)s
                           AND twin.%(column)s < %(table)s.%(column)s)
            )
            """,
            same=same,
            column=SQL.identifier(column),
            table=SQL.identifier(table),
            target=self.target_id.id,
            sources=tuple(self.source_ids.ids),
        )

    def _undo(self):
        """Put back exactly what still stands as merged."""
        self.ensure_one()
        self.check_access("write")
        self._check_undo()
        self.env.flush_all()
        for table, column, key in self._get_references():
            self._move_back(table, column, key)
        self.env.invalidate_all()
        back = (
            self.env["utm.source"]
            .with_context(active_test=False)
            .search([("id", "in", self.source_ids.ids), ("id", "!=", self.target_id.id)])
            .filtered(lambda source: source.relationship_merged_id == self.target_id)
        )
        back.write({"active": True, "relationship_merged_id": False})
        self.grouped_ids.filtered(
            lambda source: source.relationship_group_id == self.group_id
        ).relationship_group_id = False
        self.env.registry.clear_cache()
        # sudo: the ledger is nobody's to write by hand
        self.env["crm.source.merge.move"].sudo().search([("merge_id", "=", self.id)]).unlink()
        self.write(
            {
                "state": "proposed",
                "date": False,
                "user_id": False,
                "undo_until": False,
                "group_id": False,
                "grouped_ids": [Command.clear()],
                # Kept as it is until somebody decides.
                "key": False,
            }
        )

    def _check_undo(self):
        if not self.can_undo:
            raise UserError(
                self.env._(
                    "'%s' can no longer be undone: the day of the merge is over.",
                    self.display_name,
                )
            )
        if not self.target_id.active:
            raise UserError(
                self.env._(
                    "'%(merged)s' itself was merged into '%(target)s' since. Undo that first.",
                    merged=self.target_id.name,
                    target=self.target_id.relationship_merged_id.name or "",
                )
            )

    def _move_back(self, table, column, key):
        self.env.execute_query(
            SQL(
                """
                UPDATE %(table)s SET %(column)s = move.source_id
                  FROM crm_source_merge_move move
                 WHERE move.merge_id = %(merge)s AND move.table_name = %(table_name)s
                   AND move.column_name = %(column_name)s
                   AND %(table)s.%(key)s = move.row_id AND %(table)s.%(column)s = %(target)s
                RETURNING move.id
                """,
                key=SQL.identifier(key),
                column=SQL.identifier(column),
                table=SQL.identifier(table),
                table_name=table,
                column_name=column,
                merge=self.id,
                target=self.target_id.id,
            )
        )
