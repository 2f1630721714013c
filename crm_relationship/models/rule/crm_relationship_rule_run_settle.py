from odoo import fields, models
from odoo.tools import SQL

from .crm_relationship_rule_run import FAILED, SKIPPED, Outcome


class CrmRelationshipRuleRun(models.Model):
    """Rows of the ledger are taken hold of, put off, and what became of them is written down."""

    _inherit = "crm.relationship.rule.run"

    def _claim(self, rule, action, now, limit):
        """Take hold of due rows that nobody else works on.

        One row for each record: what is due twice for one is done one after the other.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, res_id FROM crm_relationship_rule_run
                 WHERE rule_id = %s AND action_id = %s AND state = 'todo' AND date_due <= %s
                       %s
                 ORDER BY date_due, id LIMIT %s
                   FOR NO KEY UPDATE SKIP LOCKED
                """,
                rule.id,
                action.id,
                now,
                SQL("AND is_approved") if rule.is_held else SQL(),
                limit,
            )
        )
        first = {}
        for run_id, res_id in rows:
            first.setdefault(res_id, run_id)
        return self.browse(first.values())

    def _settle(self, outcomes, now):
        """Write down what became of rows.

        :param dict outcomes: Outcome by id of row
        """
        if not outcomes:
            return
        results = list(outcomes.values())
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_relationship_rule_run run
                   SET state = result.state, reason = nullif(result.reason, ''), error = NULL,
                       activity_id = result.activity_id, mail_id = result.mail_id,
                       sms_id = result.sms_id, user_id = result.user_id,
                       message_id = coalesce(
                           (SELECT mail_message_id FROM mail_mail WHERE id = result.mail_id),
                           (SELECT mail_message_id FROM sms_sms WHERE id = result.sms_id)),
                       to_announce = result.to_announce,
                       is_marketing = result.is_message AND rule.purpose = 'marketing',
                       attempts = coalesce(run.attempts, 0) + 1,
                       date_done = %(now)s, write_date = %(now)s, write_uid = %(uid)s
                  FROM unnest(%(ids)s::int[], %(states)s::text[], %(reasons)s::text[],
                              %(activities)s::int[], %(mails)s::int[], %(sms)s::int[],
                              %(users)s::int[], %(announce)s::boolean[], %(messages)s::bool[])
                       AS result(id, state, reason, activity_id, mail_id, sms_id, user_id,
                                 to_announce, is_message),
                       crm_relationship_rule rule
                 WHERE run.id = result.id AND rule.id = run.rule_id
                RETURNING run.id
                """,
                now=now,
                uid=self.env.uid,
                ids=list(outcomes),
                states=[result.state for result in results],
                reasons=[result.reason for result in results],
                activities=[result.activity_id for result in results],
                mails=[result.mail_id for result in results],
                messages=[result.is_message for result in results],
                sms=[result.sms_id for result in results],
                users=[result.user_id for result in results],
                announce=[result.to_announce for result in results],
            )
        )
        self.browse(outcomes).invalidate_recordset()

    def _postpone(self, waits, now):
        """Have rows wait, each until its moment, and say why.

        :param dict waits: (until, reason) by id of row
        """
        if not self:
            return
        self.env.execute_query(
            SQL(
                """
                UPDATE crm_relationship_rule_run run
                   SET date_due = wait.until, reason = wait.reason,
                       write_date = %(now)s, write_uid = %(uid)s
                  FROM unnest(%(ids)s::int[], %(moments)s::timestamp[], %(reasons)s::text[])
                       AS wait(id, until, reason)
                 WHERE run.id = wait.id
                RETURNING run.id
                """,
                now=now,
                uid=self.env.uid,
                ids=self.ids,
                moments=[waits[run.id].until for run in self],
                reasons=[waits[run.id].reason for run in self],
            )
        )
        self.invalidate_recordset()

    def _get_person(self):
        """Who is sent something, as a text: the contact, else the record without one."""
        if self.partner_id:
            return f"res.partner:{self.partner_id.id}"
        return f"{self.res_model}:{self.res_id}"

    def _skip(self, reason):
        """Drop rows, and say why."""
        now = fields.Datetime.now()
        self._settle({run.id: Outcome(SKIPPED, reason) for run in self}, now)

    def _fail(self, error, now):
        """Mark the one row that could not be done."""
        self.ensure_one()
        self.write(
            {
                "state": FAILED,
                "reason": self._explain_error(error)[:300],
                "error": f"{type(error).__name__}: {error}"[:4000],
                "attempts": self.attempts + 1,
                "date_done": now,
            }
        )

    def _explain_error(self, error):
        """The first line of an error; of one that was wrapped into another, its own."""
        cause = error
        while cause.__cause__:
            cause = cause.__cause__
        words = str(cause).strip().split("\n")[0] or type(cause).__name__
        return words if cause is error else f"{type(cause).__name__}: {words}"
