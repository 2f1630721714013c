from . import crm_source_report, crm_source_report_query
