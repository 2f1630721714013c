"""Complaints: what went wrong, what is done about it, and what holds still meanwhile."""

from . import (
    calendar_event,
    crm_complaint,
    crm_complaint_briefing,
    crm_complaint_cause,
    crm_complaint_close,
    crm_complaint_follow,
    crm_complaint_keep,
    crm_complaint_mail,
    crm_interaction,
    crm_lead,
    crm_relationship_rule,
    mail_thread,
    res_company,
    res_config_settings,
    res_partner,
)
