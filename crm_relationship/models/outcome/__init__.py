"""How it ended: asked once, when an activity or a meeting is over."""

from . import (
    calendar_event_outcome,
    crm_interaction_outcome,
    crm_interaction_outcome_ask,
    crm_interaction_outcome_digest,
    mail_activity_outcome,
    res_users_outcome,
)
