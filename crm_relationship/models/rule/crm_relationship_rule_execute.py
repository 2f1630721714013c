import logging

from odoo import SUPERUSER_ID, api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...tools import retry_on_collision
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
