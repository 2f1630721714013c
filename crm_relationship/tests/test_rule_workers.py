import threading
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import Command, fields
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .common_workers import WorkerCommon

PEOPLE = 24


@tagged("crm_relationship", "post_install", "-at_install")
class TestRuleWorkers(WorkerCommon):
    """Two workers on two connections, each committing its batches."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.rule_id = self._create_rule(env).id

    def _create_rule(self, env):
        """A rule for people whose day is today, waiting to be done."""
        today = fields.Date.today()
        groups = "sales_team.group_sale_salesman"
        seller = new_test_user(env, "rel_rule_worker", groups=groups)
        self.seller_id = seller.id
        self.kind_id = env["crm.important.date.kind"].create({"name": "Two workers"}).id
        # Otherwise the colleague follows from the first.
        clients = env["res.partner"].with_context(tracking_disable=True)
        people = clients.create(
            [
                {
                    "name": f"Worker's client {number}",
                    "tz": "UTC",
                    "user_id": seller.id,
                    "important_date_ids": [
                        Command.create(
                            {"kind_id": self.kind_id, "month": today.month, "day": today.day}
                        )
                    ],
                }
                for number in range(PEOPLE)
            ]
        )
        self.people_ids = people.ids
        return env["crm.relationship.rule"].create(
            {
                "name": "Two workers",
                "active": True,
                "date_kind_id": self.kind_id,
                "send_hour": 0,
                "date_start": fields.Datetime.now() - timedelta(days=2),
                "action_ids": [Command.create({"kind": "activity", "summary": "Call"})],
            }
        )

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = self._env(cr, active_test=False)
            tasks = [("res_model", "=", "res.partner"), ("res_id", "in", self.people_ids)]
            env["mail.activity"].search(tasks).unlink()
            env["crm.relationship.rule"].browse(self.rule_id).unlink()
            seller = env["res.users"].browse(self.seller_id)
            people = env["res.partner"].browse(self.people_ids) | seller.partner_id
            seller.unlink()
            people.unlink()
            env["crm.important.date.kind"].browse(self.kind_id).unlink()

    def _work(self, rule, start, errors):
        try:
            start.wait(timeout=10)
            rule._cron_run()
        except Exception as error:  # noqa: BLE001 a thread tells its errors this way
            errors.append(error)

    @contextmanager
    def _small_batches(self):
        """Each worker commits two records at a time."""

        def save(rules, done=0, remaining=None):
            rules.env.cr.commit()  # pylint: disable=invalid-commit
            return True

        model = self.registry["crm.relationship.rule"]
        with (
            patch.object(model, "_save_progress", save),
            patch.object(model, "_run_batch_size", 2),
            mute_logger("odoo.sql_db"),
        ):
            yield

    def _run_workers(self, count):
        errors = []
        start = threading.Barrier(count)
        with ExitStack() as stack:
            # The main thread holds the lock of the registry while tests run.
            cursors = [stack.enter_context(self.registry.cursor()) for __ in range(count)]
            workers = [
                threading.Thread(
                    target=self._work, args=(self._rule(cr), start, errors), daemon=True
                )
                for cr in cursors
            ]
            self._start_workers(workers)
        self.assertFalse(errors)

    def _start_workers(self, workers):
        with self._small_batches():
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join(timeout=60)

    def _rule(self, cr):
        env = self._env(cr)
        return env["crm.relationship.rule"].browse(self.rule_id)

    def test_two_workers_at_once_double_nothing_and_lose_nothing(self):
        self._run_workers(2)
        self._run_workers(2)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            runs = env["crm.relationship.rule.run"].search([("rule_id", "=", self.rule_id)])
            self.assertEqual(set(runs.mapped("state")), {"done"})
            self.assertEqual(sorted(runs.mapped("res_id")), sorted(self.people_ids))
            tasks = env["mail.activity"].search(
                [("res_model", "=", "res.partner"), ("res_id", "in", self.people_ids)]
            )
            self.assertEqual(sorted(tasks.mapped("res_id")), sorted(self.people_ids))

    def test_somebody_subscribes_the_same_colleagues_meanwhile(self):
        """Who comes second begins again; no client counts as one for whom nothing can be done."""
        followers = self.registry["mail.followers"]
        look = followers._add_default_followers
        overtaken = []

        def look_too_early(self_, model, res_ids, partner_ids, *args, **kwargs):
            found = look(self_, model, res_ids, partner_ids, *args, **kwargs)
            if not overtaken:
                # Both have read that the colleague does not follow; the other is faster.
                overtaken.extend(res_ids)
                with self.registry.cursor() as other:
                    self._env(other)[model].browse(res_ids).message_subscribe(partner_ids)
            return found

        with (
            self._small_batches(),
            patch.object(followers, look.__name__, look_too_early),
            self.registry.cursor() as cr,
        ):
            self._rule(cr)._cron_run()
        self.assertEqual(len(overtaken), 2)
        with self.registry.cursor() as cr:
            runs = self._env(cr)["crm.relationship.rule.run"].search(
                [("rule_id", "=", self.rule_id)]
            )
            self.assertEqual(runs.mapped("state"), ["done"] * PEOPLE)
            clients = self._env(cr)["res.partner"].browse(self.people_ids)
            self.assertEqual(clients.message_partner_ids, clients.user_id.partner_id)

    def test_a_worker_takes_nothing_another_one_holds(self):
        with self.registry.cursor() as cr, self.registry.cursor() as other:
            rule = self._rule(cr)
            rule._plan(fields.Datetime.now())
            cr.commit()  # pylint: disable=invalid-commit
            mine = self._claim(cr)
            theirs = self._claim(other)
            self.assertEqual((len(mine), len(theirs)), (10, 10))
            self.assertFalse(set(mine) & set(theirs))
            other.rollback()
            cr.rollback()

    def _claim(self, cr):
        rule = self._rule(cr)
        return (
            rule.env["crm.relationship.rule.run"]
            ._claim(rule, rule.action_ids, fields.Datetime.now(), 10)
            .ids
        )
