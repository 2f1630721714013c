from odoo import models
from odoo.tools import SQL

from ...tools import notify_user

# What is listed in a digest; the rest is a number.
DIGEST_LINES = 50


class CrmRelationshipRule(models.Model):
    """Telling people what a run has for them: one message each, tasks and news together."""

    _inherit = "crm.relationship.rule"

    def _announce_tasks(self):
        """Tell each person of all this run gave them, in one message.

        What is still to be told is marked in the ledger: it is told once, also
        when a run was cut off before it came to this.
        """
        if not self:
            return
        tasks, news = {}, {}
        for run_id, activity_id, user_id in self.env.execute_query(self._query_announce()):
            told = tasks if activity_id else news
            told.setdefault(user_id, []).append(activity_id or run_id)
        users = self.env["res.users"].browse({**tasks, **news})
        for user in users.filtered("active"):
            self._notify_digest(
                user,
                self.env["mail.activity"].browse(tasks.get(user.id)),
                self.env["crm.relationship.rule.run"].browse(news.get(user.id)),
            )

    def _query_announce(self):
        """Take what is to be told, as (row, task or nothing, whom)."""
        return SQL(
            """
            WITH told AS (
                UPDATE crm_relationship_rule_run SET to_announce = false
                 WHERE to_announce AND rule_id IN %s
                RETURNING id, action_id, activity_id, user_id
            )
            SELECT told.id, activity.id, activity.user_id
              FROM told JOIN mail_activity activity ON activity.id = told.activity_id
             WHERE activity.user_id IS NOT NULL
             UNION
            SELECT told.id, NULL, whom.user_id
              FROM told
              JOIN crm_relationship_rule_action action
                ON action.id = told.action_id AND action.kind = 'notify'
        CROSS JOIN LATERAL (
                   SELECT told.user_id UNION
                   SELECT user_id FROM crm_rule_action_notify_rel WHERE action_id = action.id
                   ) whom(user_id)
             WHERE told.activity_id IS NULL AND whom.user_id IS NOT NULL
             ORDER BY 1, 2, 3
            """,
            tuple(self.ids),
        )

    def _notify_digest(self, user, activities, runs):
        """One message with what is new, by the way the user is notified in Odoo."""
        thread = self.env["mail.thread"].with_context(lang=user.lang)
        lines = self._prepare_task_lines(activities[:DIGEST_LINES].with_env(thread.env))
        lines += self._prepare_news_lines(runs[: DIGEST_LINES - len(lines)].with_env(thread.env))
        count = len(activities) + len(runs)
        values = {"lines": lines, "more": count - len(lines)}
        subject = self._name_digest(thread.env, lines, len(activities), count)
        notify_user(thread, user, subject, "crm_relationship.rule_digest", values)

    def _name_digest(self, env, lines, tasks, count):
        if tasks == count:
            return env._("A new task") if count == 1 else env._("%s new tasks", count)
        if count == 1:
            return env._("%(what)s: %(name)s", what=lines[0]["text"], name=lines[0]["name"])
        return env._("%s news for you", count)

    def _prepare_task_lines(self, activities):
        return [
            {
                "res_model": activity.res_model,
                "res_id": activity.res_id,
                "name": activity.res_name,
                "text": activity.summary,
            }
            for activity in activities
        ]

    def _prepare_news_lines(self, runs):
        """What to tell of records; one that is gone is told of no more."""
        lines = []
        for model, rows in runs.grouped("res_model").items():
            records = self.env[model].browse(rows.mapped("res_id")).exists()
            names = {record.id: record.display_name for record in records}
            lines += [
                {
                    "res_model": model,
                    "res_id": run.res_id,
                    "name": names[run.res_id],
                    "text": run.action_id.summary or run.rule_id.name,
                }
                for run in rows
                if run.res_id in names
            ]
        return lines
