def post_init_hook(env):
    """What the goods of all invoices cost that are posted already."""
    env["account.move"]._set_goods_cost_of_all()


def uninstall_hook(env):
    """Odoo deletes payments of the demo data only as drafts."""
    named = env["ir.model.data"].search(
        [("module", "=", "crm_relationship_account"), ("model", "=", "account.payment")]
    )
    env["account.payment"].browse(named.mapped("res_id")).exists().action_draft()
