"""One folder a topic, in the order in which they build on each other."""

# isort: skip_file
from . import (
    crm_lead,
    res_company,
    res_config_settings,
    client,
    history,
    waiting,
    outcome,
    promise,
    briefing,
    touch,
    match,
    source,
    rule,
    complaint,
    today,
    handover,
    manager,
    referral,
    playbook,
    move,
)
