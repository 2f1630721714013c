from unittest.mock import patch

from freezegun import freeze_time

from odoo.tests import tagged

from .common_moves import MoveCommon

NOW = "2026-06-30 12:00:00"


@tagged("crm_relationship", "post_install", "-at_install")
@freeze_time(NOW)
class TestStatusConditionsMany(MoveCommon):
    """Conditions that concern very many clients are saved at once and counted afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quiet = cls._create_customers(5)
        cls.statuses = cls.env["crm.relationship.status"]
        cls.startClassPatcher(
            patch.object(cls.env.registry[cls.statuses._name], "_count_at_once", 3)
        )
        cls.queue = cls.env["crm.relationship.refresh"]
        cls.cron = cls.env.ref("crm_relationship.ir_cron_moves")

    @classmethod
    def _create_customers(cls, number):
        clients = cls.env["res.partner"].create([{"name": f"Quiet {n}"} for n in range(number)])
        cls.env.flush_all()
        clients._apply_dated_changes(
            [
                (client.id, None, cls.status_customer.id, "Bought", "2026-01-01 10:00:00")
                for client in clients
            ]
        )
        return clients

    def _change(self, **vals):
        """A manager saves, and nobody is looked at."""
        self._refresh_clients()
        with patch.object(type(self.statuses), "_query_coming", side_effect=AssertionError):
            self.status_dormant.with_user(self.anna).write(vals)
        self.assertFalse(self.queue.search([("id", "!=", 0)]))

    def _told(self):
        return (
            self.env["mail.message"]
            .search(
                [
                    ("partner_ids", "in", self.anna.partner_id.ids),
                    ("message_type", "=", "user_notification"),
                ]
            )
            .mapped("subject")
        )

    def test_they_hold_until_they_are_counted(self):
        triggers = self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.cron.id)])
        self._change(move_days=90, move_limit=4)
        self.assertRecordValues(
            self.status_dormant,
            [{"move_is_held": True, "move_is_counting": True, "move_held_count": 0}],
        )
        self.assertEqual(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", self.cron.id)]),
            triggers + 1,
        )
        self.quiet._refresh_relationship()
        self.assertEqual(self.quiet.relationship_status_id, self.status_customer)
        self._run_cron("ir_cron_moves")
        self.assertRecordValues(
            self.status_dormant,
            [{"move_is_held": True, "move_is_counting": False, "move_held_count": 5}],
        )
        self.assertEqual(self._told(), ["5 clients would become Dormant"])
        self._refresh_clients()
        self.assertEqual(self.quiet.relationship_status_id, self.status_customer)
        self.status_dormant.with_user(self.anna).action_let_come()
        self._refresh_clients()
        self.assertEqual(self.quiet.relationship_status_id, self.status_dormant)

    def test_few_enough_come_when_they_are_counted(self):
        self._change(move_days=90, move_limit=5)
        self.assertTrue(self.status_dormant.move_is_held)
        self._run_cron("ir_cron_moves")
        self.assertRecordValues(
            self.status_dormant, [{"move_is_held": False, "move_is_counting": False}]
        )
        self._refresh_clients()
        self.assertEqual(self.quiet.relationship_status_id, self.status_dormant)
        self.assertFalse(self._told())

    def test_counted_also_while_the_past_is_being_built(self):
        job = self.env["crm.interaction.backfill"].search([("kind", "!=", False)], limit=1)
        job.state = "running"
        self._change(move_days=90, move_limit=4)
        self._run_cron("ir_cron_moves")
        self.assertRecordValues(
            self.status_dormant,
            [{"move_is_held": True, "move_is_counting": False, "move_held_count": 5}],
        )
        self.assertFalse(self._told())
        job.state = "done"
        self._run_cron("ir_cron_moves")
        self.assertEqual(self._told(), ["5 clients would become Dormant"])

    def test_changed_again_while_it_is_counted(self):
        self._change(move_days=90, move_limit=4)
        self._change(move_days=1000)
        self._run_cron("ir_cron_moves")
        self.assertFalse(self.status_dormant.move_is_held)
        self._refresh_clients()
        self.assertEqual(self.quiet.relationship_status_id, self.status_customer)

    def test_status_archived_while_it_is_counted(self):
        self._change(move_days=90, move_limit=4)
        self._change(active=False)
        self._run_cron("ir_cron_moves")
        self.assertRecordValues(
            self.status_dormant, [{"move_is_held": False, "move_is_counting": False}]
        )
        self.assertFalse(self._told())

    def test_saving_asks_no_more_of_more_clients(self):
        def save(days):
            self._refresh_clients()
            before = self.env.cr.sql_log_count
            self.status_dormant.move_days = days
            self.env.flush_all()
            return self.env.cr.sql_log_count - before

        save(89)
        few = save(90)
        self._create_customers(40)
        self.assertEqual(save(91), few)
        self.assertEqual(self.status_dormant.move_is_counting, True)

    def test_of_very_many_the_first_are_shown(self):
        self.status_dormant.write({"move_days": 90, "move_limit": 4})
        self._run_cron("ir_cron_moves")
        action = self.status_dormant.action_open_coming()
        self.assertEqual(action["name"], "Would become Dormant")
        self.assertEqual(len(action["domain"][0][2]), 5)
        with patch.object(type(self.statuses), "_shown_max", 2):
            action = self.status_dormant.action_open_coming()
        self.assertEqual(action["name"], "Would become Dormant: 2 of 5")
        self.assertEqual(len(action["domain"][0][2]), 2)
        self.assertLess(set(action["domain"][0][2]), set(self.quiet.ids))
