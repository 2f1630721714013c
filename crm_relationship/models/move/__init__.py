"""The status of a client moves by itself on facts, forward and back."""

# isort: skip_file
from . import (
    crm_relationship_flow,
    crm_relationship_status_move,
    crm_relationship_status_held,
    crm_relationship_status_words,
    res_partner_move,
    res_partner_move_facts,
    res_partner_move_state,
    res_partner_move_time,
    res_partner_move_words,
)
