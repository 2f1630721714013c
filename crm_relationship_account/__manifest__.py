{
    "name": "CRM Relationship: Accounting",
    "summary": "What sources bring in invoices, payments and margin; costs from vendor bills",
    "version": "19.0.1.1.0",
    "category": "Sales/CRM",
    "author": "CRM Relationship contributors",
    "license": "LGPL-3",
    "depends": ["crm_relationship", "account"],
    "data": [
        "views/account_move_views.xml",
        "views/crm_source_cost_views.xml",
        "report/crm_source_report_views.xml",
    ],
    "demo": ["demo/account_demo.xml"],
    "post_init_hook": "post_init_hook",
    "uninstall_hook": "uninstall_hook",
    "auto_install": True,
}
