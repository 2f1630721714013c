from . import account_move_goods, res_partner_erase
