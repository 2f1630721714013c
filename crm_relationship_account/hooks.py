def post_init_hook(env):
    """What the goods of all invoices cost that are posted already."""
    env["account.move"]._set_goods_cost_of_all()
