from . import crm_meeting_report, crm_source_report
