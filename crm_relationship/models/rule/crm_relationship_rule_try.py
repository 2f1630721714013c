from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...tools import taken_back
from .crm_relationship_rule_forecast import INSTEAD
from .crm_relationship_rule_run import TODO

# A yearly occasion comes within that many days.
TRY_DAYS = 366


class CrmRelationshipRule(models.Model):
    """Trying a rule on one record: whether it would act, when, how, or why not.

    The plan is made for this record alone, with the filter lifted, looked at by
    the checks, written out in full, and taken back. Nothing is queued.
    """

    _inherit = "crm.relationship.rule"

    def try_on(self, res_id):
        """What the rule would do for a record, and why not, as far as the caller may see it.

        :return: dict: acts (bool), date_due of the next occasion (UTC) or None,
            steps: list of dict (fulfilled, words), actions: list of dict, one for each
            action in order: date_due, state, reason, title, to, subject, body or text, error
        """
        self.ensure_one()
        self.check_access("read")
        self.env[self.model_name].browse(res_id).check_access("read")
        with taken_back(self._as_it_acts()) as rule:
            return rule._try_on(res_id)

    def _try_on(self, res_id):
        now = fields.Datetime.now()
        only = Domain("id", "=", res_id)
        self.with_context(relationship_rule_domain=only)._plan_ahead(
            now, now + timedelta(days=TRY_DAYS)
        )
        coming = self._get_coming(now + timedelta(days=TRY_DAYS), res_id)
        first = coming.filtered(lambda run: run.occurrence == coming[0].occurrence)
        lines = self._foresee(first, now)
        actions = [
            {**line, **run.action_id._preview(self, run)}
            for run, line in zip(first, lines, strict=True)
        ]
        return {
            "acts": any(line["state"] in (TODO, INSTEAD) for line in lines),
            "date_due": lines[0]["date_due"] if lines else None,
            "steps": self._try_steps(res_id, lines),
            "actions": actions or self._preview_all(res_id, now),
        }

    def _preview_all(self, res_id, now):
        """The texts of all actions for a record that has no occasion."""
        record = self._get_records_model().browse(res_id)
        line = {
            "res_id": res_id,
            "partner_id": self._get_client(record).id,
            "occurrence": now.date(),
            "date_due": now,
        }
        steps = (self.action_ids - self.action_ids.otherwise_id).sorted("sequence")
        return [
            {"state": "", "reason": ""} | action._preview(self, self._make_row(action.id, line))
            for action in steps
        ]

    def _get_client(self, record):
        """The contact of a record the rule acts on."""
        partner = self._get_rule_models()[self.model_name].partner
        return record if partner == "id" else record[partner]

    def _try_steps(self, res_id, lines):
        """Each condition in words, in the order in which it is looked at."""
        Model = self._get_records_model()
        record = Model.browse(res_id)
        companies = [False, *self._get_company_ids()]
        steps = [self._try_filter(record)]
        if self._has_company() and (record.company_id.id or False) not in companies:
            steps.append((False, self.env._("Belongs to a company the rule does not act for")))
        entered = self._get_occasion_domain()
        if entered is not None:
            fulfilled = self._fulfils(record, entered)
            steps.append((fulfilled, self._describe_entered(fulfilled)))
        before = self._describe_before(record)
        if before:
            steps.append((None, before))
        if not lines:
            steps.append(self._try_nothing())
        reasons = dict.fromkeys(line["reason"] for line in lines if line["reason"])
        known = {self.env._("No longer matches the rule")}
        steps += [(False, reason) for reason in reasons if reason not in known]
        if lines and not reasons:
            steps.append((True, self.env._("Nothing speaks against it")))
        return [{"fulfilled": fulfilled, "words": words} for fulfilled, words in steps]

    def _try_nothing(self):
        if words := self._describe_unforeseen():
            return None, words
        return False, self.env._("Nothing comes within a year")

    def _try_filter(self, record):
        if self._fulfils(record, self._get_filter_as_seen()):
            return True, self.env._("Matches the filter")
        return False, self.env._("Does not match the filter")

    def _fulfils(self, record, domain):
        return bool(record.search_count(domain & Domain("id", "=", record.id)))

    def _describe_before(self, record):
        """What the rule did for this record last."""
        run = self.env["crm.relationship.rule.run"].search(
            [
                ("rule_id", "=", self.id),
                ("res_model", "=", record._name),
                ("res_id", "=", record.id),
                ("state", "!=", TODO),
            ],
            limit=1,
        )
        if not run:
            return ""
        states = dict(run._fields["state"]._description_selection(self.env))
        day = format_date(self.env, run.date_done or run.date_due)
        return self.env._("Last time: %(state)s, %(day)s", state=states[run.state], day=day)
