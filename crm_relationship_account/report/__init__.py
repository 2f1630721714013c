from . import (
    crm_complaint_report,
    crm_purchase_report,
    crm_source_report,
    crm_source_report_query,
)
