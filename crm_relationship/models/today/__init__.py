"""Today: what a salesperson does today, in order, each with its reason."""

from . import (
    crm_today,
    crm_today_complaint,
    crm_today_dates,
    crm_today_deeds,
    crm_today_due,
    crm_today_line,
    crm_today_met,
    crm_today_owed,
    crm_today_planned,
    crm_today_postponement,
    crm_today_spoken,
    crm_today_who,
    res_company,
    res_config_settings,
    res_partner,
)
