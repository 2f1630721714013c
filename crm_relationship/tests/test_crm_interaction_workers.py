from odoo.tests import tagged
from odoo.tools import mute_logger

from .common_workers import WorkerCommon


@tagged("crm_relationship", "post_install", "-at_install")
class TestInteractionWorkers(WorkerCommon):
    """Two workers on two connections write into the history of one client."""

    def setUp(self):
        super().setUp()
        with self.registry.cursor() as cr:
            env = self._env(cr)
            client = env["res.partner"].create({"name": "Busy", "email": "busy@far.example.com"})
            lead = env["crm.lead"].create({"name": "Desks", "partner_id": client.id})
            self.client_id, self.lead_id = client.id, lead.id

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["crm.interaction"].search([("partner_id", "=", self.client_id)]).unlink()
            env["crm.lead"].browse(self.lead_id).unlink()
            env["res.partner"].browse(self.client_id).unlink()
            env["crm.relationship.refresh"]._pop()

    def _write_mail(self, cr, on_lead=False):
        """The client writes, on the lead or on the contact."""
        env = self._env(cr)
        client = env["res.partner"].browse(self.client_id)
        document = env["crm.lead"].browse(self.lead_id) if on_lead else client
        document.message_post(
            body="Hello",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=client.id,
            email_from=client.email,
        )

    def _read(self, cr):
        client = self._env(cr)["res.partner"].browse(self.client_id)
        return client.interaction_count

    def _read_mails(self, cr):
        env = self._env(cr)
        return env["crm.interaction"].search(
            [("partner_id", "=", self.client_id), ("message_id", "!=", False)]
        )

    def test_two_mails_of_one_client_at_the_same_moment(self):
        for on_lead in (False, True):
            with (
                self.subTest(on_lead=on_lead),
                self.registry.cursor() as one,
                self.registry.cursor() as two,
            ):
                # Both transactions begin before either has written.
                self._read(one)
                self._read(two)
                self._write_mail(one, on_lead)
                self._write_mail(two, on_lead)
                one.commit()  # pylint: disable=invalid-commit
                two.commit()  # pylint: disable=invalid-commit
        with self.registry.cursor() as cr:
            rows = self._read_mails(cr)
            self.assertEqual(rows.mapped("direction"), ["in"] * 4)
            self.assertEqual(sorted(rows.mapped("lead_id").ids), [self.lead_id])
            queue = self._env(cr)["crm.relationship.refresh"]
            queued = queue.search([("partner_id", "=", self.client_id)])
            # Each mail, and before them that the lead came.
            self.assertEqual(len(queued), 5)

    def test_two_mails_while_the_client_is_refreshed(self):
        """Three workers have the same client at hand; none has to begin again."""
        with self.registry.cursor() as cr:
            self._write_mail(cr)
        with (
            self.registry.cursor() as refresh,
            self.registry.cursor() as one,
            self.registry.cursor() as two,
        ):
            self._read(one)
            self._read(two)
            env = self._env(refresh)
            self.assertIn(self.client_id, env["crm.relationship.refresh"]._pop())
            self._write_mail(one, on_lead=True)
            env["res.partner"].browse(self.client_id)._refresh_relationship()
            env.flush_all()
            self._write_mail(two, on_lead=True)
            one.commit()  # pylint: disable=invalid-commit
            refresh.commit()  # pylint: disable=invalid-commit
            two.commit()  # pylint: disable=invalid-commit
        with self.registry.cursor() as cr:
            self.assertEqual(len(self._read_mails(cr)), 3)
            env = self._env(cr)
            self.assertIn(self.client_id, env["crm.relationship.refresh"]._pop())
            env["res.partner"].browse(self.client_id)._refresh_relationship()
            last = env["res.partner"].browse(self.client_id).last_interaction_id
            self.assertEqual(last, self._read_mails(cr)[0])
            cr.rollback()

    def test_one_mail_noted_by_two_workers_is_one_row(self):
        """A capture that another worker repeats adds nothing."""
        with self.registry.cursor() as cr:
            self._write_mail(cr)
            cr.commit()  # pylint: disable=invalid-commit
            [row] = self._read_mails(cr)
            message_id = row.message_id.id
        with self.registry.cursor() as again:
            interactions = self._env(again)["crm.interaction"]
            interactions._capture("message", [message_id], {"res.partner"})
            again.commit()  # pylint: disable=invalid-commit
            self.assertEqual(self._read_mails(again), row.with_env(interactions.env))

    def test_mail_that_comes_during_the_refresh_is_not_forgotten(self):
        with self.registry.cursor() as cr:
            self._write_mail(cr)
        with self.registry.cursor() as refresh, self.registry.cursor() as worker:
            env = self._env(refresh)
            self.assertIn(self.client_id, env["crm.relationship.refresh"]._pop())
            self._write_mail(worker)
            worker.commit()  # pylint: disable=invalid-commit
            env["res.partner"].browse(self.client_id)._refresh_relationship()
            refresh.commit()  # pylint: disable=invalid-commit
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.assertEqual(self._read(cr), 2)
            self.assertIn(self.client_id, env["crm.relationship.refresh"]._pop())
            env["res.partner"].browse(self.client_id)._refresh_relationship()
            self.assertEqual(self._read(cr), 3)
            cr.rollback()

    def test_mail_queue_is_not_held_up_by_the_history(self):
        """Were its commit to fail, it would send again what it has sent."""
        with self.registry.cursor() as cr:
            env = self._env(cr)
            message = (
                env["res.partner"]
                .browse(self.client_id)
                .with_user(env.ref("base.user_admin"))
                .with_context(mail_notify_force_send=False)
                .message_post(
                    body="Our offer",
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                    partner_ids=[self.client_id],
                )
            )
            message_id = message.id
        with self.registry.cursor() as queue, self.registry.cursor() as colleague:
            self._read(queue)
            self._env(colleague)["crm.interaction"].search(
                [("message_id", "=", message_id)]
            ).offered = "12 desks"
            colleague.commit()  # pylint: disable=invalid-commit
            message = self._env(queue)["mail.message"].browse(message_id)
            message.notification_ids.notification_status = "exception"
            with mute_logger("odoo.sql_db"):
                queue.commit()  # pylint: disable=invalid-commit
        with self.registry.cursor() as cr:
            env = self._env(cr)
            message = env["mail.message"].browse(message_id)
            self.assertEqual(message.notification_ids.notification_status, "exception")
            row = env["crm.interaction"].search([("message_id", "=", message_id)])
            self.assertEqual((row.offered, row.is_attempt), ("12 desks", False))
