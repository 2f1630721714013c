from datetime import datetime

from freezegun import freeze_time
from psycopg2 import IntegrityError

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon

from .common_playbook import PlaybookCommon

NOW = datetime(2027, 3, 1, 9, 0)


@freeze_time(NOW)
@tagged("crm_relationship", "post_install", "-at_install")
class TestPlaybook(MailCommon, PlaybookCommon):
    """Drafts, versions, announcements and read receipts."""

    def test_form(self):
        with Form(self.playbooks) as form:
            form.name = "When they have gone quiet"
            form.status_id = self.status_dormant
            with form.step_ids.new() as line:
                line.name = "Ask what has changed"
        self.assertEqual((form.record.version, form.record.has_changes), (0, True))

    def test_for_a_status_or_a_stage(self):
        for vals in ({}, {"status_id": self.status_key.id, "stage_id": self.stage_new.id}):
            with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
                self._write_playbook(name="Neither", **vals)
                self.env.flush_all()
            self.env.invalidate_all()

    def test_links_are_addresses(self):
        for url in ("javascript:alert(1)", "www.example.com", False):
            with self.assertRaisesRegex(ValidationError, "Link To of “Prices”"):
                self._step(self.by_status, 3).url = url
        self._step(self.by_status, 3).url = "/odoo/playbooks"

    def test_guidance_is_made_safe(self):
        self.by_status.draft_body = "<p onclick='steal()'>Hi<script>steal()</script></p>"
        self._publish(self.by_status)
        self.assertEqual(self.by_status.body, "<p>Hi</p>")

    def test_draft_is_seen_by_nobody_until_published(self):
        self.assertEqual(self._brief(self.oak), [])
        self._publish(self.by_status)
        self.assertEqual(
            (self.by_status.version, self.by_status.date_published, self.by_status.has_changes),
            (1, NOW, False),
        )
        self._step(self.by_status).name = "Who pays"
        self.by_status.draft_body = "<p>Listen twice.</p>"
        self.assertTrue(self.by_status.has_changes)
        [shown] = self._brief(self.oak)
        self.assertEqual(shown["steps"][0]["name"], "Who decides")
        self.assertEqual(shown["guidance"], "<p>Listen.</p>")
        self._publish(self.by_status)
        [shown] = self._brief(self.oak)
        self.assertEqual((shown["version"], shown["steps"][0]["name"]), (2, "Who pays"))
        self.assertEqual(shown["guidance"], "<p>Listen twice.</p>")

    def test_body_that_is_written_is_the_draft(self):
        playbook = self.playbooks.create(
            {"name": "By hand", "status_id": self.status_key.id, "body": "<p>One</p>"}
        )
        self.assertEqual((playbook.body, playbook.draft_body), (False, "<p>One</p>"))
        playbook.action_publish()
        playbook.body = "<p>Two</p>"
        self.assertEqual((playbook.body, playbook.draft_body), ("<p>One</p>", "<p>Two</p>"))

    def test_old_versions_stay(self):
        self._publish(self.by_status)
        self._step(self.by_status).unlink()
        self._publish(self.by_status)
        second, first = self.by_status.version_ids
        self.assertIn("Who decides", first.content)
        self.assertNotIn("Who decides", second.content)
        self.assertIn('href="https://example.com/prices"', second.content)
        self.assertEqual(first.display_name, "First talk, version 1")

    def test_line_never_published_is_deleted(self):
        line = self._step(self.by_status)
        line.unlink()
        self.assertFalse(line.exists())

    def test_discard_draft(self):
        self._publish(self.by_status)
        before = self.by_status.version_id.lines
        self.by_status.draft_body = "<p>Rubbish</p>"
        self._step(self.by_status, 1).unlink()
        self._step(self.by_status, 0).sequence = 99
        self.env["crm.playbook.step"].create({"playbook_id": self.by_status.id, "name": "New"})
        self.by_status.action_discard_draft()
        self.assertFalse(self.by_status.has_changes)
        self.assertEqual(self.by_status.step_ids._prepare_lines(), before)

    def test_nothing_to_publish(self):
        self._publish(self.by_status)
        with self.assertRaisesRegex(UserError, "Nothing has changed since version 1"):
            self.by_status.action_publish()
        empty = self.playbooks.create({"name": "Empty", "status_id": self.status_key.id})
        with self.assertRaisesRegex(UserError, "says nothing yet"):
            empty.action_publish()
        self.by_status.active = False
        self.by_status.draft_body = "<p>More</p>"
        with self.assertRaisesRegex(UserError, "archived"):
            self.by_status.action_publish()

    # ---- announced, read ----

    def _told(self, playbook):
        messages = self.env["mail.message"].search(
            [
                ("model", "=", "crm.playbook"),
                ("res_id", "=", playbook.id),
                ("message_type", "=", "user_notification"),
            ],
            order="id",
        )
        return [(message.subject, message.notified_partner_ids.user_ids) for message in messages]

    def test_announced_once_to_the_team(self):
        with self.mock_mail_gateway():
            self._publish(self.by_stage)
        self.assertEqual(self._told(self.by_stage), [("New playbook: The offer", self.carla)])
        self.by_stage.draft_body = "<p>One page</p>"
        self.by_stage.draft_note = "Shorter"
        with self.mock_mail_gateway():
            self._publish(self.by_stage)
        self.assertEqual(
            self._told(self.by_stage)[1:], [("Playbook The offer: version 2", self.carla)]
        )
        self.assertFalse(self.by_stage.draft_note)
        self.assertEqual(self.by_stage.version_id.note, "Shorter")

    def test_announced_as_each_likes_and_never_sent_at_once(self):
        self.ben.notification_type = "inbox"
        self.carla.notification_type = "email"
        with self.mock_mail_gateway():
            self._publish(self.by_status)
            self.assertFalse(self._mails)
        message = self.env["mail.message"].search(
            [("model", "=", "crm.playbook"), ("message_type", "=", "user_notification")], limit=1
        )
        kinds = {note.res_partner_id: note.notification_type for note in message.notification_ids}
        self.assertEqual(kinds[self.ben.partner_id], "inbox")
        self.assertEqual(kinds[self.carla.partner_id], "email")
        self.assertNotIn(self.anna.partner_id, kinds)
        self.assertNotIn(self.insider.partner_id, kinds)

    def test_read_receipts(self):
        self._publish(self.by_stage)
        playbook = self.by_stage.with_user(self.carla)
        self.assertFalse(playbook.is_read)
        self.assertEqual(self.by_stage.reader_ids, self.anna)
        self.assertEqual(self.by_stage.unread_user_ids, self.carla)
        playbook.action_mark_read()
        playbook.action_mark_read()
        self.assertTrue(playbook.is_read)
        self.assertEqual(self.by_stage.reader_ids, self.anna | self.carla)
        self.assertFalse(self.by_stage.unread_user_ids)
        self.assertEqual(len(self.by_stage.read_ids), 2)
        self.by_stage.draft_body = "<p>New</p>"
        self._publish(self.by_stage)
        self.assertEqual(self.by_stage.unread_user_ids, self.carla)
        self.assertEqual(len(self.by_stage.read_ids), 3, "the old receipts stay")

    def test_reminder_goes_to_who_has_not_read_it(self):
        self._publish(self.by_status)
        (self.by_status._get_audience() - self.carla).mapped(
            lambda user: self.by_status.with_user(user).action_mark_read()
        )
        with self.mock_mail_gateway():
            self.by_status.action_remind()
        self.assertEqual(self._told(self.by_status)[1:], [("Please read: First talk", self.carla)])
        self.by_status.with_user(self.carla).action_mark_read()
        with self.assertRaisesRegex(UserError, "Everybody has read"):
            self.by_status.action_remind()

    def test_announcing_does_not_cost_more_for_many(self):
        def count(users):
            self.south.member_ids = users
            playbook = self._write_playbook(
                name="Many", stage_id=self.stage_new.id, team_ids=self.south.ids
            )
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            playbook.action_publish()
            self.env.flush_all()
            return self.cr.sql_log_count - start

        users = self.env["res.users"].concat(
            *(
                self._create_user(f"rel_many{number}", "sales_team.group_sale_salesman")
                for number in range(12)
            )
        )
        # Odoo itself rings at each inbox.
        users.notification_type = "email"
        with self.mock_mail_gateway():
            count(users[:2])
            self.assertEqual(count(users), count(users[:2]))
