#!/usr/bin/env python3
"""Write the bulk of the demo data: `python tools/make_demo.py && make format`.

The tables in tools/demo/ are the story of a year at Oak & Light, a small furniture company:
its clients, their people and their deals. From each deal follow an inquiry, an answer,
an offer and an end, and between the deals the small talk and the complaints. The same
tables always give the same files:

    crm_relationship/demo/res_partner_demo.xml       clients and their people
    crm_relationship/demo/crm_lead_demo.xml          leads and deals
    crm_relationship/demo/crm_relationship_status_change_demo.xml
    crm_relationship/demo/crm_interaction_demo.xml   the year
    crm_relationship/demo/crm_relationship_rule_run_demo.xml  what rules have done
    crm_relationship/demo/crm_source_cost_demo.xml   what the sources cost
    crm_relationship/demo/crm_playbook_demo.xml      playbooks, and what was ticked

What tells the story of a single client (the last weeks, promises, dates, meetings) is
written by hand in the other files of that folder. All dates are relative to the day the
data is loaded (tools/demo/days.py).
"""

from demo.addresses import Telephone
from demo.deals import name_leads
from demo.write_costs import write_costs
from demo.write_history import write_history
from demo.write_leads import write_leads
from demo.write_partners import write_partners
from demo.write_playbooks import write_playbooks
from demo.write_rules import write_rules
from demo.write_statuses import write_statuses


def main():
    telephone = Telephone()
    name_leads()
    write_partners(telephone)
    write_leads(telephone)
    write_statuses()
    write_rules(write_history())
    write_costs()
    write_playbooks()


if __name__ == "__main__":
    main()
