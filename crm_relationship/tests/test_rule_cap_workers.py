import threading
import time
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_workers import WorkerCommon

PATIENCE = 20


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleCapWorkers(WorkerCommon):
    """Two workers write to one person at the same moment, on two connections."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            self._create_rules(self._env(cr))

    def _create_rules(self, env):
        """Two rules that write to the same client today, one message a week."""
        today = fields.Date.today()
        kind = env["crm.important.date.kind"].create({"name": "One a week"})
        date = Command.create({"kind_id": kind.id, "month": today.month, "day": today.day})
        partner = env["res.partner"].create(
            {
                "name": "Only client",
                "tz": "UTC",
                "email": "only.client@example.com",
                "important_date_ids": [date],
            }
        )
        template = env["mail.template"].create(
            {
                "name": "One a week",
                "model_id": env["ir.model"]._get_id("res.partner"),
                "subject": "Hello",
                "use_default_to": True,
                "email_from": "us@example.com",
                "body_html": "<p>Hello</p>",
            }
        )
        rules = env["crm.relationship.rule"].create(
            [
                {
                    "name": f"One a week {number}",
                    "active": True,
                    "date_kind_id": kind.id,
                    "send_hour": 0,
                    "date_start": fields.Datetime.now() - timedelta(days=2),
                    "action_ids": [Command.create({"kind": "mail", "template_id": template.id})],
                }
                for number in (1, 2)
            ]
        )
        company = env.company
        self.before = (company.relationship_weekly_cap, company.relationship_quiet_from)
        company.write({"relationship_weekly_cap": 1, "relationship_quiet_from": 0})
        self.made = [rules, template, partner, kind]
        self.made = [(records._name, records.ids) for records in self.made]
        self.rule_ids, self.partner_id = rules.ids, partner.id

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = self._env(cr, active_test=False)
            env["mail.mail"].search([("recipient_ids", "in", [self.partner_id])]).unlink()
            for model, ids in self.made:
                env[model].browse(ids).unlink()
            env["crm.relationship.rule.pace"].search([]).unlink()
            cap, quiet = self.before
            env.company.write({"relationship_weekly_cap": cap, "relationship_quiet_from": quiet})

    def _rule(self, cr, number):
        env = self._env(cr)
        return env["crm.relationship.rule"].browse(self.rule_ids[number])

    def _work(self, rule, errors):
        try:
            rule._cron_run()
            rule.env.cr.commit()
        except Exception as error:  # noqa: BLE001 a thread tells its errors this way
            errors.append(error)

    def _wait_until_blocked(self, cr, worker_pid):
        """The second worker waits for what the first one holds: it has its snapshot already."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            cr.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND pid = %s", [worker_pid])
            if cr.fetchone()[0]:
                return
            time.sleep(0.05)
        self.fail("The second worker was not stopped by the first one.")

    def test_two_rules_at_once_keep_within_the_cap(self):
        errors = []
        model = self.registry["crm.relationship.rule"]
        with (
            self.registry.cursor() as first_cr,
            self.registry.cursor() as second_cr,
            self.registry.cursor() as watch_cr,
            patch.object(model, "_tell_people", lambda self, now: None),
            mute_logger("odoo.sql_db"),
        ):
            self._rule(first_cr, 0)._run()
            second = self._rule(second_cr, 1)
            pid = second_cr._cnx.get_backend_pid()
            worker = threading.Thread(target=self._work, args=(second, errors), daemon=True)
            worker.start()
            self._wait_until_blocked(watch_cr, pid)
            first_cr.commit()
            worker.join(timeout=PATIENCE)
        self.assertFalse(errors)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            runs = env["crm.relationship.rule.run"].search(
                [("rule_id", "in", self.rule_ids)], order="rule_id"
            )
            self.assertEqual(runs.mapped("state"), ["done", "skipped"])
            self.assertEqual(runs[1].reason, "Already a message this week")
            mails = env["mail.mail"].search([("recipient_ids", "in", [self.partner_id])])
            self.assertEqual(len(mails), 1)
