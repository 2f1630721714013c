"""What the goals on rules have in common: rules, Odoo's own and ours, that do the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ..rules import DAY, OLD, RECORDS

SUBJECT = "About {{ object.name }}"
BODY = "<p>Dear <t t-out='object.contact_name'/>, the day we spoke of has come.</p>"


def leads_due(env: Any) -> Any:
    """So many leads whose day is today, as superuser: rules are nobody's."""
    env = env(user=1)
    leads = env["crm.lead"].search(
        [("won_status", "=", "pending"), ("user_id", "!=", False), ("email_from", "!=", False)],
        order="id",
        limit=RECORDS,
    )
    env.cr.execute(
        "UPDATE crm_lead SET date_deadline = %s WHERE id IN %s",
        [env.cr.now().date(), tuple(leads.ids)],
    )
    env.invalidate_all()
    return leads


def has_ours(env: Any) -> bool:
    """Whether the addon is installed."""
    return "crm.relationship.rule" in env


def letter(env: Any, model: str = "crm.lead", body: str = BODY) -> Any:
    """The letter that both send."""
    return env(user=1)["mail.template"].create(
        {
            "name": "Benchmark",
            "model_id": env["ir.model"]._get_id(model),
            "subject": SUBJECT,
            "body_html": body,
            "email_from": "us@bench.example.com",
            "use_default_to": True,
        }
    )


def stock_rule(env: Any, **action: Any) -> Any:
    """An automation rule of Odoo on the day of a lead; returns what its schedule calls."""
    env = env(user=1)
    # What it would commit is written all the same, and undone at the end.
    env.cr.commit = env.cr.flush
    lead = env["ir.model"]._get("crm.lead")
    day = env["ir.model.fields"]._get("crm.lead", "date_deadline")
    rules = env["base.automation"]
    rules.search([]).active = False
    rule = rules.create(
        {
            "name": "Benchmark",
            "model_id": lead.id,
            "trigger": "on_time",
            "trg_date_id": day.id,
            "trg_date_range": 0,
            "trg_date_range_type": "day",
            "trg_date_range_mode": "after",
            "last_run": env.cr.now() - timedelta(days=1),
        }
    )
    values = {"name": "Benchmark", "model_id": lead.id, "base_automation_id": rule.id, **action}
    env["ir.actions.server"].create({"usage": "base_automation", **values})
    return rules._cron_process_time_based_actions


def our_rule(env: Any, **action: Any) -> Any:
    """A rule of ours that does the same; returns what its schedule calls."""
    env = env(user=1)
    rules = env["crm.relationship.rule"]
    rules.search([]).active = False
    rule = rules.create(
        {
            "name": "Benchmark",
            "active": True,
            "purpose": "service",
            "model_id": env["ir.model"]._get_id("crm.lead"),
            "date_source": "field",
            "date_field_id": env["ir.model.fields"]._get("crm.lead", "date_deadline").id,
            "recurrence": "once",
            "send_hour": 0,
            "date_start": env.cr.now() - timedelta(days=1),
            "action_ids": [(0, 0, action)],
        }
    )
    return rule._run


def birthday_rule(env: Any, **action: Any) -> Any:
    """A new rule of ours on the birthday of contacts."""
    env = env(user=1)
    rules = env["crm.relationship.rule"]
    rules.search([]).active = False
    return rules.create(
        {
            "name": "Benchmark",
            "active": True,
            "purpose": "service",
            "date_kind_id": env.ref("crm_relationship.date_kind_birthday").id,
            "send_hour": 0,
            "date_start": DAY - timedelta(days=1),
            "action_ids": [(0, 0, action)],
        }
    )


def old_rule(env: Any) -> Any:
    """The rule that has a ledger of ten years."""
    rules = env(user=1)["crm.relationship.rule"]
    rule = rules.search([("name", "=", OLD)])
    (rules.search([]) - rule).active = False
    return rule
