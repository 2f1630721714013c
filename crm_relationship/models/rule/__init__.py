"""The rules: what they say, how they plan, do and tell, and their ledger."""

from . import (
    crm_lead,
    crm_relationship_rule,
    crm_relationship_rule_action,
    crm_relationship_rule_action_do,
    crm_relationship_rule_check,
    crm_relationship_rule_clean,
    crm_relationship_rule_control,
    crm_relationship_rule_date,
    crm_relationship_rule_execute,
    crm_relationship_rule_notice,
    crm_relationship_rule_notify,
    crm_relationship_rule_plan,
    crm_relationship_rule_run,
    crm_relationship_rule_run_control,
    crm_relationship_rule_run_merge,
    crm_relationship_rule_silence,
    crm_relationship_rule_text,
    crm_relationship_rule_window,
    res_config_settings,
)
