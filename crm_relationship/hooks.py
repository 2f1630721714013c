from odoo.tools import SQL
from odoo.tools.sql import drop_constraint


def post_init_hook(env):
    """Build the history of what happened before, in the background.

    Installing on a large database stays as fast as on an empty one.
    """
    env["crm.interaction.backfill"]._start()


def uninstall_hook(env):
    """Let go of what keeps the addon's configuration from being deleted.

    Odoo deletes records before it drops columns and tables. A status, purpose
    or kind in use must not be deleted, except now that all of it goes: without
    these constraints there is nothing to check, however many clients there are.
    Nor do our own tables, gone in a moment, keep anything: a letter a rule sends,
    a user of the demo whose tasks are in the ledger.
    """
    tables = {
        model._table
        for model in env.registry.values()
        if model._original_module == "crm_relationship" and model._auto and not model._abstract
    }
    restricting = env.execute_query(
        SQL(
            """
            SELECT conrelid::regclass::text, conname FROM pg_constraint
             WHERE contype = 'f'
               AND (conrelid IN (SELECT oid FROM pg_class WHERE relname IN %(tables)s)
                    OR confdeltype = 'r' AND confrelid IN (
                       SELECT oid FROM pg_class WHERE relname IN %(tables)s))
            """,
            tables=tuple(tables),
        )
    )
    for table, name in restricting:
        drop_constraint(env.cr, table, name)
