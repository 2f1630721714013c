from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ...tools import notify_user

# Tasks listed in a digest; the rest is a number.
DIGEST_LINES = 50
NOTICE_TYPE = "mail.mail_activity_data_todo"


class CrmRelationshipRule(models.Model):
    """Telling people: one digest for new tasks, one notice for what needs a hand."""

    _inherit = "crm.relationship.rule"

    def _tell_people(self, now):
        """Look what there is to tell since the last time, in one query, and tell it."""
        self.flush_model(["plan_error", "error_told", "failure_told"])
        yesterday = now - timedelta(days=1)
        rows = self.env.execute_query(
            SQL(
                """
                SELECT rule.id,
                       EXISTS (SELECT FROM crm_relationship_rule_run run
                                WHERE run.rule_id = rule.id AND run.to_announce),
                       (SELECT count(*) FROM crm_relationship_rule_run run
                         WHERE run.rule_id = rule.id AND run.state = 'failed'
                           AND run.date_done > coalesce(rule.failure_told, '-infinity')
                           AND coalesce(rule.failure_told, '-infinity') < %s),
                       rule.plan_error IS NOT NULL
                           AND coalesce(rule.error_told, '-infinity') < %s
                  FROM crm_relationship_rule rule
                 WHERE rule.id IN %s
                """,
                yesterday,
                yesterday,
                tuple(self.ids) or (0,),
            )
        )
        self.browse([rule_id for rule_id, tasks, *__ in rows if tasks])._announce_tasks()
        for rule_id, __, count, is_broken in rows:
            if count:
                self.browse(rule_id)._tell_failures(count, now)
            if is_broken:
                self.browse(rule_id)._tell_error(now)

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

    def _tell_failures(self, count, now):
        """A task for who answers for the rule, at most once a day."""
        rule = self._in_words()
        rule._add_notice(rule.env._("Look at what failed (%s)", count))
        rule.failure_told = now

    def _tell_error(self, now):
        """A task for who answers for a rule that can't go on, at most once a day."""
        rule = self._in_words()
        rule._add_notice(rule.env._("Mend the rule, it can't go on: %s", self.plan_error[:200]))
        rule.error_told = now

    def _notify_held(self, count):
        rule = self._in_words()
        rule._add_notice(
            rule.env._(
                "Approve or drop: %(count)s would be reached, the limit is %(limit)s",
                count=count,
                limit=self.limit,
            )
        )

    def _add_notice(self, summary):
        self.activity_schedule(
            NOTICE_TYPE,
            date_deadline=fields.Date.today(),
            summary=summary,
            user_id=self._get_answerable().id,
        )

    def _get_answerable(self):
        """Who answers for the rule; has left the company: who made it, or who manages."""
        for user in (self.user_id, self.create_uid):
            if user.active:
                return user
        managers = self.env["res.users"].search(
            [
                ("all_group_ids", "in", self.env.ref("sales_team.group_sale_manager").id),
                ("company_ids", "in", self._get_company_ids()),
                ("share", "=", False),
            ],
            order="id",
            limit=1,
        )
        return managers or self.env.ref("base.user_admin")

    def _close_notices(self):
        """What needed a hand has been seen to."""
        self.activity_unlink([NOTICE_TYPE])
