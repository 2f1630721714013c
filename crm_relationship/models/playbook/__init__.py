"""Playbooks: how we go about a status or a stage, what of it was done, and who knows of it."""

# isort: skip_file
from . import (
    crm_playbook,
    crm_playbook_step,
    crm_playbook_version,
    crm_playbook_read,
    crm_playbook_publish,
    crm_playbook_tick,
    crm_playbook_briefing,
    base_partner_merge,
    crm_lead,
    res_partner,
)
