from . import crm_source_report
