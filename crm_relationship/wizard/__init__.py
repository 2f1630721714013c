from . import base_partner_merge, crm_interaction_log
