from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import SQL

TODO, DONE, SKIPPED, FAILED = "todo", "done", "skipped", "failed"


class Outcome(NamedTuple):
    """What became of one row of the ledger."""

    state: str
    reason: str = ""
    activity_id: int | None = None
    mail_id: int | None = None
    sms_id: int | None = None
    user_id: int | None = None  # who got it: the task, the word
    to_announce: bool = False  # that person is still to be told

    @property
    def is_message(self):
        """Whether it is the client who is sent something."""
        return bool((self.mail_id or self.sms_id) and not self.user_id)


class CrmRelationshipRuleRun(models.Model):
    """The ledger: one row for each rule, action, record and occurrence.

    A row begins as `todo` when its occasion is planned and ends as `done`,
    `skipped` (with the reason in words) or `failed` (with the error; it can be
    retried). `key` is unique in the database: what is written here can't happen
    again. It is a text, so that merging two contacts never removes a row.

    What an action makes (a queued mail, a task) is written in the transaction
    that marks the row: both are there, or neither.
    """

    _name = "crm.relationship.rule.run"
    _description = "Rule Ledger"
    _order = "date_due desc, id desc"
    _rec_name = "key"

    # What
    rule_id = fields.Many2one(
        "crm.relationship.rule", required=True, readonly=True, index=True, ondelete="cascade"
    )
    action_id = fields.Many2one("crm.relationship.rule.action", readonly=True, ondelete="set null")
    occurrence = fields.Date(
        required=True, readonly=True, help="The day it is about: the birthday, the last contact."
    )
    part = fields.Integer(
        readonly=True,
        help="Which one of several occasions of that day; nothing for the first.",
    )
    key = fields.Char(required=True, readonly=True, help="What makes it happen once.")

    # For whom
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", required=True, readonly=True, model_field="res_model"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Client",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one("res.company", readonly=True, ondelete="cascade")
    date_id = fields.Many2one(
        "crm.important.date",
        string="Important Date",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The date of the client the occasion comes from.",
    )

    # Outcome
    state = fields.Selection(
        [
            (TODO, "Waiting"),
            (DONE, "Done"),
            (SKIPPED, "Skipped"),
            (FAILED, "Failed"),
        ],
        required=True,
        readonly=True,
        default=TODO,
    )
    reason = fields.Char(readonly=True, help="Why it was skipped, or what was done instead.")
    error = fields.Text(readonly=True, help="What went wrong, for who has to mend it.")
    attempts = fields.Integer(readonly=True, help="How often it was tried.")
    date_due = fields.Datetime(string="Due", required=True, readonly=True)
    date_expire = fields.Datetime(
        string="Too Late From",
        readonly=True,
        help="From here on the rule's word on lateness holds.",
    )
    is_approved = fields.Boolean(
        string="Approved", readonly=True, help="Asked for by hand: the limit does not hold it."
    )
    date_done = fields.Datetime(string="Done On", readonly=True)
    activity_id = fields.Many2one(
        "mail.activity",
        string="Task",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    mail_id = fields.Many2one(
        "mail.mail",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="sales_team.group_sale_manager",
    )
    missed_until = fields.Datetime(
        readonly=True, help="It came due while the server was off, until then."
    )
    is_marketing = fields.Boolean(
        readonly=True, help="A marketing message to the client, counted for the limit a week."
    )
    message_id = fields.Many2one(
        "mail.message",
        string="Letter",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The text as it was sent: the mail itself is deleted from the queue.",
    )
    sms_id = fields.Many2one(
        "sms.sms",
        string="SMS",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="sales_team.group_sale_manager",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Given To",
        readonly=True,
        ondelete="set null",
        help="Who got the task, or was told.",
    )
    to_announce = fields.Boolean(readonly=True, help="Who got it is still to be told.")

    _key_unique = models.UniqueIndex("(key)", "This has been planned already.")
    # What waits is small, whatever the ledger has grown to.
    _todo_idx = models.Index("(rule_id, action_id, date_due) WHERE state = 'todo'")
    _announce_idx = models.Index("(rule_id) WHERE to_announce")
    _missed_idx = models.Index("(rule_id, missed_until) WHERE missed_until IS NOT NULL")
    _marketing_idx = models.Index("(partner_id, date_done) WHERE is_marketing")
    # Whose turn it is: who got something by an action last.
    _turn_idx = models.Index("(action_id, user_id, id DESC) WHERE user_id IS NOT NULL")
    # The counters of a rule, and its ledger newest first.
    _rule_idx = models.Index("(rule_id, state, date_due DESC)")
    _date_idx = models.Index("(date_due DESC, id DESC)")
    _record_idx = models.Index("(res_model, res_id, occurrence)")

    def init(self):
        # Once all tables are there and the foreign keys are known.
        self.pool.post_init(self._defer_foreign_keys)

    def _defer_foreign_keys(self):
        """Have the database look at links of the ledger when all is done, not in between.

        What is deleted may lead to a line by two ways, a client and its birthday. The first lets
        go of the line, and PostgreSQL would refuse that for the second, which it has deleted but
        not let go of yet.
        """
        self.pool.check_foreign_keys(self.env.cr)
        strict = self.env.execute_query(
            SQL(
                """
                SELECT conname FROM pg_constraint
                 WHERE contype = 'f' AND NOT condeferred AND conrelid = %s::regclass
                """,
                self._table,
            )
        )
        for [name] in strict:
            self.env.cr.execute(
                SQL(
                    "ALTER TABLE %s ALTER CONSTRAINT %s DEFERRABLE INITIALLY DEFERRED",
                    SQL.identifier(self._table),
                    SQL.identifier(name),
                )
            )

    @api.depends("partner_id", "rule_id")
    def _compute_display_name(self):
        for run in self:
            run.display_name = run.partner_id.display_name or run.rule_id.name

    def action_open_record(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }
