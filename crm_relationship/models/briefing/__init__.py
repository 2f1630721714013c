"""What one must know before speaking to a client, on one screen."""

from . import (
    calendar_event_briefing,
    crm_briefing_mail,
    crm_interaction_briefing,
    crm_lead_briefing,
    mail_activity_briefing,
    res_partner_brief_phone,
    res_partner_briefing,
    res_partner_briefing_ahead,
    res_partner_purchase_profile,
)
