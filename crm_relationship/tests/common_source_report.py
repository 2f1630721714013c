from unittest.mock import patch

from ..report.crm_source_report_deals import CrmSourceReport
from .test_source_cost import SourceCase


class SourceReportCase(SourceCase):
    """What the report tells by itself, whatever addon is installed beside.

    With accounting what was invoiced is the revenue, and `crm_relationship_account` tests that.
    Here it is what won deals are worth, as where nothing is invoiced; a test of an addon that
    knows better, and goes on with one of these, says so.
    """

    revenue_is_of_deals = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.revenue_is_of_deals:
            cls.startClassPatcher(
                patch.object(
                    cls.registry["crm.source.report"],
                    "_get_revenue_columns",
                    CrmSourceReport._get_revenue_columns,
                )
            )
