from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ...tools import taken_back, without_defaults
from .crm_relationship_rule import ACTIVITY
from .crm_relationship_rule_run import FAILED, SKIPPED, TODO

# What a line of the forecast may be beside the states of the ledger.
INSTEAD = "instead"


class CrmRelationshipRule(models.Model):
    """Looking ahead: the real plan and the real checks over days to come, taken back.

    Nothing is judged a second time in other words: the rows are planned by the
    statement that plans them, the checks before doing look at them, and each
    kind of action says whom it would not reach. What can't be known today (who
    opts out tomorrow) is not.
    """

    _inherit = "crm.relationship.rule"

    def forecast(self, days):
        """What would happen in the coming `days`, soonest first, as far as the caller may see it.

        :return: list of dicts: res_model, res_id, partner_id, action_id, occurrence,
            date_due (UTC); state: `todo` when it would be done, `instead` when something
            else would, `skipped` or `failed` when not, and the reason in words.
            What already waits in the ledger is included.
        """
        self.ensure_one()
        self.check_access("read")
        return self._keep_readable(self._forecast(days))

    def _keep_readable(self, lines):
        """Of lines, those about records the caller may read."""
        records = self.env[self.model_name].with_context(active_test=False)
        mine = records.search([("id", "in", list({line["res_id"] for line in lines}))])
        readable = set(mine._ids)
        return [line for line in lines if line["res_id"] in readable]

    def _forecast(self, days):
        """All that would happen, whoever may see it."""
        now = fields.Datetime.now()
        until = now + timedelta(days=days)
        with taken_back(self._as_it_acts()) as rule:
            rule._plan_ahead(now, until)
            lines = rule._foresee(rule._get_coming(until), now)
        return [line for line in lines if line["date_due"] <= until]

    def _as_it_acts(self):
        """The rule with the rights and in the name it acts with, speaking to who looks."""
        user = self.sudo()._get_answerable()
        rule = without_defaults(self.with_user(user).sudo())
        # A list of rules shows those that are off: no word about archived clients.
        rule = rule.with_context(active_test=True)
        return rule.with_company(self.company_id or self.env.company)

    def _plan_ahead(self, now, until):
        """Plan what will be due until then; to be taken back."""
        plan = self._query_plan(self._get_window(now, until))
        if plan is not None:
            coming = SQL("SELECT * FROM (%s) ahead WHERE ahead.date_due <= %s", plan, until)
            self.env.cr.execute(self._query_insert(coming, now))
        self._move_ahead(now, until)

    def _move_ahead(self, now, until):
        """Move what is due until then as runs will: one step after another, into open hours."""
        has_distance = len(self._get_delays()) > 1
        fates = {}
        for step in range(len(self._get_steps())):
            if step == 1 and has_distance:
                fates = self._get_fates(self._get_coming(until), now)
            if step and not self._keep_distance(now, until, self._wait_ahead(fates, until, now)):
                break
            lines = self._get_due_lines(until)
            self._move_rows(zip(lines, self._get_moves(lines, now), strict=True), now)

    def _wait_ahead(self, fates, until, now):
        """Have rows wait that the limit a week will hold.

        :return: ids of rows that will not be done
        """
        coming = self._get_coming(until)
        fates = dict(fates)
        waits = self._foresee_cap(coming, fates, now)
        coming.browse(waits)._postpone(waits, now)
        as_task = self._get_late(coming, now) if self.catch_up_policy == ACTIVITY else coming[:0]
        return [
            id_ for id_, (state, __) in fates.items() if state != TODO and id_ not in as_task._ids
        ]

    def _get_coming(self, until, res_id=None):
        """What waits, of all or of one record, soonest first."""
        domain = [
            ("rule_id", "=", self.id),
            ("state", "=", TODO),
            ("action_id", "!=", False),
            ("date_due", "<=", until),
        ]
        if res_id:
            domain += [("res_model", "=", self.model_name), ("res_id", "=", res_id)]
        if (partner_ids := self.env.context.get("rule_only_partners")) is not None:
            domain.append(("partner_id", "in", partner_ids))
        ledger = self.env["crm.relationship.rule.run"]
        return ledger.search(domain, order="date_due, res_id, action_id.id")

    def _foresee(self, runs, now):
        """What will become of rows, as lines of the forecast."""
        fates = self._get_fates(runs, now)
        waits = self._foresee_cap(runs, fates, now)
        lines = []
        for run in runs:
            state, reason = fates.get(run.id, (TODO, ""))
            lines.append(
                {
                    "res_model": run.res_model,
                    "res_id": run.res_id,
                    "partner_id": run.partner_id.id or None,
                    "action_id": run.action_id.id,
                    "occurrence": run.occurrence,
                    "date_due": waits[run.id].until if run.id in waits else run.date_due,
                    "state": state,
                    "reason": reason,
                }
            )
        return sorted(lines, key=lambda line: line["date_due"])

    def _get_fates(self, runs, now):
        """Rows of which there is something to say: {id of row: (state, reason)}."""
        fates = {}
        for action, mine in runs.grouped("action_id").items():
            fates |= self._foresee_action(action, mine, now)
        return fates

    def _foresee_action(self, action, runs, now):
        """Rows of one action that will not be done as it says.

        :return: {id of row: (state, reason)}
        """
        fates = {
            run_id: (outcome.state, outcome.reason)
            for run_id, outcome in self._sort_out(runs).items()
        }
        ready = runs.filtered(lambda run: run.id not in fates)
        late = self._get_late(ready, now)
        reason = self.env._("Too late: more than %s days", self.catch_up_days)
        state = INSTEAD if self.catch_up_policy == ACTIVITY else SKIPPED
        fates |= dict.fromkeys(late.ids, (state, reason))
        fates |= self._foresee_unreached(action, ready - late)
        return self._foresee_waits(action, ready - late) | fates

    def _foresee_waits(self, action, runs):
        """Rows that wait for something but the clock, and for what."""
        waits = {run.id: run.reason for run in runs if run.reason}
        if runs and action._reaches_client():
            waits |= self._get_holds(runs)
        return {run_id: (TODO, reason) for run_id, reason in waits.items()}

    def _foresee_unreached(self, action, runs):
        """Rows the action could not be done for, and what will be done instead."""
        if not runs:
            return {}
        try:
            with self.env.cr.savepoint(flush=False):
                unreached = action._foresee(self, runs)
        except Exception as error:  # noqa: BLE001 whatever it is, it is told in words
            return dict.fromkeys(runs.ids, (FAILED, action._explain_error(error)))
        if not action.otherwise_id:
            return {run_id: (SKIPPED, reason) for run_id, reason in unreached.items()}
        instead = action.otherwise_id._describe()
        return {
            run_id: (
                INSTEAD,
                self.env._("%(reason)s; instead: %(instead)s", reason=reason, instead=instead),
            )
            for run_id, reason in unreached.items()
        }

    def _make_row(self, action_id, line):
        """A row of the ledger to look at; to be taken back."""
        return self.env["crm.relationship.rule.run"].create(
            {
                "rule_id": self.id,
                "action_id": action_id,
                "res_model": self.model_name,
                "res_id": line["res_id"],
                "partner_id": line["partner_id"],
                "occurrence": line["occurrence"],
                "date_due": line["date_due"],
                # Never the key of a real occasion, which may be in the ledger already.
                "key": f"look:{self.id}:{action_id}",
            }
        )
