from . import test_partner_erase
