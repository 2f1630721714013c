from markupsafe import Markup

from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_playbook import SALESPEOPLE


class CrmPlaybook(models.Model):
    """Publishing a draft, telling who works by it, and knowing who has read it."""

    _inherit = "crm.playbook"

    # ---- publish ----

    def action_publish(self):
        """Make the draft what everybody sees, and announce it. Once for each change."""
        self.ensure_one()
        self.check_access("write")
        self._check_publishable()
        version = self.env["crm.playbook.version"].create(
            {
                "playbook_id": self.id,
                "version": self.version + 1,
                "body": self.draft_body,
                "lines": self.step_ids._prepare_lines(),
                "note": self.draft_note,
            }
        )
        self.step_ids.is_published = True
        self.write({"version_id": version.id, "draft_note": False})
        self.action_mark_read()
        self._announce(version)

    def _check_publishable(self):
        if not self.active:
            raise UserError(self.env._("%s is archived. Restore it first.", self.name))
        if not self.draft_body and not self.step_ids:
            raise UserError(
                self.env._("%s says nothing yet: write the guidance or add a step.", self.name)
            )
        if self.version and not self.has_changes:
            raise UserError(
                self.env._(
                    "Nothing has changed since version %s, so there is nothing to publish.",
                    self.version,
                )
            )

    def action_discard_draft(self):
        """Take the draft back to what is published."""
        self.ensure_one()
        self.check_access("write")
        lines = {line["id"]: line for line in self.version_id.lines or []}
        steps = self.with_context(active_test=False).step_ids
        (steps.filtered("active") - steps.browse(lines)).unlink()
        for sequence, (step_id, line) in enumerate(lines.items()):
            steps.browse(step_id).write(
                {
                    "active": True,
                    "sequence": sequence,
                    **{name: line.get(name, False) for name in ("kind", "name", "url")},
                }
            )
        self.write({"draft_body": self.body, "draft_note": False})

    # ---- announce ----

    def _get_audience(self):
        """Who works by this playbook: its teams with their leaders, else everybody in sales."""
        self.ensure_one()
        domain = Domain("all_group_ids", "in", self.env.ref(SALESPEOPLE).ids) & Domain(
            "share", "=", False
        )
        if self.team_ids:
            domain &= Domain("crm_team_ids", "in", self.team_ids.ids) | Domain(
                "id", "in", self.team_ids.user_id.ids
            )
        if self.company_id:
            domain &= Domain("company_ids", "in", self.company_id.ids)
        # sudo: managers of sales see who works in their teams, of whichever company
        return self.env["res.users"].sudo().search(domain)

    def _announce(self, version):
        """Tell who works by it that there is a version to read: one notification each."""
        headline = (
            self.env._("New playbook: %s", self.name)
            if version.version == 1
            else self.env._(
                "Playbook %(name)s: version %(number)s", name=self.name, number=version.version
            )
        )
        self._message_log(body=Markup("<p>%s</p><p>%s</p>") % (headline, version.note or ""))
        self._tell(self._get_audience() - self.env.user, headline, version.note)

    def action_remind(self):
        """Tell who has not read it yet once more."""
        self.ensure_one()
        self.check_access("write")
        late = self.unread_user_ids
        if not late:
            raise UserError(self.env._("Everybody has read %s.", self.name))
        self._tell(late, self.env._("Please read: %s", self.name), self.version_id.note)
        self._message_log(body=self.env._("Reminded: %s", ", ".join(late.mapped("name"))))

    def _tell(self, users, headline, note):
        """One message to all; each gets it as they like. Mails wait in the queue."""
        if users:
            self.message_notify(
                partner_ids=users.partner_id.ids,
                subject=headline,
                body=Markup("<p><b>%s</b></p><p>%s</p><p>%s</p>")
                % (
                    headline,
                    note or "",
                    self.env._("Open it, read it, and press “I have read it”."),
                ),
                force_send=False,
            )

    # ---- read ----

    def action_mark_read(self):
        """Say that one has read the present version; saying it twice changes nothing."""
        self.check_access("read")
        published = self.filtered("version_id")
        if not published:
            return
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_playbook_read
                       (playbook_id, version_id, user_id, date,
                        create_uid, write_uid, create_date, write_date)
                SELECT p.id, p.version_id, %(user)s, now() AT TIME ZONE 'UTC',
                       %(user)s, %(user)s, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
                  FROM crm_playbook p WHERE p.id IN %(ids)s
                    ON CONFLICT (version_id, user_id) DO NOTHING
                RETURNING id
                """,
                user=self.env.uid,
                ids=tuple(published.ids),
            )
        )
        self.env["crm.playbook.read"].invalidate_model()
        self.version_id.invalidate_recordset(["read_ids"])
        self.invalidate_recordset(["read_ids", "is_read", "reader_ids", "unread_user_ids"])
