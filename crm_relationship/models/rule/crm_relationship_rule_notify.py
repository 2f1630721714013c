from datetime import timedelta

from odoo import models
from odoo.tools import SQL

from ...tools import notify_user

# Tasks listed in a digest; the rest is a number.
DIGEST_LINES = 50


class CrmRelationshipRule(models.Model):
    """Telling people: one digest for new tasks; of what needs a hand, see the notices."""

    _inherit = "crm.relationship.rule"

    def _tell_people(self, now):
        """Look what there is to tell since the last time, in one query, and tell it."""
        self.flush_model(["plan_error", "error_told", "failure_told", "is_held", "off_told"])
        yesterday = now - timedelta(days=1)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rule.id,
                       EXISTS (SELECT FROM crm_relationship_rule_run run
                                WHERE run.rule_id = rule.id AND run.to_announce),
                       coalesce(rule.failure_told, '-infinity') < %(yesterday)s AND EXISTS (
                           SELECT FROM crm_relationship_rule_run run
                            WHERE run.rule_id = rule.id AND run.state = 'failed'
                              AND run.date_done > coalesce(rule.failure_told, '-infinity')),
                       rule.plan_error IS NOT NULL
                           AND coalesce(rule.error_told, '-infinity') < %(yesterday)s,
                       %(over)s,
                       rule.off_until IS NOT NULL AND rule.off_told IS NOT TRUE
                  FROM crm_relationship_rule rule
                 WHERE rule.id IN %(rules)s
                """,
                yesterday=yesterday,
                over=self._query_notices_over(),
                rules=tuple(self.ids) or (0,),
            )
        )
        self.browse([rule_id for rule_id, tasks, *__ in rows if tasks])._announce_tasks()
        self.browse([rule_id for rule_id, *__, missed in rows if missed])._tell_catch_up()
        for rule_id, __, has_failed, is_broken, over, __ in rows:
            rule = self.browse(rule_id)
            if has_failed:
                rule._tell_failures(now)
            if is_broken:
                rule._tell_error(now)
            rule._close_notices(*over or ())

    def _announce_tasks(self):
        """Tell each person of all tasks this run gave them, in one message.

        What is still to be told is marked in the ledger: it is told once, also
        when a run was cut off before it came to this.
        """
        if not self:
            return
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_relationship_rule_run run SET to_announce = false
                  FROM mail_activity activity
                 WHERE run.to_announce AND activity.id = run.activity_id AND run.rule_id IN %s
                RETURNING activity.user_id, activity.id
                """,
                tuple(self.ids),
            )
        )
        tasks = {}
        for user_id, activity_id in sorted(rows, key=lambda row: row[1]):
            if user_id:
                tasks.setdefault(user_id, []).append(activity_id)
        users = self.env["res.users"].browse(tasks)
        for user in users.filtered("active"):
            self._notify_tasks(user, self.env["mail.activity"].browse(tasks[user.id]))

    def _notify_tasks(self, user, activities):
        """One message with the new tasks, by the way the user is notified in Odoo."""
        thread = self.env["mail.thread"].with_context(lang=user.lang)
        count = len(activities)
        subject = thread.env._("A new task") if count == 1 else thread.env._("%s new tasks", count)
        values = {
            "activities": activities[:DIGEST_LINES].with_env(thread.env),
            "more": max(count - DIGEST_LINES, 0),
        }
        notify_user(thread, user, subject, "crm_relationship.rule_digest", values)
