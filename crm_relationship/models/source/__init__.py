"""Where clients come from: what sources cost, their groups, and which of them are the same."""

from . import (
    crm_lead_first_touch,
    crm_lead_referrer,
    crm_source_cost_duplicate,
    crm_source_cost_import,
    crm_source_cost_recurring,
    crm_source_group,
    res_currency_rate,
    res_partner_first_touch,
    res_partner_referrer,
    utm_source,
)
