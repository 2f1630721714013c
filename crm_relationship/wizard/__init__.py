from . import (
    base_partner_merge,
    base_partner_merge_ledger,
    crm_interaction_log,
    crm_interaction_log_outcome,
    crm_interaction_no_reply,
    crm_partner_erase,
    crm_relationship_client_outlook,
    crm_relationship_rule_forecast,
    crm_relationship_rule_trial,
    mail_activity_schedule,
    mail_compose_message,
    mail_compose_unsubscribe,
)
