"""Whether a database with demo data tells the story: `./odoo shell -d demo < tools/check_demo.py`.

Raises on the first figure that is not as docs/demo.md and docs/roi.md say; the database must be
fresh.
"""

import sys
from datetime import datetime

import pytz

# Whose birthday is on the day the database was made.
TODAY = {"Toni Rhodes", "Walter Mills", "Greta Marsh"}
BANNER = {
    "cost:sum": 1500,
    "leads:sum": 24,
    "won:sum": 5,
    "customers:sum": 4,
    "won_value:sum": 8040,
    "profit:sum": 6540,
    "cost_per_lead:avg": 62.5,
    "acquisition_cost:avg": 375,
    "conversion:avg": 0.2083,
    "roas:avg": 5.36,
    "roi:avg": 4.36,
}
BANNER_BY_DEAL = {"won_value:sum": 10000, "profit:sum": 8500, "roas:avg": 6.6667, "roi:avg": 5.6667}
# What the bridge to accounting tells beside that, and its own profit.
INVOICED = {
    "revenue:sum": 7670,
    "paid:sum": 5870,
    "margin:sum": 3250,
    "goods_revenue:sum": 7370,
    "profit:sum": 2050,
    "roas:avg": 5.1133,
    "roi:avg": 1.3667,
}
INVOICED_BY_DEAL = {
    "revenue:sum": 9630,
    "profit:sum": 4010,
    "roas:avg": 6.42,
    "roi:avg": 2.6733,
}
CLIENTS = {
    "cold": 0,
    "prospect": 14,
    "customer": 8,
    "regular": 8,
    "key": 3,
    "dormant": 4,
    "lost": 3,
}

LEDGER = {"done": 25, "skipped": 6, "failed": 1}


def expect(what, got, wanted):
    sys.stdout.write(f"{what}: {got}\n")
    if got != wanted:
        raise SystemExit(f"{what}: {got} instead of {wanted}")


def ours(model):
    """Records of `model` that our demo data made."""
    names = env["ir.model.data"].search(  # noqa: F821
        [("module", "=", "crm_relationship"), ("model", "=", model)]
    )
    return env[model].with_context(active_test=False).browse(names.mapped("res_id"))  # noqa: F821


def check():
    interactions, leads = ours("crm.interaction"), ours("crm.lead")
    clients = interactions.commercial_partner_id
    for kind, number in CLIENTS.items():
        expect(kind, len(clients.filtered(lambda c: c.relationship_status_kind == kind)), number)  # noqa: B023
    expect("leads", len(leads), 94)
    expect("won", len(leads.filtered(lambda lead: lead.won_status == "won")), 38)
    expect("lost", len(leads.filtered(lambda lead: lead.won_status == "lost")), 20)
    channels = set(dict(interactions._fields["channel"].selection))
    expect("channels without interaction", channels - set(interactions.mapped("channel")), set())
    expect("waiting", len(interactions.filtered("is_waiting")), 6)
    changes = clients.relationship_change_ids
    today = env.cr.now().date()  # noqa: F821
    expect("changes of today", len(changes.filtered(lambda c: c.date.date() == today)), 0)
    dates = ours("crm.important.date")
    today = datetime.now(pytz.timezone("Europe/Brussels")).date()
    birthdays = dates.filtered(lambda d: d.next_date == today).partner_id
    expect("today", set(birthdays.mapped("name")), TODAY)
    expect("leap days", len(dates.filtered(lambda d: (d.month, d.day) == (2, 29))) > 0, True)
    check_banner()
    check_rules()


def check_banner():
    """What the banner cost and brought, by the first touch and by the deal's own source."""
    report = env["crm.source.report"]  # noqa: F821
    banner = env.ref("crm_relationship.utm_source_banner")  # noqa: F821
    is_invoiced = "paid" in report._fields
    for source, figures, invoiced in (
        ("source_id", BANNER, INVOICED),
        ("deal_source_id", BANNER_BY_DEAL, INVOICED_BY_DEAL),
    ):
        wanted = figures | (invoiced if is_invoiced else {})
        [row] = report._read_group([(source, "=", banner.id)], [], list(wanted))
        expect(f"banner by {source}", [round(value, 4) for value in row], list(wanted.values()))


def check_rules():
    """One rule is on and has acted; nothing of what we made waits to be sent."""
    rules, lines = env["crm.relationship.rule"], ours("crm.relationship.rule.run")  # noqa: F821
    expect("rules that are on", rules.search([]).mapped("name"), ["Keep in touch"])
    for state, number in LEDGER.items():
        expect(f"{state} by rules", len(lines.filtered(lambda line: line.state == state)), number)  # noqa: B023
    told = lines.rule_id.filtered("active").catch_up_text
    expect("after the server was off", told, "Server was off for 2 days: 2 done late, 1 skipped")
    # Anna, Ben and Carla are told of new tasks as soon as the scheduled actions have run.
    clients = ours("res.partner").filtered(lambda partner: not partner.user_ids)
    mails = env["mail.mail"].search([("recipient_ids", "in", clients.ids)])  # noqa: F821
    expect("letters to send", len(mails), 0)
    expect("SMS to send", len(env["sms.sms"].search([("partner_id", "in", clients.ids)])), 0)  # noqa: F821


check()
