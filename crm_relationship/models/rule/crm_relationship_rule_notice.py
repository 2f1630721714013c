from markupsafe import Markup

from odoo import fields, models
from odoo.tools import SQL

# What needs a hand, by the type of the task that says so.
MODULE = "crm_relationship"
FAILURE, HELD, ERROR = (f"mail_activity_type_rule_{what}" for what in ("failed", "held", "error"))
# Failed records named in a task; the rest is a number.
NOTICE_LINES = 5


class CrmRelationshipRule(models.Model):
    """What needs a hand becomes a task, and is closed by itself when it has been seen to.

    Of failures who answers for the rule is told, and who manages them. Of a rule that is held
    or can't go on, who answers for it.
    """

    _inherit = "crm.relationship.rule"

    def _tell_failures(self, now):
        """A task with what failed and why, at most once a day."""
        ledger = self.env["crm.relationship.rule.run"]
        domain = [("rule_id", "=", self.id), ("state", "=", "failed")]
        failed = ledger.search(domain, order="date_done desc, id desc", limit=NOTICE_LINES)
        count = ledger.search_count(domain)
        for user in self._get_answerable() | self._get_managers():
            rule = self.with_context(lang=user.lang)
            summary = rule.env._("Look at what failed (%s)", count)
            rule._add_notice(FAILURE, summary, user, rule._describe_failures(failed, count))
        self.failure_told = now

    def _describe_failures(self, failed, count):
        """The last ones, by client and reason, each with its line of the ledger."""
        # Only clients are named: who reads the rule may not see every lead.
        lines = Markup().join(
            Markup('<li><a href="/odoo/rule-ledger/{}">{}</a>: {}</li>').format(
                run.id, run.partner_id.display_name or self.env._("No client"), run.reason or ""
            )
            for run in failed
        )
        parts = [Markup("<ul>{}</ul>").format(lines)]
        if count > len(failed):
            more = self.env._("and %s more", count - len(failed))
            parts.append(Markup("<p>{}</p>").format(more))
        remedy = self.env._("Mend the cause and press Try Again, or leave them with Leave It.")
        parts.append(Markup("<p>{}</p>").format(remedy))
        return Markup().join(parts)

    def _tell_error(self, now):
        """A task for who answers for a rule that can't go on, at most once a day."""
        rule = self._in_words()
        rule._add_notice(
            ERROR, rule.env._("Mend the rule, it can't go on: %s", self.plan_error[:200])
        )
        rule.error_told = now

    def _notify_held(self, count):
        rule = self._in_words()
        rule._add_notice(
            HELD,
            rule.env._(
                "Approve or drop: %(count)s would be reached, the limit is %(limit)s",
                count=count,
                limit=self.limit,
            ),
        )

    def _add_notice(self, kind, summary, user=None, note=""):
        self.activity_schedule(
            f"{MODULE}.{kind}",
            date_deadline=fields.Date.today(),
            summary=summary,
            note=note,
            user_id=(user or self._get_answerable()).id,
        )

    def _close_notices(self, *kinds):
        """What needed a hand has been seen to."""
        if kinds:
            self.activity_unlink([f"{MODULE}.{kind}" for kind in kinds])

    def _query_notices_over(self):
        """The kinds of open tasks on `rule` whose cause is gone."""
        return SQL(
            """(
                SELECT array_agg(DISTINCT kind.name)
                  FROM mail_activity task
                  JOIN ir_model_data kind
                    ON kind.model = 'mail.activity.type' AND kind.res_id = task.activity_type_id
                   AND kind.module = %(module)s
                 WHERE task.res_model = %(model)s AND task.res_id = rule.id
                   AND task.active AND task.automated
                   AND CASE kind.name
                       WHEN %(error)s THEN rule.plan_error IS NULL
                       WHEN %(held)s THEN rule.is_held IS NOT TRUE
                       WHEN %(failure)s THEN NOT EXISTS (
                           SELECT FROM crm_relationship_rule_run run
                            WHERE run.rule_id = rule.id AND run.state = 'failed')
                       END)""",
            module=MODULE,
            model=self._name,
            error=ERROR,
            held=HELD,
            failure=FAILURE,
        )

    def _get_answerable(self):
        """Who answers for the rule; has left the company: who made it, or who manages."""
        for user in (self._get_owner_to_be(), self.create_uid):
            if user.active:
                return user
        return self._find_sales_managers()[:1] or self.env.ref("base.user_admin")

    def _get_owner_to_be(self):
        """Whose rule it is; one that is off and nobody's is going to be of who switches it on."""
        return self.user_id if self.user_id or self.active else self.env.user

    def _get_managers(self):
        """Who manages who answers for the rule: the leader of the team, else sales managers.

        Nobody, when who answers for it is one of these.
        """
        answerable = self._get_answerable()
        leader = answerable.sale_team_id.user_id
        if leader.active and self.with_user(leader).has_access("read"):
            return leader
        managers = self._find_sales_managers()
        return managers.browse() if answerable in managers else managers

    def _find_sales_managers(self):
        # A list of rules shows those that are off: no word about users who have left.
        return (
            self.env["res.users"]
            .with_context(active_test=True)
            .search(
                [
                    ("all_group_ids", "in", self.env.ref("sales_team.group_sale_manager").id),
                    ("company_ids", "in", self._get_company_ids()),
                    ("share", "=", False),
                ],
                order="id",
            )
        )
