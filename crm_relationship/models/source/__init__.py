"""Where clients come from: what sources cost, their groups, and which of them are the same."""

from . import (
    crm_lead_first_touch,
    crm_lead_merged_source,
    crm_lead_referrer,
    crm_lead_source,
    crm_source_cost,
    crm_source_cost_duplicate,
    crm_source_cost_import,
    crm_source_cost_recurring,
    crm_source_group,
    crm_source_merge,
    crm_source_merge_do,
    crm_source_merge_move,
    ir_actions_act_window_view,
    ir_ui_view,
    mail_thread,
    res_currency_rate,
    res_partner_first_touch,
    res_partner_referrer,
    utm_source,
)
