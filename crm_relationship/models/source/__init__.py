"""Where clients come from: what sources cost, their groups, and which of them are the same."""

from . import (
    crm_source_cost_duplicate,
    crm_source_cost_import,
    crm_source_cost_recurring,
    crm_source_group,
    res_currency_rate,
    utm_source,
)
