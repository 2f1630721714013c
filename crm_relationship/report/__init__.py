from . import (
    crm_briefing_page,
    crm_meeting_report,
    crm_meeting_report_query,
    crm_meeting_report_search,
    crm_promise_report,
    crm_response_report,
    crm_response_report_query,
    crm_source_report,
    crm_source_report_group,
    crm_source_report_maturity,
    crm_source_report_overview,
    crm_source_report_query,
)
