from odoo import models
from odoo.tools import SQL

from .crm_relationship_rule_run import DONE, FAILED, SKIPPED

# The address is at fault and no second try helps: something else may stand in.
NO_ADDRESS = frozenset(
    {
        "mail_bounce",
        "mail_email_invalid",
        "mail_email_missing",
        "sms_blacklist",
        "sms_expired",
        "sms_invalid_destination",
        "sms_not_allowed",
        "sms_not_delivered",
        "sms_number_format",
        "sms_number_missing",
        "sms_optout",
        "sms_rejected",
    }
)


class CrmRelationshipRule(models.Model):
    """What was queued may turn out not to be delivered: the ledger learns it.

    An address that does not work is a reason like no address at all: the row is
    skipped, and what stands in is planned, once. When our side is at fault (the
    mail server, the credit for SMS) the row has failed and can be tried again:
    then the same mail goes back into the queue. One that was delivered later
    by the queue itself is done after all.
    """

    _inherit = "crm.relationship.rule"

    def _learn_deliveries(self, now):
        """Write down what became of what was queued; the next run does what stands in."""
        news = {}
        for run_id, action_id, state, failure in self.env.execute_query(
            self._query_deliveries(SQL("%s", self.id))
        ):
            news.setdefault((action_id, state, failure), []).append(run_id)
        rule = self._in_words()
        for (action_id, state, failure), run_ids in news.items():
            rule._learn_delivery(action_id, state, failure, run_ids, now)

    def _learn_delivery(self, action_id, state, failure, run_ids, now):
        runs = self.env["crm.relationship.rule.run"].browse(run_ids)
        if state == FAILED:
            runs.write({"state": DONE, "reason": False})
            return
        reason = self.env._("Could not be delivered: %s", self._name_failure(failure))
        state = SKIPPED if failure in NO_ADDRESS else FAILED
        runs.write({"state": state, "reason": reason, "date_done": now})
        runs.flush_recordset()
        action = self.env["crm.relationship.rule.action"].browse(action_id)
        if state == SKIPPED and action.otherwise_id:
            self._plan_otherwise(action, run_ids, now)

    def _name_failure(self, failure):
        """What Odoo calls a failure; of one it does not know, the words of the provider."""
        names = {}
        for model in ("sms.sms", "mail.notification"):
            field = self.env[model]._fields["failure_type"]
            names |= dict(field._description_selection(self.env))
        return names.get(failure) or (failure or self.env._("unknown error"))[:200]

    def _query_deliveries(self, rule):
        """SELECT of (row, action, its state, failure) where the ledger says otherwise.

        Driven by what has failed, which is little: Odoo indexes these notifications.
        What the provider of SMS reports, hours later too, Odoo writes there as well.
        """
        return SQL(
            """
            SELECT DISTINCT ON (news.id) news.* FROM (
                   SELECT run.id, run.action_id, run.state,
                          CASE WHEN notice.notification_type = 'email'
                                AND notice.notification_status = 'bounce' THEN 'mail_bounce'
                               ELSE coalesce(nullif(notice.failure_type, 'unknown'),
                                             notice.failure_reason) END
                     FROM mail_notification notice
                     JOIN crm_relationship_rule_run run ON run.message_id = notice.mail_message_id
                    WHERE notice.notification_status IN ('bounce', 'exception')
                      AND run.state = 'done' AND run.rule_id = %(rule)s
                UNION ALL
                   SELECT run.id, run.action_id, run.state, NULL
                     FROM crm_relationship_rule_run run
                     JOIN mail_notification notice ON notice.mail_message_id = run.message_id
                    WHERE notice.notification_status IN ('sent', 'pending')
                      AND run.state = 'failed' AND run.rule_id = %(rule)s
                   ) AS news(id, action_id, state, failure)
             ORDER BY news.id
            """,
            rule=rule,
        )
