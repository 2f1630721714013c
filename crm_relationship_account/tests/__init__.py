from . import (
    test_goods_cost,
    test_partner_erase,
    test_purchase,
    test_source_cost,
    test_source_cost_workers,
    test_source_merge,
    test_source_report,
    test_source_report_independent,
)
