from unittest.mock import patch

from psycopg2.errors import SerializationFailure

from odoo import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_workers import WorkerCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestReferralWorkers(WorkerCommon):
    """Two workers refresh a client that was won at the same moment: one task of thanks."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            owner = env["res.users"].create(
                {
                    "name": "Owner",
                    "login": "rel_worker_thanks",
                    "group_ids": [
                        Command.set(env.ref("sales_team.group_sale_salesman").ids),
                    ],
                }
            )
            sender = env["res.partner"].create({"name": "Sender", "user_id": owner.id})
            client = env["res.partner"].create({"name": "Sent", "referrer_id": sender.id})
            lead = env["crm.lead"].create({"name": "Desks", "partner_id": client.id})
            lead.action_set_won()
            client._set_first_won()
            self.owner_id, self.sender_id = owner.id, sender.id
            self.client_id, self.lead_id = client.id, lead.id

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["crm.lead"].browse(self.lead_id).unlink()
            env["res.partner"].browse([self.client_id, self.sender_id]).unlink()
            owner = env["res.users"].browse(self.owner_id)
            partner = owner.partner_id
            owner.unlink()
            partner.unlink()
            env["crm.relationship.refresh"]._pop()

    def _thank(self, cr):
        self._env(cr)["res.partner"].browse(self.client_id)._thank_referrers()

    def _count_tasks(self):
        with self.registry.cursor() as cr:
            return self._env(cr)["mail.activity"].search_count(
                [("res_model", "=", "res.partner"), ("res_id", "=", self.sender_id)]
            )

    def test_one_task(self):
        """Who comes second finds the client taken, begins again and finds it thanked."""
        partners = self.registry["res.partner"]
        mark = partners._mark_thanked
        with self.registry.cursor() as one:

            def overtaken(clients, *args):
                # Both have read that nobody was thanked; the other is faster.
                with patch.object(partners, "_mark_thanked", mark):
                    self._commit_thanks()
                return mark(clients, *args)

            with (
                patch.object(partners, "_mark_thanked", overtaken),
                mute_logger("odoo.sql_db"),
                self.assertRaises(SerializationFailure),
            ):
                self._thank(one)
            one.rollback()
            self._thank(one)
            one.commit()  # pylint: disable=invalid-commit
        self.assertEqual(self._count_tasks(), 1)

    def _commit_thanks(self):
        with self.registry.cursor() as cr:
            self._thank(cr)

    def test_cut_off_half_way(self):
        with self.registry.cursor() as one:
            self._thank(one)
            one.rollback()
        self.assertEqual(self._count_tasks(), 0)
        self._commit_thanks()
        self.assertEqual(self._count_tasks(), 1)
