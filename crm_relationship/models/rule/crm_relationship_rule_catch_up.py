from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...tools import notify_user

# Not looked at for so long, the server was off; the note of the last look lags by hours.
OFF_LEAST = timedelta(days=1)
# So much later than its turn the scheduled action may come, where it seldom runs.
TOLERANCE = timedelta(hours=12)
# What came due so shortly ago was not missed.
FRESH = timedelta(hours=1)
# So long the form of a rule tells of it.
SHOWN = timedelta(days=7)


class CrmRelationshipRule(models.Model):
    """After downtime: what was missed, what became of it, and who is told.

    What was missed is marked in the ledger in the transaction that plans it.
    So a run that was cut off is told of by the next one, and what becomes of
    the rest later is counted too.
    """

    _inherit = "crm.relationship.rule"

    off_since = fields.Datetime(
        copy=False,
        readonly=True,
        help="When it was looked for occasions before the server was off.",
    )
    off_until = fields.Datetime(
        copy=False, readonly=True, help="When the server was back, the last time it was off."
    )
    off_told = fields.Boolean(
        copy=False, readonly=True, help="Whether people were told what was missed."
    )
    catch_up_text = fields.Char(
        string="After the Server Was Off",
        compute="_compute_catch_up_text",
        help="What became of what was missed while the server was off.",
    )

    @api.depends("off_until")
    def _compute_catch_up_text(self):
        lately = fields.Datetime.now() - SHOWN
        off = self.filtered(lambda rule: rule.off_until and rule.off_until > lately)
        figures = off._count_missed()
        for rule in self:
            rule.catch_up_text = rule._describe_catch_up(figures.get(rule.id, {}))

    def _note_missed(self, now):
        """Mark what came due while nobody looked, after it was planned."""
        since = self.looked_until
        if not since or since > now - OFF_LEAST or self.plan_error:
            return
        interval = self._get_run_interval(now)
        if since > now - interval - TOLERANCE:
            return
        self.env.execute_query(
            SQL(
                """
                WITH missed AS (
                    UPDATE crm_relationship_rule_run SET missed_until = %(now)s
                     WHERE rule_id = %(rule)s AND state = 'todo'
                       AND date_due >= %(since)s AND date_due < %(fresh)s
                    RETURNING id
                )
                UPDATE crm_relationship_rule
                   SET off_since = %(since)s, off_until = %(now)s, off_told = false
                 WHERE id = %(rule)s AND EXISTS (SELECT FROM missed)
                RETURNING id
                """,
                rule=self.id,
                since=since,
                fresh=now - max(FRESH, interval),
                now=now,
            )
        )
        self.invalidate_recordset(["off_since", "off_until", "off_told"], flush=False)

    @api.model
    def _get_run_interval(self, now):
        """How long it is between two turns of the scheduled action: no downtime."""
        cron = self.env.ref("crm_relationship.ir_cron_rules", raise_if_not_found=False)
        if not cron:
            return timedelta(0)
        # sudo: how often rules look is no secret for who runs them
        cron = cron.sudo()
        return now - (now - relativedelta(**{cron.interval_type: cron.interval_number}))

    def _count_missed(self):
        """What became of what was missed the last time: {id of rule: numbers}."""
        if not self:
            return {}
        self.env["crm.relationship.rule.run"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
                SELECT run.rule_id,
                       count(*) FILTER (WHERE run.state = 'done' AND run.reason IS NULL) AS sent,
                       -- A reason says why it was not done as planned.
                       count(*) FILTER (WHERE run.state = 'done' AND run.reason IS NOT NULL)
                           AS tasks,
                       count(*) FILTER (WHERE run.state = 'skipped') AS skipped,
                       count(*) FILTER (WHERE run.state = 'failed') AS failed,
                       count(*) FILTER (WHERE run.state = 'todo') AS waiting
                  FROM crm_relationship_rule rule
                  JOIN crm_relationship_rule_run run
                    ON run.rule_id = rule.id AND run.missed_until = rule.off_until
                 WHERE rule.id IN %s
                 GROUP BY run.rule_id
                """,
                tuple(self.ids),
            )
        )
        return {row.pop("rule_id"): row for row in rows}

    def _describe_catch_up(self, figures):
        """How long the server was off, and what became of what was missed."""
        if not figures:
            return ""
        days = max(round((self.off_until - self.off_since) / timedelta(days=1)), 1)
        return self.env._(
            "Server was off for %(days)s: %(what)s",
            days=self._count_days(days),
            what=self._describe_missed(figures),
        )

    @api.model
    def _describe_missed(self, figures):
        parts = (
            ("sent", self.env._("%s done late", figures["sent"])),
            ("tasks", self.env._("%s became tasks", figures["tasks"])),
            ("skipped", self.env._("%s skipped", figures["skipped"])),
            ("failed", self.env._("%s failed", figures["failed"])),
            ("waiting", self.env._("%s still wait", figures["waiting"])),
        )
        return ", ".join(text for name, text in parts if figures[name])

    def _tell_catch_up(self):
        """One message to each who answers for one of these rules, or manages sales."""
        if not self:
            return
        figures = self._count_missed()
        readers = {}
        for rule in self.filtered(lambda rule: rule.id in figures):
            rule._message_log(body=rule._in_words()._describe_catch_up(figures[rule.id]))
            for user in rule._get_answerable() | rule._find_sales_managers():
                readers[user] = readers.get(user, self.browse()) | rule
        for user, rules in readers.items():
            rules._notify_catch_up(user, figures)
        self.write({"off_told": True})

    def _notify_catch_up(self, user, figures):
        rules = self.with_context(lang=user.lang)
        total = {
            name: sum(figures[rule.id][name] for rule in self)
            for name in ("sent", "tasks", "skipped", "failed", "waiting")
        }
        longest = max(rules, key=lambda rule: rule.off_until - rule.off_since)
        values = {
            "lines": [
                (rule.id, rule.name, rule._describe_missed(figures[rule.id])) for rule in rules
            ]
        }
        thread = rules.env["mail.thread"]
        subject = longest._describe_catch_up(total)
        notify_user(thread, user, subject, "crm_relationship.rule_catch_up", values)
