from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, format_date

from .crm_relationship_rule_moment import Occasions
from .crm_relationship_rule_waiting import PATHS

# What is told later than this is the past, put in order.
TOLD_WITHIN = timedelta(days=30)


class CrmRelationshipRule(models.Model):
    """Events in talks and about promises."""

    _inherit = "crm.relationship.rule"

    def _find_ended(self):
        """Talks whose end was told, by the moment it was told; private ones set off nothing."""
        result = SQL("true")
        if self.outcome_result:
            result = SQL("i.outcome_result = %s", self.outcome_result)
        return Occasions(
            SQL(
                "crm_interaction i JOIN %s rec ON rec.id = i.%s",
                self._table_of_records(),
                SQL.identifier(PATHS[self.model_name]),
            ),
            SQL("i.outcome_date"),
            SQL(
                "i.is_private IS NOT TRUE AND i.date > i.outcome_date - %s AND %s",
                TOLD_WITHIN,
                result,
            ),
            day=self._query_home_day(SQL("i.date")),
            new=self._query_once() if self.model_name == "crm.interaction" else SQL("true"),
        )

    def _explain_ended(self, runs):
        return dict.fromkeys(runs.ids, self.env._("How it ended was corrected in the meantime"))

    def _describe_ended(self):
        if not self.outcome_result:
            return self.env._("When it is told how a call or meeting ended")
        results = dict(self._fields["outcome_result"]._description_selection(self.env))
        return self.env._(
            "When a call or meeting ended with: %s", results[self.outcome_result].lower()
        )

    def _note_ended(self, run):
        return self.env._("About the contact on %s", format_date(self.env, run.occurrence))

    # ---- promises ----

    def _find_due_promises(self):
        return Occasions(
            SQL("crm_promise rec"),
            SQL("rec.date_due"),
            SQL("rec.state = 'open'"),
            days=0,
            is_day=True,
        )

    def _find_broken_promises(self):
        return Occasions(
            SQL("crm_promise rec"), SQL("rec.date_broken"), SQL("rec.state = 'broken'")
        )

    def _explain_promise(self, runs):
        promises = self.env["crm.promise"].browse(runs.mapped("res_id"))
        by_id = {promise.id: promise for promise in promises}
        return {run.id: self._explain_one_promise(by_id[run.res_id]) for run in runs}

    def _explain_one_promise(self, promise):
        if promise.state == "open" and self.event == "promise_due":
            return self.env._("Moved to %s", format_date(self.env, promise.date_due))
        return {
            "open": self.env._("Open again"),
            "broken": self.env._("Given up in the meantime"),
        }.get(promise.state, self.env._("Done in the meantime"))

    def _describe_promise(self):
        if self.event == "promise_broken":
            return self.env._("When a promise is given up")
        return self.env._("On the day a promise is due, at %s their time", self._format_hour())

    def _note_promise(self, run):
        """What was promised, where whoever sees the task may read it."""
        siblings = run.browse(set(run._prefetch_ids)).mapped("res_id")
        promise = self.env["crm.promise"].browse(run.res_id).with_prefetch(siblings)
        name = promise.name
        if promise._is_secret_on("res.partner"):
            name = self.env._("see the promise")
        values = {"name": name, "date": format_date(self.env, promise.date_due)}
        if promise.by == "them":
            return self.env._("They promised: %(name)s, due on %(date)s", **values)
        return self.env._("We promised: %(name)s, due on %(date)s", **values)


class CrmInteraction(models.Model):
    _inherit = "crm.interaction"

    outcome_date = fields.Datetime(
        string="Outcome Told On",
        copy=False,
        readonly=True,
        help="When somebody last said how it ended.",
    )

    # What was told lately; the rest has no place in it.
    _told_idx = models.Index("(outcome_date) WHERE outcome_date IS NOT NULL")

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("outcome_id"):
                vals["outcome_date"] = fields.Datetime.now()
        return super().create(vals_list)

    def write(self, vals):
        if "outcome_id" in vals:
            vals = {**vals, "outcome_date": vals["outcome_id"] and fields.Datetime.now()}
        return super().write(vals)


class CrmPromise(models.Model):
    _inherit = "crm.promise"

    date_broken = fields.Datetime(
        string="Given Up On", copy=False, readonly=True, help="When the promise was given up."
    )

    # Those that are still to be kept, by their day; those that were given up, by theirs.
    _due_idx = models.Index("(date_due) WHERE state = 'open'")
    _broken_idx = models.Index("(date_broken) WHERE date_broken IS NOT NULL")

    def write(self, vals):
        if "state" in vals:
            is_broken = vals["state"] == "broken"
            vals = {**vals, "date_broken": is_broken and fields.Datetime.now()}
        return super().write(vals)
