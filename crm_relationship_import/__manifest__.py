{
    "name": "CRM Relationship: Import",
    "summary": "What is wrong with a file of costs is told by row and column",
    "version": "19.0.1.1.0",
    "category": "Sales/CRM",
    "author": "CRM Relationship contributors",
    "license": "LGPL-3",
    "depends": ["crm_relationship", "base_import"],
    "auto_install": True,
}
