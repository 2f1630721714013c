"""Clients and their people."""

from .addresses import domain_of, private_mailbox, slug
from .clients import CLIENTS, NOTES
from .xml_file import QUIETLY, File, Ref, ref_or_none


def write_partners(telephone):
    out = File("res_partner_demo.xml", QUIETLY)
    for client in CLIENTS:
        user = Ref(f"user_{client.user}")
        if client.xmlid:
            out.record(client.xmlid, "res.partner", user_id=user)
            continue
        domain = domain_of(client)
        mailbox = f"hello@{domain}" if client.is_company else private_mailbox(client.name)
        out.record(
            client.ref,
            "res.partner",
            name=client.name,
            is_company=client.is_company,
            city=client.city,
            state_id=Ref("base.state_us_5"),
            country_id=Ref("base.us"),
            email=mailbox,
            phone=telephone.next(),
            user_id=user,
            referrer_id=ref_or_none(client.referrer),
        )
        for key, name, role in client.people:
            out.record(
                f"partner_{key}",
                "res.partner",
                name=name,
                parent_id=Ref(client.ref),
                function=role,
                email=f"{slug(name).replace(' ', '.')}@{domain}",
                phone=telephone.next(),
                user_id=user,
                comment=NOTES.get(f"partner_{key}"),
            )
    for xmlid, note in NOTES.items():
        if xmlid.startswith("base."):
            out.record(xmlid, "res.partner", comment=note)
    out.write()
