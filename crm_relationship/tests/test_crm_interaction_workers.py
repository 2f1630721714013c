from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged


@tagged("crm_relationship", "post_install", "-at_install")
class TestInteractionWorkers(BaseCase):
    """Two workers on two connections write into the history of one client."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = self._env(cr)
            self.client_id = (
                env["res.partner"].create({"name": "Busy", "email": "busy@far.example.com"}).id
            )
        self.addCleanup(self._clean_up)

    def _env(self, cr):
        return api.Environment(cr, SUPERUSER_ID, {})

    def _clean_up(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            env["crm.interaction"].search([("partner_id", "=", self.client_id)]).unlink()
            env["res.partner"].browse(self.client_id).unlink()
            env["crm.relationship.refresh"]._pop()

    def _write_mail(self, cr):
        client = self._env(cr)["res.partner"].browse(self.client_id)
        client.message_post(
            body="Hello",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
            author_id=client.id,
            email_from=client.email,
        )

    def _read(self, cr):
        client = self._env(cr)["res.partner"].browse(self.client_id)
        return client.interaction_count

    def test_two_mails_of_one_client_at_the_same_moment(self):
        with self.registry.cursor() as one, self.registry.cursor() as two:
            # Both transactions begin before either has written.
            self._read(one)
            self._read(two)
            self._write_mail(one)
            self._write_mail(two)
            one.commit()  # pylint: disable=invalid-commit
            two.commit()  # pylint: disable=invalid-commit
        with self.registry.cursor() as cr:
            env = self._env(cr)
            rows = env["crm.interaction"].search([("partner_id", "=", self.client_id)])
            self.assertEqual(rows.mapped("direction"), ["in", "in"])
            queued = env["crm.relationship.refresh"].search([("partner_id", "=", self.client_id)])
            self.assertEqual(len(queued), 2)

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
            self.assertEqual(self._read(cr), 1)
            self.assertIn(self.client_id, env["crm.relationship.refresh"]._pop())
            env["res.partner"].browse(self.client_id)._refresh_relationship()
            self.assertEqual(self._read(cr), 2)
            cr.rollback()
