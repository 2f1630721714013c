"""Inquiries nobody has answered yet: their clock, who is told, the answer."""

from . import (
    crm_interaction_alert,
    crm_interaction_clock,
    crm_interaction_follow_up,
    crm_interaction_reply,
    crm_interaction_undelivered,
    crm_interaction_waiting,
    crm_team,
    res_partner_erase_waiting,
    resource_calendar,
)
