"""Today: what a salesperson does today, in order, each with its reason."""

from . import (
    crm_today,
    crm_today_deeds,
    crm_today_due,
    crm_today_line,
    crm_today_met,
    crm_today_owed,
    crm_today_postponement,
    res_company,
    res_config_settings,
    res_partner,
)
