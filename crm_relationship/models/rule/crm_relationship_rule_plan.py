from datetime import timedelta

from odoo import models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...engine.occurrences import Step, Window, look_back

# How far the note of the last look may lag behind: it is not worth a write each time.
LOOK_LAG = timedelta(hours=6)


class CrmRelationshipRule(models.Model):
    """Planning: one INSERT ... SELECT writes into the ledger what is due.

    The engine works out, for each time zone, which days of the year are due and
    at which moment; the database joins these few rows to the dates of all
    clients. `forecast` does the same over days to come, and takes it back.
    """

    _inherit = "crm.relationship.rule"

    def _plan(self, now):
        """Write what is due at `now` into the ledger, each rule on its own.

        A rule that another worker plans at this moment is left to it.

        :return: the rules that could not be planned
        """
        rules = self.try_lock_for_update(allow_referencing=True)
        rules._prepare_plan()
        self.env.flush_all()
        return self.browse([rule.id for rule in rules if not rule._plan_safely(now)])

    def _prepare_plan(self):
        """Bring up to date what the rules are about to judge, once for all of them."""

    def _plan_safely(self, now):
        """Plan one rule; a rule that can't be planned harms no other.

        :return: whether it could be planned
        """
        try:
            with self.env.cr.savepoint():
                self._plan_one(now)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:  # noqa: BLE001 whatever it is, it is told
            self._break(error)
            return False
        return True

    def _plan_one(self, now):
        plan = self._query_plan(self._get_window(now))
        if plan is not None:
            self.env.cr.execute(self._query_insert(plan, now))
        self._note_missed(now)
        self._note_look(now)

    def _get_window(self, now, until=None):
        """The stretch of time to look at; not switched on yet: from now on."""
        start = self._get_plan_start(now)
        return Window(
            after=look_back(now, start, self.looked_until, self.catch_up_days),
            until=until or now,
            now=now,
            missed_since=max(start, min(self.looked_until or start, now)),
        )

    def _get_steps(self):
        """The actions that are planned: one that stands in for another waits for it."""
        actions = self.action_ids
        substitutes = actions.otherwise_id
        return [
            Step(action.id, action.delay, action.delay_unit, action.date_start or None)
            for action in (actions - substitutes).sorted("sequence")
        ]

    def _query_plan(self, window):
        """SELECT of what is due in the window, whether planned already or not.

        Columns: res_id, partner_id, company_id, date_id, action_id, occurrence,
        date_due, date_expire. None when there is nothing to look for.
        """
        if window.after > window.until or not self._get_steps():
            return None
        return getattr(self, self._get_trigger().query)(window)

    def _query_fresh(self, plan):
        """Of the plan, what is not in the ledger, nor was in it, with its key; soonest first."""
        return SQL(
            """SELECT DISTINCT ON (plan.key)
                      plan.res_id, plan.partner_id, plan.company_id, plan.date_id,
                      plan.action_id, plan.occurrence, plan.date_due, plan.date_expire,
                      plan.due_part AS part, plan.key
                 FROM (SELECT due.*, %s AS due_part, %s AS key FROM (%s) due) plan
                WHERE NOT EXISTS (SELECT FROM crm_relationship_rule_run run
                                   WHERE run.key = plan.key)
                  AND %s
                ORDER BY plan.key, plan.date_due""",
            self._query_part(SQL("due")),
            self._query_key(SQL("due"), self._query_part(SQL("due"))),
            plan,
            self._query_not_over(),
        )

    def _query_part(self, alias):
        """Which one of several occasions of a day a row of the plan is; nothing: the first."""
        return SQL("%s.part", alias) if self._get_trigger().has_parts else SQL("NULL::int")

    def _query_key(self, alias, part):
        """What makes an occasion of this rule for one record happen once."""
        return SQL(
            "concat_ws(':', %(rule)s, %(alias)s.action_id, %(model)s, %(alias)s.res_id,"
            " to_char(%(alias)s.occurrence, 'YYYY-MM-DD'), %(part)s)",
            rule=self.id,
            part=part,
            alias=alias,
            model=self.model_name,
        )

    def _query_insert(self, plan, now):
        return SQL(
            """
            INSERT INTO crm_relationship_rule_run (
                   rule_id, res_model, res_id, partner_id, company_id, date_id, action_id,
                   occurrence, date_due, date_expire, part, key, state, attempts,
                   create_uid, create_date, write_uid, write_date)
            SELECT %(rule)s, %(model)s, fresh.res_id, fresh.partner_id, fresh.company_id,
                   fresh.date_id, fresh.action_id, fresh.occurrence, fresh.date_due,
                   fresh.date_expire, fresh.part, fresh.key, 'todo', 0,
                   %(uid)s, %(now)s, %(uid)s, %(now)s
              FROM (%(fresh)s) fresh
             ORDER BY fresh.date_due, fresh.res_id, fresh.action_id
                ON CONFLICT (key) DO NOTHING
            """,
            rule=self.id,
            model=self.model_name,
            fresh=self._query_fresh(plan),
            uid=self.env.uid,
            now=now,
        )

    def _note_look(self, now):
        """Remember that everything up to `now` was looked at."""
        if self.looked_until and self.looked_until > now - LOOK_LAG:
            return
        # No ORM write: it is no change of the rule that anybody made.
        self.env.cr.execute(
            SQL("UPDATE crm_relationship_rule SET looked_until = %s WHERE id = %s", now, self.id)
        )
        self.invalidate_recordset(["looked_until"], flush=False)

    def _query_where(self, where):
        """Only records the rule is for; `_search` adds nothing, rules see all records."""
        query = self._get_records_model()._search(self._get_plan_domain())
        where = SQL("%s AND rec.id IN %s", where, query.subselect())
        return SQL("%s AND %s", where, self._query_only_clients(SQL("rec")))

    def _get_plan_domain(self):
        """The records an occasion is looked for: those the rule is for, or others to look at."""
        domain = self.env.context.get("relationship_rule_domain")
        return self._get_record_domain() if domain is None else domain

    def _query_company(self):
        """The company of the record, else of the rule."""
        return SQL("coalesce(%s, %s)", self._query_record_company(), self.company_id.id or None)

    def _query_record_company(self):
        return SQL("rec.company_id") if self._has_company() else SQL("NULL::int")

    def _get_plan_start(self, now):
        """Nothing before it is acted on; a rule not switched on begins now."""
        return self.date_start if self.active and self.date_start else now

    def _table_of_records(self):
        return SQL.identifier(self.env[self.model_name]._table)

    def _column_of_partner(self):
        return SQL.identifier(self._get_rule_models()[self.model_name].partner)
