{
    "name": "CRM Relationship",
    "summary": "A company's memory of its clients: history, briefing, reminders, return of each lead source",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "author": "CRM Relationship contributors",
    "license": "LGPL-3",
    "depends": ["crm", "sms"],
    "external_dependencies": {
        "python": ["phonenumbers"],
        "apt": {"phonenumbers": "python3-phonenumbers"},
    },
    "data": [
        "security/crm_relationship_groups.xml",
        "security/ir.model.access.csv",
        "views/crm_relationship_menus.xml",
    ],
    "demo": [],
    "assets": {},
    "application": True,
    "installable": True,
}
