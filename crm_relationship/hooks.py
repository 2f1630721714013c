from odoo.tools import SQL


def post_init_hook(env):
    """Queue the clients of the leads that are there already.

    They get a status and their first touch in the background, batch by batch:
    installing on a large database stays as fast as on an empty one.
    """
    env["crm.relationship.refresh"]._push_query(
        SQL("SELECT DISTINCT partner_id FROM crm_lead WHERE partner_id IS NOT NULL")
    )
