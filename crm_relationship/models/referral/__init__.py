"""Referrals: who sent whom, what it brought, and thanks to who did."""

from . import (
    res_company,
    res_config_settings,
    res_partner_referral_branch,
    res_partner_referral_thanks,
    res_partner_referral_top,
    res_partner_referral_tree,
)
