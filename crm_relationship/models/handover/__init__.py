"""Handing over clients to a colleague, for good or until a day, and taking them back."""

# isort: skip_file
from . import (
    crm_handover,
    crm_handover_line,
    crm_handover_open,
    crm_handover_count,
    crm_handover_move,
    crm_handover_return,
    crm_handover_check,
    crm_handover_notify,
    crm_handover_brief,
    res_partner,
    res_users,
)
