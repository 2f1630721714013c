from . import brief, source_report_export, unsubscribe
