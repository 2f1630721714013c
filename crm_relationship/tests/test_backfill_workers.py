from unittest.mock import patch

from odoo.tests import tagged

from .common_workers import WorkerCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestBackfillWorkers(WorkerCommon):
    """Two workers on two connections build the past of one database."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.client_id = (
                env["res.partner"].create({"name": "Past", "email": "past@far.example.com"}).id
            )
            self._write_mails(env, 6)
        with self.registry.cursor() as cr:
            env = self._env(cr)
            # As if it had never been there: what a person deletes does not come again.
            rows = env["crm.interaction"].search([("partner_id", "=", self.client_id)])
            rows.with_context(crm_relationship_is_settled=True).unlink()
            env["crm.relationship.refresh"]._pop()
            env["crm.interaction.backfill"]._start()

    def _write_mails(self, env, count):
        client = env["res.partner"].browse(self.client_id)
        for number in range(count):
            client.message_post(
                body="Hello",
                subject=f"Mail {number}",
                message_type="email",
                subtype_xmlid="mail.mt_comment",
                author_id=client.id,
                email_from=client.email,
            )

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            rows = env["crm.interaction"].search([("partner_id", "=", self.client_id)])
            rows.with_context(crm_relationship_is_settled=True).unlink()
            env["res.partner"].browse(self.client_id).unlink()
            env["crm.relationship.refresh"]._pop()
            env["crm.interaction.backfill"].search([]).write({"state": "done"})

    def _subjects(self):
        with self.registry.cursor() as cr:
            rows = self._env(cr)["crm.interaction"].search([("partner_id", "=", self.client_id)])
            return sorted(rows.mapped("subject"))

    def test_what_one_holds_the_other_leaves(self):
        with self.registry.cursor() as one, self.registry.cursor() as two:
            first = self._env(one)["crm.interaction.backfill"]._claim()
            self.assertEqual(len(first), 1)
            self.assertFalse(self._env(two)["crm.interaction.backfill"]._claim())

    def test_both_at_work_double_nothing_and_lose_nothing(self):
        self.enterContext(patch.object(self.registry["crm.interaction.backfill"], "_batch_size", 2))
        for __ in range(400):
            with self.registry.cursor() as one, self.registry.cursor() as two:
                jobs = [self._env(cr)["crm.interaction.backfill"] for cr in (one, two)]
                claimed = [job._claim() for job in jobs]
                if not any(claimed):
                    break
                for job in filter(None, claimed):
                    job._build_batch()
        self.assertEqual(self._subjects(), [f"Mail {number}" for number in range(6)])

    def test_live_capture_beside_it_collides_with_nothing(self):
        with self.registry.cursor() as builder, self.registry.cursor() as user:
            backfill = self._env(builder)["crm.interaction.backfill"]
            live = self._env(user)
            live["res.partner"].browse(self.client_id).read(["name"])
            while job := backfill._claim():
                job._build_batch()
            self._write_mails(live, 1)
            user.commit()  # pylint: disable=invalid-commit
            builder.commit()  # pylint: disable=invalid-commit
        self.assertEqual(
            self._subjects(), sorted([f"Mail {number}" for number in range(6)] + ["Mail 0"])
        )
