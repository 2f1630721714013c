from collections import defaultdict
from datetime import timedelta

from odoo import models
from odoo.fields import Domain

from .crm_relationship_rule import ACTIVITY, MARKETING
from .crm_relationship_rule_forecast import INSTEAD
from .crm_relationship_rule_hold import Wait
from .crm_relationship_rule_run import DONE, SKIPPED, TODO

WEEK = timedelta(days=7)


class CrmRelationshipRule(models.Model):
    """At most so many marketing messages for one person in seven days, over all rules.

    What is more waits until the oldest of them is a week old. What would be too
    late by then follows the rule's word on lateness at once. Among rules that
    are due together, the first in their order goes first. Service is neither
    counted nor held.
    """

    _inherit = "crm.relationship.rule"

    def _get_over_cap(self, runs, now):
        """Rows whose client was sent enough already: {id of row: until when it waits, and why}."""
        if self.purpose != MARKETING or not runs:
            return {}
        caps = self._get_caps(runs)
        runs = runs.filtered(lambda run: caps[run.id])
        if not runs:
            return {}
        sent = self._get_sent(runs, now - WEEK)
        over, taken = {}, set()
        for run in runs.sorted(lambda run: (run.date_due, run.id)):
            cap, person = caps[run.id], run._get_person()
            moments = sent[person]
            if len(moments) >= cap:
                until = sorted(moments, reverse=True)[cap - 1] + WEEK
                over[run.id] = Wait(until, self._explain_cap(cap))
            else:
                moments.append(now)
                taken.add(person)
        self.env["crm.relationship.rule.pace"]._take(taken, now)
        return over

    def _foresee_cap(self, runs, fates, now):
        """Say what the limit a week will do to rows, as far as it is known today.

        Counted is what went out, and what this rule is going to send.

        :param dict fates: (state, reason) by id of row, completed
        :return: {id of row: until when it will wait, and why}
        """
        runs = runs.filtered(
            lambda run: fates.get(run.id, (TODO,))[0] == TODO and run.action_id._reaches_client()
        )
        if self.purpose != MARKETING or not runs:
            return {}
        caps, sent, waits = self._get_caps(runs), self._get_sent(runs, now - WEEK), {}
        for run in runs.filtered(lambda run: caps[run.id]):
            moments, moment = sent[run._get_person()], max(run.date_due, now)
            lately = sorted((sent for sent in moments if sent > moment - WEEK), reverse=True)
            if len(lately) >= caps[run.id]:
                moment = lately[caps[run.id] - 1] + WEEK
                state, reason = self._foresee_over_cap(run, moment), self._explain_cap(caps[run.id])
                fates[run.id] = state, reason
                if state != TODO:
                    continue
                waits[run.id] = Wait(moment, reason)
            moments.append(moment)
        return waits

    def _foresee_over_cap(self, run, until):
        """What becomes of a row that would have to wait until then."""
        if not self._get_late(run, until):
            return TODO
        return INSTEAD if self.catch_up_policy == ACTIVITY else SKIPPED

    def _get_caps(self, runs):
        """How many a week the company of each row allows; 0: any number."""
        # sudo: a rule need not read the settings of its companies otherwise
        companies = runs.sudo().company_id
        caps = {company.id: company.relationship_weekly_cap for company in companies}
        default = (self.company_id or self.env.company).sudo().relationship_weekly_cap
        return {run.id: caps.get(run.company_id.id, default) for run in runs}

    def _get_sent(self, runs, since):
        """When marketing went to the people of these rows, by person."""
        partners = runs.partner_id
        domain = Domain("partner_id", "in", partners.ids)
        if strangers := runs.filtered(lambda run: not run.partner_id):
            domain |= (
                Domain("partner_id", "=", False)
                & Domain("res_model", "=", self.model_name)
                & Domain("res_id", "in", strangers.mapped("res_id"))
            )
        rows = self.env["crm.relationship.rule.run"].search_fetch(
            Domain("is_marketing", "=", True)
            & Domain("state", "=", DONE)
            & Domain("date_done", ">", since)
            & domain,
            ["partner_id", "res_model", "res_id", "date_done"],
        )
        sent = defaultdict(list)
        for row in rows:
            sent[row._get_person()].append(row.date_done)
        return sent

    def _explain_cap(self, cap):
        if cap == 1:
            return self.env._("Already a message this week")
        return self.env._("Already %s messages this week", cap)
