from . import source_report_export
