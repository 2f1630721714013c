"""Keeping in touch: when the next contact is due, what holds it up, and how it stands."""

# isort: skip_file
from . import (
    res_partner_summary,
    res_partner_touch,
    res_partner_touch_words,
    res_partner_people,
    res_partner_health,
    res_partner_touch_briefing,
    calendar_event,
    calendar_attendee,
    crm_interaction,
    crm_interaction_outcome,
    crm_promise,
    resource_calendar,
)
