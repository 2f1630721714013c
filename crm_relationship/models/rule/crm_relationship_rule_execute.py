import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...tools import retry_on_collision
from .crm_relationship_rule import ACTIVITY, SEND
from .crm_relationship_rule_bad import RuleBrokenError
from .crm_relationship_rule_run import FAILED, SKIPPED, Outcome

_logger = logging.getLogger(__name__)

# So many that all fail are no accident.
BROKEN_FROM = 10


class CrmRelationshipRule(models.Model):
    """Doing: batches of the ledger, each whole or not at all.

    A batch is claimed so that no other worker takes it, done in a savepoint and
    committed. A batch that is cut off leaves nothing behind and is done by the
    next run.
    """

    _inherit = "crm.relationship.rule"

    # Records done together; a test lowers it.
    _run_batch_size = 100

    @api.model
    def _cron_run(self):
        """Plan and do all that is due. Called by the scheduled action."""
        return retry_on_collision(self.env.cr, self._run)

    def _run(self, now=None):
        """Plan and do all that is due at `now` (UTC), of these rules or of all.

        Within the scheduled action it commits after each batch. Another caller
        keeps the transaction: all of it happens, or nothing.

        :return: how many rows of the ledger were worked on
        """
        now = now or fields.Datetime.now()
        rules = (
            (self or self.search([("active", "=", True)]))
            .with_user(SUPERUSER_ID)
            .filtered("active")
        )
        broken = rules._plan(now)
        rules._save_progress()
        done, in_time, stopped = (rules - broken)._do_due(now)
        (rules - broken - stopped).filtered("plan_error").plan_error = False
        if in_time:
            rules._tell_people(now)
            rules._save_progress(remaining=0)
        return done

    def _save_progress(self, done=0, remaining=None):
        """Commit what was done, if the scheduled action runs us.

        :return: whether there is time for more
        """
        if not self.env.context.get("ir_cron_progress_id"):
            return True
        return bool(self.env["ir.cron"]._commit_progress(done, remaining=remaining))

    def _do_due(self, now):
        """Do what is due, batch by batch, until nothing is left or the time is up.

        :return: how many rows were worked on, whether there is time left, and
            the rules that can't go on
        """
        total = 0
        broken = self.browse()
        while True:
            shut, due = (self - broken)._get_due(now)
            broken |= shut
            worked = 0
            for rule, action, __ in due:
                while rule not in broken and (runs := self._claim_batch(rule, action, now)):
                    if not rule._do_batch(action, runs, now):
                        broken |= rule
                        break
                    worked += len(runs)
                    # What stands in, and telling people, is still to come: never 0.
                    remaining = max(sum(count for *__, count in due) - worked, 0) + 1
                    if not self._save_progress(len(runs), remaining):
                        return total + worked, False, broken
            total += worked
            # What stands in for something that could not be done is due now.
            if not worked:
                return total, True, broken

    def _claim_batch(self, rule, action, now):
        return self.env["crm.relationship.rule.run"]._claim(rule, action, now, self._run_batch_size)

    def _get_due(self, now):
        """What waits and may be done now, held rules put aside.

        :return: the rules that can't go on, and a list of (rule, action, number of rows)
        """
        broken = self.browse()
        rows = self._count_due(now)
        if rows:
            apart = self._keep_apart(now)
            broken, moved = self._move_due(now)
            if apart or broken or moved:
                rows = (self - broken)._count_due(now)
        return broken, (self - broken)._put_in_order(rows)

    def _count_due(self, now):
        """What is due, as (rule, action, rows, of them approved, people not approved)."""
        return self.env.execute_query(
            SQL(
                """
                WITH due AS (
                    SELECT run.rule_id, run.action_id, run.res_id, run.partner_id,
                           coalesce(run.is_approved, false) AS approved
                      FROM crm_relationship_rule_run run
                     WHERE run.state = 'todo' AND run.date_due <= %s AND run.rule_id IN %s
                       AND run.action_id IS NOT NULL
                ), new AS (
                    SELECT rule_id, count(DISTINCT coalesce(partner_id, -res_id)) AS reached
                      FROM due WHERE NOT approved GROUP BY rule_id
                )
                SELECT due.rule_id, due.action_id, count(*), count(*) FILTER (WHERE approved),
                       coalesce(max(new.reached), 0)
                  FROM due LEFT JOIN new ON new.rule_id = due.rule_id
                 GROUP BY due.rule_id, due.action_id
                """,
                now,
                tuple(self.ids) or (0,),
            )
        )

    def _put_in_order(self, rows):
        """Rules that would reach more than their limit are held; the rest by rule and action."""
        new = {rule_id: reached for rule_id, *__, reached in rows}
        for rule in self:
            rule._hold(new.get(rule.id, 0))
        actions = self.env["crm.relationship.rule.action"].browse(row[1] for row in rows)
        in_order = actions.sorted(lambda action: (action.sequence, action.id))
        actions = {action.id: action for action in in_order}
        order = list(actions)
        rules = self.ids
        due = []
        for rule_id, action_id, count, approved, __ in sorted(
            rows, key=lambda row: (rules.index(row[0]), order.index(row[1]))
        ):
            rule = self.browse(rule_id)
            if ready := approved if rule.is_held else count:
                due.append((rule, actions[action_id], ready))
        return due

    def _hold(self, count):
        """Hold the rule when it would reach more than its limit; let go when not."""
        held = bool(self.limit) and count > self.limit
        if held and not self.is_held:
            self._notify_held(count)
        if held != self.is_held or (held and count != self.held_count):
            self.write({"is_held": held, "held_count": count if held else 0})

    def _do_batch(self, action, runs, now):
        """Do a batch; on error all of it but the bad records, which are marked.

        When nothing of it can be done it is the action that is at fault, a letter with
        an error in it for one: no record is marked for that.

        :return: whether the rule can go on; when not, the rows wait until it is mended
        """
        try:
            if error := self._try(action, runs, now):
                with self.env.cr.savepoint():
                    bad = self._do_but_bad(action, runs, now, error)
                    if len(bad) == len(runs) >= BROKEN_FROM:
                        raise RuleBrokenError from bad[0][1]
                    for run, error in bad:
                        _logger.warning("%s failed for %s", self.name, run.key, exc_info=error)
                        run._fail(error, now)
        except RuleBrokenError as error:
            self._break(error.__cause__)
            return False
        return True

    def _break(self, error):
        """Write down why the rule can't go on; who answers for it is told."""
        _logger.warning("Rule %s can't go on", self.id, exc_info=error)
        self.plan_error = str(error)

    def _in_words(self):
        """Reasons are written in the language of who answers for the rule."""
        company = self.company_id or self.env.company
        lang = self.user_id.lang or company.partner_id.lang
        return self.with_company(company).with_context(lang=lang)

    def _in_name(self):
        """Rules act with the rights of the system, in the name of who answers for them.

        That person is the author of letters and made the tasks; `_get_record_domain`
        keeps to the companies of the rule.
        """
        return self._in_words().with_user(self._get_answerable()).sudo()

    def _do_runs(self, action, runs, now):
        """Do one action for rows of the ledger, all of them or none."""
        try:
            outcomes = self._sort_out(runs)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception as error:
            # The filter or the occasion is at fault, and no record.
            raise RuleBrokenError from error
        ready = runs.filtered(lambda run: run.id not in outcomes)
        late = self._get_late(ready, now)
        waiting, hopeless = self._put_off(action, ready - late, now)
        late |= runs.browse(hopeless)
        outcomes |= self._do_late(action, late, now, hopeless)
        ready -= late | waiting
        action = action.with_env(self.env)
        done = action._do(self, ready, now) if ready else {}
        outcomes |= done
        # What a kind of action forgets would be claimed again, for ever.
        forgotten = self.env._("The action did not say what became of it")
        outcomes |= {run.id: Outcome(FAILED, forgotten) for run in ready if run.id not in done}
        unreached = [run_id for run_id, outcome in done.items() if outcome.state == SKIPPED]
        if action.otherwise_id and unreached:
            self._plan_otherwise(action, unreached, now)
        runs._settle(outcomes, now)

    def _sort_out(self, runs):
        """Rows that are not done after all, as {id of row: Outcome}, by the checks in order."""
        outcomes = {}
        for check in self._get_checks():
            if not runs:
                break
            reasons = getattr(self, check)(runs)
            outcomes |= {run_id: Outcome(SKIPPED, reason) for run_id, reason in reasons.items()}
            runs -= runs.browse(reasons)
        return outcomes

    @api.model
    def _get_checks(self):
        """What is looked at again before doing, as names of methods.

        Each takes the rows that passed those before it and returns
        {id of row: why it is not done}, by a number of queries that does not
        grow with the rows.
        """
        return ["_check_matching", "_check_occasion"]

    def _check_matching(self, runs):
        """Rows whose record is gone, archived, or no longer matches."""
        domain = self._get_record_domain() & fields.Domain("id", "in", runs.mapped("res_id"))
        matching = set(self._get_records_model().search(domain)._ids)
        return self._explain(runs.filtered(lambda run: run.res_id not in matching))

    def _check_occasion(self, runs):
        """Rows whose occasion is over, as the kind of occasion sees it."""
        check = self._get_trigger().check
        return getattr(self, check)(runs) if check else {}

    def _explain(self, runs):
        """Why records are not reached: they are gone, archived, or no longer match."""
        if not runs:
            return {}
        records = self.env[self.model_name].browse(runs.mapped("res_id")).exists()
        active = set(records.ids)
        if "active" in records and not self._acts_on_archived():
            active = set(records.filtered("active").ids)
        reasons = {}
        for run in runs:
            if run.res_id not in records._ids:
                reasons[run.id] = self.env._("Deleted in the meantime")
            elif run.res_id not in active:
                reasons[run.id] = self.env._("Archived in the meantime")
            else:
                reasons[run.id] = self.env._("No longer matches the rule")
        return reasons

    def _get_late(self, runs, now):
        """Rows that are too late for what was planned."""
        if self.catch_up_policy == SEND:
            return runs.browse()
        return runs.filtered(lambda run: run.date_expire and run.date_expire <= now)

    def _do_late(self, action, runs, now, reasons):
        """What is too late: a task instead, or nothing, as the rule says.

        :param dict reasons: why, by id of row, where it is not the clock alone
        """
        if not runs:
            return {}
        reasons = {run.id: reasons.get(run.id) or self._explain_late(run) for run in runs}
        if self.catch_up_policy == ACTIVITY:
            outcomes = action.with_env(self.env)._do_activity(self, runs, now)
            return {key: result._replace(reason=reasons[key]) for key, result in outcomes.items()}
        return {run.id: Outcome(SKIPPED, reasons[run.id]) for run in runs}

    def _explain_late(self, run):
        """Too late, and what it waited for, if it did."""
        reason = self.env._("Too late: more than %s days", self.catch_up_days)
        return f"{reason} ({run.reason})" if run.reason else reason

    def _plan_otherwise(self, action, run_ids, now):
        """Plan what stands in for an action, for the rows where it could not be done."""
        self.env.execute_query(
            SQL(
                """
                INSERT INTO crm_relationship_rule_run (
                       rule_id, res_model, res_id, partner_id, company_id, date_id, is_approved,
                       action_id, occurrence, part, date_due, date_expire, key, state, attempts,
                       create_uid, create_date, write_uid, write_date)
                SELECT other.*, %(key)s, 'todo', 0, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM (SELECT run.rule_id, run.res_model, run.res_id, run.partner_id,
                               run.company_id, run.date_id, run.is_approved,
                               %(action)s AS action_id, run.occurrence, run.part,
                               %(now)s::timestamp, run.date_expire
                          FROM crm_relationship_rule_run run WHERE run.id IN %(ids)s) other
                    ON CONFLICT (key) DO NOTHING
                RETURNING id
                """,
                key=self._query_key(SQL("other"), SQL("other.part")),
                uid=self.env.uid,
                now=now,
                action=action.otherwise_id.id,
                ids=tuple(run_ids),
            )
        )
