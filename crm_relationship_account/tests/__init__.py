from . import (
    test_complaint_report,
    test_goods_cost,
    test_partner_erase,
    test_purchase,
    test_purchase_profile,
    test_purchase_report,
    test_source_cost,
    test_source_cost_workers,
    test_source_merge,
    test_source_report,
    test_source_report_independent,
)
