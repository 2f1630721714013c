"""Who a client is to us: its status, its people, its dates, what is known of it."""

from . import (
    crm_important_date,
    crm_important_date_kind,
    crm_relationship_refresh,
    crm_relationship_status,
    crm_relationship_status_change,
    res_partner,
    res_partner_erase,
    res_partner_erase_meetings,
    res_partner_family,
    res_partner_find,
    res_partner_first_won,
    res_partner_known,
    res_partner_preferences,
    res_partner_purchase,
    res_partner_refresh,
)
