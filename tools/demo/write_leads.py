"""Leads and deals."""

from .addresses import mailbox_of_stranger
from .deals import LEADS, LOST, PROPOSAL, SOURCES, STAGES, WON, contact_of, owner
from .xml_file import QUIETLY, File, Raw, Ref, ref_or_none


def last_step(lead):
    """When the deal came to its stage: the open offers in the last days, but one."""
    if lead.closed or lead.stage != PROPOSAL or lead.client == "redwater":
        return lead.closed or lead.came
    return Raw(f"DateTime.now() - relativedelta(days={1 + len(lead.name) % 3})")


def write_leads(telephone):
    out = File("crm_lead_demo.xml", QUIETLY)
    for number, lead in enumerate(LEADS):
        source, medium = SOURCES[lead.source]
        values = {
            "name": lead.name,
            "type": "opportunity",
            "create_date": lead.came,
            "date_open": lead.came,
            "partner_id": ref_or_none(contact_of(lead)),
            "user_id": Ref(f"user_{owner(lead)}"),
            "team_id": Ref("crm_team_oak_light"),
            "stage_id": Ref(STAGES[lead.stage]),
            "source_id": ref_or_none(source),
            "medium_id": ref_or_none(medium),
            "expected_revenue": lead.value,
            "date_last_stage_update": last_step(lead),
        }
        if lead.stranger:
            values |= {
                "contact_name": lead.stranger,
                "email_from": mailbox_of_stranger(lead),
                "phone": telephone.next(),
            }
        if lead.stage == WON:
            values |= {"probability": 100, "date_closed": lead.closed}
        elif lead.stage == LOST:
            values |= {"active": False, "probability": 0, "date_closed": lead.closed}
            values["lost_reason_id"] = Ref(lead.reason)
        else:
            values["priority"] = "2" if lead.value > 8000 else "1" if lead.value > 2500 else "0"
            if lead.stage == PROPOSAL:
                days = 5 + 7 * (number % 6)
                day = f"DateTime.today() + relativedelta(days={days})"
                values["date_deadline"] = Raw(f"({day}).date()")
        out.record(lead.xmlid, "crm.lead", **values)
    out.write()
