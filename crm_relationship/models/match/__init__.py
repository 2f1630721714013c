"""No cold contact twice: the client an inquiry belongs to."""

from . import (
    crm_lead_match,
    crm_lead_match_find,
    crm_lead_match_link,
    crm_lead_match_notify,
    crm_lead_match_reject,
    crm_lead_match_shared,
)
