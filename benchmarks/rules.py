"""What rules are measured on: a birthday of every contact, and ten years of a rule's ledger.

600 contacts have their day on `DAY`, whatever the volume; the others are spread over the
year. The rule `OLD` has acted on every contact in each of the ten years before.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

# A day that is due, at a moment after every hour of sending.
DAY = datetime(2027, 3, 10, 12, 0)
RECORDS = 600
YEARS = 10
OLD = "Birthday, for ten years"
TRIGGER = "date"

# Runs in Odoo's shell on the database with the addon.
PREPARATION = f"""
from datetime import datetime, timedelta
from odoo import Command
env["crm.relationship.rule"].search([]).active = False
kind = env.ref("crm_relationship.date_kind_birthday")
rule = env["crm.relationship.rule"].create({{
    "name": {OLD!r}, "active": True, "date_kind_id": kind.id, "send_hour": 0,
    "date_start": datetime({DAY.year - YEARS}, 1, 1),
    "action_ids": [Command.create({{"kind": "activity", "summary": "Call"}})],
}})
rule.looked_until = datetime({DAY.year}, {DAY.month}, {DAY.day}) - timedelta(hours=1)
env.cr.commit()
print("IDS " + __import__("json").dumps(
    {{"kind": kind.id, "rule": rule.id, "action": rule.action_ids.id}}))
"""
# Numbers of the clients of the volume run from 1, without gaps.
DATES = """
    INSERT INTO crm_important_date (partner_id, kind_id, month, day, year, yearly, next_date)
    SELECT client.id, {kind}, extract(month FROM born), extract(day FROM born),
           1950 + client.number % 50, true, born
      FROM (SELECT id, row_number() OVER (ORDER BY id) AS number
              FROM res_partner WHERE email LIKE 'client%') client
     CROSS JOIN LATERAL (
           SELECT CASE WHEN client.number % ({n} / {records}) = 0
                        AND client.number <= {n} / {records} * {records} THEN '{day}'::date
                  ELSE '{day}'::date + 1 + (client.number * 7 % 363)::int END) day(born)
"""
LEDGER = """
    INSERT INTO crm_relationship_rule_run (
           rule_id, action_id, res_model, res_id, partner_id, date_id, occurrence, date_due,
           key, state, attempts, date_done, create_uid, create_date, write_uid, write_date)
    SELECT {rule}, {action}, 'res.partner', occasion.partner_id, occasion.partner_id,
           occasion.id, past.day, past.day,
           concat_ws(':', {rule}, {action}, 'res.partner', occasion.partner_id,
                     to_char(past.day, 'YYYY-MM-DD')),
           'done', 1, past.day, 1, past.day, 1, past.day
      FROM generate_series(0, {years}) ago
     CROSS JOIN crm_important_date occasion
     CROSS JOIN LATERAL (
           SELECT make_date(extract(year FROM '{day}'::date)::int - ago, occasion.month,
                            least(occasion.day, 28))) past(day)
     WHERE past.day < '{day}'::date
"""
# What is written by the million is not checked row by row.
QUICKLY = "SET session_replication_role = replica; {sql}"


def statements(size: int, ids: dict[str, int]) -> list[str]:
    """The SQL that fills a database of so many contacts."""
    values: dict[str, Any] = {
        "n": size,
        "records": RECORDS,
        "years": YEARS,
        "day": DAY.date().isoformat(),
        **ids,
    }
    return [QUICKLY.format(sql=sql.format(**values)) for sql in (DATES, LEDGER)]
