from . import test_crm_interaction_capture
from . import test_res_partner_relationship
from . import test_security
from . import test_source_cost
from . import test_source_report
