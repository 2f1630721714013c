from . import (
    account_move_goods,
    account_move_line,
    account_move_purchase,
    account_move_source_cost,
    crm_source_cost,
    crm_source_merge,
    res_partner_erase,
    res_partner_purchase,
    res_partner_purchase_profile,
)
