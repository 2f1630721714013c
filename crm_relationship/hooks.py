from odoo.tools import SQL
from odoo.tools.sql import drop_constraint


def post_init_hook(env):
    """Queue the clients of the leads that are there already.

    They get a status and their first touch in the background, batch by batch:
    installing on a large database stays as fast as on an empty one.
    """
    env["crm.relationship.refresh"]._push_query(
        SQL("SELECT DISTINCT partner_id FROM crm_lead WHERE partner_id IS NOT NULL")
    )


def uninstall_hook(env):
    """Let go of what keeps the addon's configuration from being deleted.

    Odoo deletes records before it drops columns and tables. A status, purpose
    or kind in use must not be deleted, except now that all of it goes: without
    these constraints there is nothing to check, however many clients there are.
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
             WHERE contype = 'f' AND confdeltype = 'r'
               AND confrelid IN (SELECT oid FROM pg_class WHERE relname IN %s)
            """,
            tuple(tables),
        )
    )
    for table, name in restricting:
        drop_constraint(env.cr, table, name)
